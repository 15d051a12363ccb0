/** `pidproxy`: programs without a foreground, supervised through their pid file. */
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { RunningCommand } from '../helpers/command.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { isAlive, processEntry } from '../helpers/process-table.ts';
import { againstOriginal, fixture, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const pidproxyPath = againstOriginal ? '/usr/bin/pidproxy' : join(dirname(supervisordPath), 'pidproxy.js');

const usage = `pidproxy -- run command and proxy signals to it via its pidfile.

This executable runs a command and then monitors a pidfile.  When this
executable receives a signal, it sends the same signal to the pid
in the pidfile.

Usage: ${pidproxyPath} <pidfile name> <command> [<cmdarg1> ...]

`;

/** What the original prints would otherwise be seen at its end only. */
const unbuffered = { PYTHONUNBUFFERED: '1' };

const run = (sandbox: Sandbox, ...args: readonly string[]): RunningCommand =>
  new RunningCommand(pidproxyPath, args, { cwd: sandbox.folder, env: { ...sandbox.env, ...unbuffered } });

/** A program that puts one that names its signals into the background, writes its pid file and stays beside it. */
const forksIntoBackground = `#!/bin/sh
${fixture('says-signals')} > says 2>&1 &
echo $! > child.pid
echo started "$0" "$@"
exec sleep 86400
`;

async function withProgram(body: (sandbox: Sandbox, command: RunningCommand, child: number) => Promise<void>) {
  await using sandbox = new Sandbox({ files: '' });
  sandbox.write('program', forksIntoBackground);
  await sandbox.shell('chmod +x program');
  const command = run(sandbox, 'child.pid', './program', 'one', 'two words');
  try {
    await waitFor('the program', () => command.stdout.includes('started') && sandbox.read('says') === 'ready\n');
    await body(sandbox, command, Number(sandbox.read('child.pid')));
  } finally {
    await sandbox.killAll();
  }
}

describe('pidproxy', () => {
  scenario('explains itself when the pid file or the command is missing', async () => {
    await using sandbox = new Sandbox({ files: '' });
    for (const args of [[], ['child.pid']]) {
      expect(await run(sandbox, ...args).ended()).toEqual({ stdout: usage, stderr: '', status: 1 });
    }
  });

  scenario('runs the command with its arguments, in its own process group', async () => {
    await withProgram(async (sandbox, command) => {
      expect(command.stdout).toBe(`started ${sandbox.path('program')} one two words\n`);
      const group = processEntry(command.pid)?.processGroup;
      const program = sandbox.processes().find((entry) => entry.parent === command.pid);
      expect(program?.processGroup).toBe(group);
    });
  });

  scenario('passes HUP, USR1 and USR2 on to the process that the pid file names at that moment', async () => {
    await withProgram(async (sandbox, command, child) => {
      for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
        command.signal(signal);
        await waitFor(signal, () => sandbox.read('says').includes(`got ${signal.slice(3)}\n`));
      }
      sandbox.write('child.pid', 'no number\n');
      command.signal('SIGTERM');
      await waitFor('the complaint', () => command.stdout.includes("Can't read child pidfile child.pid!\n"));
      sandbox.write('child.pid', ` ${child}\n`);
      command.signal('SIGHUP');
      await waitFor('another HUP', () => sandbox.read('says').split('got HUP').length === 3);
      expect(isAlive(command.pid)).toBe(true);
    });
  });

  scenario('gives its command the environment and the limit of open files it was started with', async () => {
    await using sandbox = new Sandbox({ files: '' });
    const program = 'echo $$ > child.pid; env | grep -c STATEVISOR_; ulimit -Sn; echo done; exec sleep 86400';
    const shell = ['-c', 'ulimit -Sn 200; exec "$0" "$@"', pidproxyPath, 'child.pid', '/bin/sh', '-c', program];
    const command = new RunningCommand('/bin/sh', shell, { cwd: sandbox.folder, env: sandbox.env });
    await waitFor('the output', () => command.stdout.includes('done'));
    expect(command.stdout).toBe('0\n200\ndone\n');
    command.signal('SIGTERM');
    expect((await command.ended()).status).toBe(0);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    scenario(`passes ${signal} on and ends with 0`, async () => {
      await using sandbox = new Sandbox({ files: '' });
      const command = run(sandbox, 'child.pid', '/bin/sh', '-c', 'echo $$ > child.pid; exec sleep 86400');
      await waitFor('the pid file', () => /^\d+\n$/.test(sandbox.read('child.pid')));
      const child = Number(sandbox.read('child.pid'));
      command.signal(signal);
      expect((await command.ended()).status).toBe(0);
      await waitFor('the end of the child', () => !isAlive(child));
    });
  }

  scenario('ends with 0 some time after its command has ended', async () => {
    await using sandbox = new Sandbox({ files: '' });
    expect(await run(sandbox, 'child.pid', '/bin/sh', '-c', 'exit 3').ended()).toMatchObject({ status: 0 });
    sandbox.write('file', '');
    for (const command of ['./nope/x', './file/x', './file']) {
      expect(await run(sandbox, 'child.pid', command).ended()).toMatchObject({ stdout: '', status: 0 });
    }
  });

  scenario('lets a daemon supervise a program that has no foreground', async () => {
    await using sandbox = new Sandbox({
      files: `[program:proxied]\nstartsecs=0
command=${pidproxyPath} %(here)s/child.pid /bin/sh -c "sleep 86400 & echo $! > $BLACKBOX_FOLDER/child.pid; wait"`,
    });
    await using daemon = await startDaemon({ sandbox });
    await daemon.waitForFile('child.pid', /^\d+\n$/);
    const child = Number(sandbox.read('child.pid'));
    expect(await daemon.ctl('stop', 'proxied')).toMatchObject({ stdout: 'proxied: stopped\n', status: 0 });
    await waitFor('the end of the child', () => !isAlive(child));
  });
});
