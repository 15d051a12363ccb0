/** The daemon as PID 1: in a PID namespace of its own, as in a container. */
import { cpSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { cannotIsolate, isolate, startContainer } from '../helpers/container.ts';
import type { Daemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { processStatus, sendSignal, zombiesOf } from '../helpers/process-table.ts';
import { fixture, inRepository, Sandbox } from '../helpers/sandbox.ts';
import { type ScenarioOptions, scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;

function inContainer(title: string, body: () => Promise<void>, options: ScenarioOptions = {}): void {
  scenario(`${title}${cannotIsolate ?? ''}`, body, { ...options, oursOnly: true, skip: cannotIsolate !== null });
}

/** Whether a process has a handler for the signal of that number. */
const catches = (pid: number, signal: number): boolean =>
  ((BigInt(`0x${processStatus(pid).SigCgt ?? '0'}`) >> BigInt(signal - 1)) & 1n) === 1n;

const statusOf = async (daemon: Daemon) => (await daemon.command.ended()).status;

describe('orphans of programs', () => {
  inContainer('are reaped', async () => {
    await using daemon = await startContainer({
      config: `[program:leaves]\ndirectory=%(here)s\ncommand=${fixture('leaves-orphans')}\nstartsecs=0`,
    });
    await daemon.waitForLog(/INFO reaped unknown pid \d+ \(exit status 3\)/);
    await waitFor('no zombies', () => zombiesOf(daemon.pid).length === 0);
  });

  inContainer('that had ended before the daemon began are reaped', async () => {
    await using daemon = await startContainer({
      config: `[program:any]\n${forever}`,
      shell: '(exit 3) & sleep 0.2; exec "$0" "$@"',
    });
    await daemon.waitForStatus('any', 'RUNNING');
    await waitFor('no zombies', () => zombiesOf(daemon.pid).length === 0);
  });

  const orphanMessages = (daemon: Daemon): readonly string[] =>
    daemon
      .messages()
      .filter((message) => message.includes('orphans'))
      .map((message) => message.replace(/\([\dN, ]+\)/, '(pids)'));

  inContainer('get SIGTERM when the daemon ends, and the time to end', async () => {
    await using daemon = await startContainer({
      config: `[supervisord]\norphanwaitsecs=60
[program:leaves]\ndirectory=%(here)s\ncommand=${fixture('leaves-orphans', 'polite')}\nstartsecs=0`,
    });
    await daemon.waitForFile('ready', 'ready\n');
    daemon.signal('SIGTERM');
    expect(await statusOf(daemon)).toBe(0);
    expect(daemon.sandbox.read('ends')).toBe('polite\n');
    expect(orphanMessages(daemon)).toEqual(['INFO ending orphans (pids) with SIGTERM']);
    expect(daemon.sandbox.processes()).toEqual([]);
  });

  inContainer('get SIGKILL after orphanwaitsecs if they do not listen', async () => {
    await using daemon = await startContainer({
      config: `[supervisord]\norphanwaitsecs=1
[program:leaves]\ndirectory=%(here)s\ncommand=${fixture('leaves-orphans', 'stubborn')}\nstartsecs=0`,
    });
    await daemon.waitForFile('ready', 'ready\n');
    daemon.signal('SIGTERM');
    expect(await statusOf(daemon)).toBe(0);
    expect(orphanMessages(daemon)).toEqual([
      'INFO ending orphans (pids) with SIGTERM',
      'WARN killing orphans (pids) with SIGKILL',
    ]);
    expect(daemon.sandbox.processes()).toEqual([]);
  });
});

describe('signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    inContainer(`${signal} ends everything with exit code 0`, async () => {
      await using daemon = await startContainer({ config: `[program:any]\n${forever}` });
      await daemon.waitForMessage('any', 'success');
      daemon.signal(signal);
      expect(await statusOf(daemon)).toBe(0);
      expect(daemon.messages()).toContain(`WARN received ${signal} indicating exit request`);
      expect(daemon.messages().at(-1)).toBe('WARN stopped: any (terminated by SIGTERM)');
    });
  }

  inContainer('SIGHUP starts everything anew, and SIGUSR2 opens the logs anew', async () => {
    await using daemon = await startContainer({ config: `[program:any]\n${forever}\nstdout_logfile=%(here)s/out` });
    await daemon.waitForMessage('any', 'success');
    daemon.signal('SIGHUP');
    await daemon.waitForMessage('any', 'success', 2);
    await daemon.sandbox.shell('mv supervisord.log moved');
    await waitFor('the log to be opened anew', () => {
      daemon.signal('SIGUSR2');
      return daemon.log().includes('supervisord logreopen') || daemon.sandbox.has('supervisord.log');
    });
    expect((await daemon.status()).any?.state).toBe('RUNNING');
  });

  inContainer('a request to end that comes before the daemon can follow it is not lost', async () => {
    await using sandbox = new Sandbox({ files: `[program:any]\n${forever}` });
    const command = sandbox.startSupervisordByShell(
      `exec ${isolate} /bin/sh -c 'exec "$0" "$@"' "$0" "$@"`,
      '-n',
      '-c',
      sandbox.configuration,
    );
    const init = await waitFor(
      'PID 1 to take signals',
      () => sandbox.processes().find(({ parent, pid }) => parent === command.pid && catches(pid, 3)),
      { everyMs: 5 },
    );
    sendSignal(init.pid, 'SIGQUIT');
    expect((await command.ended()).status).toBe(0);
    expect(command.stdout).toContain('WARN received SIGQUIT indicating exit request');
  });

  inContainer('a program that ignores SIGTERM does not hold the container longer than stopwaitsecs', async () => {
    await using daemon = await startContainer({
      config: `[program:stubborn]
command=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=1`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGTERM');
    expect(await statusOf(daemon)).toBe(0);
    expect(daemon.messagesAbout('stubborn').at(-1)).toBe('WARN stopped: stubborn (terminated by SIGKILL)');
  });
});

inContainer('it stays in the foreground even when it is not told to', async () => {
  await using daemon = await startContainer({
    config: `[program:any]\n${forever}`,
    // Takes away the -n.
    shell: 'shift; exec "$0" "$@"',
  });
  await daemon.waitForStatus('any', 'RUNNING');
  expect((await daemon.ctl('pid')).stdout).toBe('1\n');
  expect(processStatus(daemon.pid).NSpid?.split('\t').at(-1)).toBe('1');
  await waitFor('its log', () => daemon.command.stdout.includes('supervisord started with pid 1'));
});

describe('exit_on', () => {
  inContainer('ends the container with the exit code of the program, when the others have stopped', async () => {
    await using daemon = await startContainer({
      config: `[program:other]\n${forever}\npriority=1
[program:main]\ncommand=${fixture('exits-as-told', '%(here)s/code')}\nstartsecs=0\nautorestart=false\nexit_on=exit`,
    });
    await daemon.waitForMessage('other', 'success');
    daemon.sandbox.write('code', '7\n');
    expect(await statusOf(daemon)).toBe(7);
    expect(daemon.messages().slice(-4)).toEqual([
      'WARN exited: main (exit status 7; not expected)',
      'WARN shutting down: main has ended (exit status 7), and nothing is to go on without it',
      'INFO waiting for other to die',
      'WARN stopped: other (terminated by SIGTERM)',
    ]);
  });

  inContainer('gives 128 and the number of the signal that ended the program', async () => {
    await using daemon = await startContainer({
      config: `[program:main]\n${forever}\nautorestart=false\nexit_on=failure`,
    });
    await daemon.waitForMessage('main', 'success');
    await daemon.ctl('signal', 'KILL', 'main');
    expect(await statusOf(daemon)).toBe(137);
  });
});

describe('the sample for containers', () => {
  const startSample = async (): Promise<{ daemon: Daemon; url: string }> => {
    const port = await freePort();
    const sandbox = new Sandbox({ files: {} });
    cpSync(inRepository('config-samples/container'), sandbox.folder, {
      recursive: true,
      filter: (source) => !/\/run\/(?!\.gitignore)/.test(source),
    });
    const configuration = readFileSync(sandbox.configuration, 'utf8').replaceAll('8080', String(port));
    sandbox.write('supervisord.conf', `;raw\n${configuration}`);
    const daemon = await startContainer({ sandbox, socket: 'run/supervisor.sock', pidFile: 'run/supervisord.pid' });
    await daemon.waitForStatus('web', 'RUNNING');
    return { daemon, url: `http://127.0.0.1:${port}/` };
  };

  inContainer('serves, shows everything on its standard output, and stops in order', async () => {
    const { daemon: started, url } = await startSample();
    await using daemon = started;
    await using _ = daemon.sandbox;
    expect(await (await fetch(url)).text()).toMatch(/^Hello from worker \d+\.\n$/);
    await waitFor('the access log', () => daemon.command.stdout.includes('web: GET /\n'));
    await waitFor('a job', () => daemon.command.stdout.includes('jobs: worker 2 has done a job\n'));
    await waitFor('an orphan to be reaped', () => daemon.command.stdout.includes('INFO reaped unknown pid'));
    await waitFor('no zombies', () => zombiesOf(daemon.pid).length === 0);
    daemon.signal('SIGTERM');
    expect(await statusOf(daemon)).toBe(0);
    expect(daemon.command.stdout).toContain('INFO stopped: web (exit status 0)\n');
    expect(daemon.sandbox.processes()).toEqual([]);
  });

  inContainer('ends with the server when that is killed, and with its exit code', async () => {
    const { daemon: started } = await startSample();
    await using daemon = started;
    await using _ = daemon.sandbox;
    await daemon.ctl('signal', 'KILL', 'web');
    expect(await statusOf(daemon)).toBe(137);
    expect(daemon.command.stdout).toContain('WARN exited: web (terminated by SIGKILL; not expected)\n');
    expect(daemon.sandbox.processes()).toEqual([]);
  });
});
