/**
 * Our `supervisorctl` controls a daemon of the original Supervisor, over XML-RPC. Two such daemons take the same steps, one
 * from the original client and one from ours, and the clients print the same and end with the same statuses.
 */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { scenarioWith } from '../compat/debian.ts';
import { maskText } from '../compat/masking.ts';
import type { CommandResult, RunningCommand } from '../helpers/command.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { processEntry, sendSignal } from '../helpers/process-table.ts';
import { fixture, originalCommands, Sandbox, testedCommands } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const manual = `${forever}\nautostart=false`;

/** A server with a password that has a colon in it. */
const server = (name: string, address: string) => `[${name}]\n${address}\nusername=me\npassword=open:sesame\n`;

interface Side {
  readonly sandbox: Sandbox;
  /** The path of its client. */
  readonly supervisorctl: string;
  /** Runs one command line and notes what came of it. */
  ctl(...args: readonly string[]): Promise<void>;
  /** Notes what a command that was started otherwise gave. */
  note(name: string, result: CommandResult): void;
  waitForStatus(name: string, state: string): Promise<unknown>;
}

/** Ctrl-C while it waits for more: in the midst of printing, the original tells what its libraries make of it. */
async function interruptWaiting(command: RunningCommand): Promise<void> {
  await waitFor('the command to wait', () => processEntry(command.pid)?.state === 'S');
  command.signal('SIGINT');
}

/** Both clients do the same to a daemon of their own; `PORT` in the configuration stands for a free port. */
function bothTellTheSame(title: string, config: string, steps: (side: Side) => Promise<void>): void {
  const body = async (): Promise<void> => {
    const original = await transcript(originalCommands.supervisorctl, config, steps);
    const ours = await transcript(testedCommands.supervisorctl, config, steps);
    expect(ours).toEqual(original);
  };
  // Dozens of commands, one after another, by two clients.
  scenarioWith(['supervisor'], title, body, { concurrent: false, timeoutMs: 300_000 });
}

async function transcript(supervisorctl: string, config: string, steps: (side: Side) => Promise<void>) {
  const port = String(await freePort());
  await using sandbox = new Sandbox({
    files: config.replaceAll('PORT', port),
    commands: { supervisord: originalCommands.supervisord, supervisorctl },
  });
  await using daemon = await startDaemon({ sandbox });
  const told: unknown[] = [];
  const mask = (text: string): readonly string[] =>
    maskText(text, { [sandbox.folder]: 'FOLDER', [supervisorctl]: 'SUPERVISORCTL', [`:${port}`]: ':PORT' })
      .replace(/^hint: .*\n/gm, '')
      // A process id alone on its line; 0 stands for none.
      .replace(/^[1-9]\d+$/gm, 'N')
      .split(/\r*\n/);
  const note: Side['note'] = (name, { stdout, stderr, status }) =>
    told.push({ name, status, stdout: mask(stdout), stderr: mask(stderr) });
  await steps({
    sandbox,
    supervisorctl,
    note,
    ctl: async (...args) => {
      const words = args.map((word) => word.replaceAll('PORT', port).replaceAll('FOLDER', sandbox.folder));
      note(args.join(' '), await sandbox.ctl(...words));
    },
    waitForStatus: (name, state) => daemon.waitForStatus(name, state),
  });
  // The other protocol that our client tries first leaves no trace.
  expect(daemon.command.stdout).not.toMatch(/uncaptured|Bad HTTP/);
  return told;
}

describe('supervisorctl on an original daemon', () => {
  bothTellTheSame(
    'shows, starts, stops, restarts and signals processes',
    `[group:g]\nprograms=one,two\n[program:one]\n${forever}\n[program:two]\n${manual}
[program:alone]\n${forever}\n[program:manual]\n${manual}
[program:absent]\ncommand=/no/such/command\nstartretries=0
[program:folder]\ncommand=/etc\nautostart=false
[program:brief]\ncommand=/bin/false\nautostart=false\nstartretries=0`,
    async ({ ctl, waitForStatus }) => {
      await waitForStatus('alone', 'RUNNING');
      await waitForStatus('g:one', 'RUNNING');
      await waitForStatus('absent', 'FATAL');
      await ctl('status');
      await ctl('status', 'alone');
      await ctl('status', 'g:*', 'alone', 'alone');
      await ctl('status', 'nope', 'nope:*', 'manual');
      await ctl('start', 'manual', 'alone', 'nope', 'nope:*');
      await ctl('start', 'absent');
      await ctl('start', 'folder');
      await ctl('start', 'brief');
      await ctl('start', 'g:*');
      await ctl('start');
      await ctl('stop', 'manual', 'manual', 'nope');
      await ctl('stop', 'g:two');
      await ctl('restart', 'alone', 'manual');
      await ctl('signal', 'HUP', 'nope');
      await ctl('signal', 'NONSENSE', 'alone');
      await ctl('signal', 'CONT', 'alone');
      await ctl('signal HUP absent');
      await ctl('pid', 'nope');
      await ctl('pid', 'alone');
      await ctl('pid', 'absent');
      await ctl('pid');
      await ctl('pid', 'all');
      await ctl('stop', 'g:*');
      await ctl('stop', 'alone');
      await ctl('stop', 'all');
    },
  );

  bothTellTheSame(
    'shows and clears logs',
    `[program:talks]\ncommand=/bin/sh -c "seq 1 1000; echo 'grüße <&> ' >&2"\nstartsecs=0\nautorestart=false
[program:bytes]\ncommand=/bin/sh -c "printf '\\\\377\\\\376\\\\n'"\nstartsecs=0\nautorestart=false
[program:silent]\n${forever}\nstdout_logfile=NONE
[program:stays]\n${forever}`,
    async ({ ctl, waitForStatus }) => {
      await waitForStatus('talks', 'EXITED');
      await waitForStatus('bytes', 'EXITED');
      await waitForStatus('stays', 'RUNNING');
      await ctl('tail', 'talks');
      await ctl('tail', '-20', 'talks');
      await ctl('tail', 'talks', 'stderr');
      await ctl('tail', 'bytes');
      await ctl('tail', 'silent');
      await ctl('tail', 'nope');
      await ctl('tail', 'talks', 'wrong');
      await ctl('tail');
      await ctl('tail', '-f', 'nope');
      await ctl('tail', '-f', 'silent');
      await ctl('fg', 'nope');
      await ctl('fg', 'talks');
      await ctl('maintail', '-1');
      await ctl('maintail', 'wrong');
      await ctl('clear', 'stays', 'nope');
      await ctl('clear', 'all');
    },
  );

  bothTellTheSame(
    'follows logs as they grow',
    `[program:listens]\ncommand=${fixture('says-signals')}\nstartsecs=0`,
    async ({ sandbox, note, waitForStatus, ctl }) => {
      await waitForStatus('listens', 'RUNNING');
      const tail = sandbox.startCtl('tail', '-f', 'listens');
      await waitFor('what was there', () => tail.stdout.includes('ready'));
      await ctl('signal', 'HUP', 'listens');
      await waitFor('what came', () => tail.stdout.includes('got HUP'));
      await interruptWaiting(tail);
      note('tail -f', await tail.ended());
      const main = sandbox.startCtl('maintail', '-f');
      await waitFor('the log', () => main.stdout.includes('entered RUNNING state'));
      await interruptWaiting(main);
      const { status, stderr } = await main.ended();
      note('maintail -f', { status, stderr, stdout: '' });
    },
  );

  bothTellTheSame(
    'types into a program in the foreground',
    `[program:echoes]\ncommand=${fixture('echo-stdin')}\nstartsecs=0`,
    async ({ sandbox, supervisorctl, note, waitForStatus }) => {
      await waitForStatus('echoes', 'RUNNING');
      const foreground = sandbox.startCtl('fg', 'echoes');
      await waitFor('the log', () => foreground.stdout.includes('ready'));
      foreground.write('grüße\n');
      await waitFor('the answer', () => foreground.stdout.includes('grüße'));
      await interruptWaiting(foreground);
      await waitFor('the end', () => foreground.stdout.endsWith('Exiting foreground\n'));
      note('fg', { stdout: foreground.stdout, stderr: foreground.stderr, status: 0 });
      // The original waits for its threads, which wait for the daemon.
      if (supervisorctl === originalCommands.supervisorctl) foreground.signal('SIGKILL');
      else expect((await foreground.ended()).status).toBe(0);
      await foreground.ended();
    },
  );

  bothTellTheSame(
    'reads the configuration again, and adds and removes groups',
    `[program:kept]\n${forever}\n[program:changed]\n${forever}\n[program:gone]\n${forever}`,
    async ({ sandbox, ctl, waitForStatus }) => {
      for (const name of ['kept', 'changed', 'gone']) await waitForStatus(name, 'RUNNING');
      await ctl('avail');
      await ctl('reread');
      sandbox.write(
        'supervisord.conf',
        `[program:kept]\n${forever}\n[program:changed]\n${forever}\npriority=5\n[program:fresh]\n${manual}`,
      );
      await ctl('reread');
      await ctl('avail');
      await ctl('avail', 'x');
      await ctl('add', 'fresh', 'fresh', 'nope');
      await ctl('remove', 'fresh', 'kept', 'nope');
      await ctl('update', 'nope');
      await ctl('update');
      await ctl('update');
      await ctl('status');
      sandbox.write('supervisord.conf', `[program:kept]\n${forever}\nnumprocs=many`);
      await ctl('reread');
      await ctl('update');
    },
  );

  bothTellTheSame('has the same shell', `[program:a]\n${forever}`, async ({ sandbox, note, ctl, waitForStatus }) => {
    await waitForStatus('a', 'RUNNING');
    const lines = ['version', 'help', 'stop a', 'start a', 'nonsense', 'open ftp://x', 'reload', 'no', 'shutdown', ''];
    note('shell', await sandbox.ctlWithInput(`${[...lines, 'pid nope', 'quit'].join('\n')}\n`));
    await ctl('open', 'unix://FOLDER/supervisor.sock');
    await ctl('open', 'unix://FOLDER/nothing.sock');
    await ctl('exit');
    await ctl('reload');
    const started = /RPC interface 'supervisor' initialized/g;
    await waitFor('the restart', () => (sandbox.read('supervisord.log').match(started) ?? []).length > 1);
    await waitForStatus('a', 'RUNNING');
    note('shutdown', await sandbox.ctlWithInput('shutdown\ny\n'));
  });

  bothTellTheSame(
    'is refused without the right password, on unix sockets and on TCP',
    `${server('unix_http_server', 'file=%(here)s/supervisor.sock')}${server('inet_http_server', 'port=127.0.0.1:PORT')}
[program:a]\n${manual}`,
    async ({ ctl }) => {
      for (const url of ['unix://FOLDER/supervisor.sock', 'http://127.0.0.1:PORT', 'http://localhost:PORT/']) {
        await ctl('-s', url, 'status');
        await ctl('-s', url, '-u', 'me', '-p', 'wrong', 'version');
        await ctl('-s', url, '-u', 'me', '-p', 'wrong', 'reread');
        await ctl('-s', url, '-u', 'me', '-p', 'open:sesame', 'status');
        await ctl('-s', url, '-u', 'me', '-p', 'open:sesame', 'tail', '-f', 'nope');
      }
    },
  );

  bothTellTheSame(
    'asks for username and password in a terminal',
    `[unix_http_server]\nusername=me\npassword=secret\n[program:a]\n${manual}`,
    async ({ sandbox, supervisorctl, note }) => {
      const terminal = sandbox.startTerminal(supervisorctl, '-i', '-c', sandbox.configuration, 'pid');
      for (const [question, answer] of [
        ['Username:', 'me'],
        ['Password:', 'secret'],
      ] as const) {
        await waitFor(question, () => terminal.stdout.includes(question));
        terminal.write(`${answer}\n`);
      }
      const { stdout, ...rest } = await terminal.ended();
      note('login', { ...rest, stdout: stripVTControlCharacters(stdout) });
    },
  );

  bothTellTheSame(
    'tells of a daemon without the interface',
    `;raw
[unix_http_server]\nfile=%(here)s/supervisor.sock
[supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\nminfds=256\nminprocs=1
[supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock`,
    async ({ ctl }) => {
      for (const line of ['status', 'reread', 'shutdown']) await ctl(line);
    },
  );

  bothTellTheSame(
    'tells of a daemon that stops, and of one that is gone',
    `[program:a]\n${forever}\n[program:slow]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=600`,
    async ({ sandbox, ctl, waitForStatus }) => {
      await waitForStatus('slow', 'RUNNING');
      await ctl('shutdown');
      await waitFor('the stop', () => sandbox.read('supervisord.log').includes('waiting for'));
      for (const line of ['status', 'start a', 'reread', 'update', 'add a', 'reload', 'shutdown']) await ctl(line);
      for (const { pid, command } of sandbox.processes()) if (command.includes('sleep')) sendSignal(pid, 'SIGKILL');
      await waitFor('the end', () => !sandbox.has('supervisor.sock'));
      for (const line of ['status', 'start a', 'reread', 'shutdown']) await ctl(line);
    },
  );
});
