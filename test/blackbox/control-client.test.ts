/** `supervisorctl` itself: how it finds the daemon, how it is spoken to, and what it says when nobody answers. */
import { describe, expect } from 'vitest';
import { fails, says } from '../helpers/answers.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { againstOriginal, fixture, Sandbox, supervisorctlPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const manual = `${forever}\nautostart=false`;

describe('the client itself', () => {
  scenario('a daemon that is not there is one line on standard output', async () => {
    await using sandbox = new Sandbox({ files: '' });
    const url = `unix://${sandbox.path('supervisor.sock')}`;
    const status = await sandbox.ctl('status');
    expect({ stdout: status.stdout, status: status.status }).toEqual({ stdout: `${url} no such file\n`, status: 4 });
    const start = await sandbox.ctl('start', 'any');
    expect({ stdout: start.stdout, status: start.status }).toEqual({ stdout: `${url} no such file\n`, status: 7 });
    if (!againstOriginal) {
      expect(status.stderr).toContain(sandbox.configuration);
      expect(status.stderr).toContain(sandbox.path('supervisor.sock'));
    }
    {
      await using killed = await startDaemon({ sandbox });
      killed.signal('SIGKILL');
      await killed.waitForEnd();
    }
    const refused = await sandbox.ctl('status');
    expect({ stdout: refused.stdout, status: refused.status }).toEqual({
      stdout: `${url} refused connection\n`,
      status: 4,
    });
  });

  scenario('username and password are asked of every client', async () => {
    await using daemon = await startDaemon({
      config: `[unix_http_server]\nusername=anna\npassword={SHA}5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8
[supervisorctl]\nusername=anna\npassword=password\n[program:any]\n${forever}`,
    });
    await daemon.waitForStatus('any', 'RUNNING');
    expect(daemon.log()).not.toContain('without any HTTP authentication');
    const { stdout, status } = await daemon.ctl('-p', 'wrong', 'status');
    expect(stdout.split('\n')[0]).toBe('Server requires authentication');
    expect(status).toBe(1);
    expect((await daemon.ctl('-p', 'wrong', 'stop', 'any')).status).toBe(1);
    expect((await daemon.status()).any?.state).toBe('RUNNING');
  });

  scenario('-s chooses the server', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    const url = `unix://${daemon.sandbox.path('supervisor.sock')}`;
    expect((await daemon.ctl('-s', url, 'pid')).stdout).toBe(`${daemon.pid}\n`);
    expect(await daemon.ctl('-s', 'foo', 'pid')).toEqual({
      stdout: '',
      stderr: `Error: invalid value for -s 'foo': value 'foo' is not a URL\nFor help, use ${supervisorctlPath} -h\n`,
      status: 2,
    });
  });

  scenario('the words of the command line are one line of the shell', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    expect(await daemon.ctl('stop any')).toEqual(says('any: stopped'));
    expect(await daemon.ctl('start', ' any ')).toEqual(says('any: started'));
    expect(await daemon.ctl('nonsense', 'x')).toEqual(fails(1, '*** Unknown syntax: nonsense x'));
  });

  scenario('help lists the commands and explains each', async () => {
    await using sandbox = new Sandbox({ files: '' });
    expect((await sandbox.ctl('help')).stdout).toBe(`
default commands (type help <topic>):
=====================================
add    exit      open  reload  restart   start   tail   
avail  fg        pid   remove  shutdown  status  update 
clear  maintail  quit  reread  signal    stop    version

`);
    expect((await sandbox.ctl('help', 'stop')).stdout).toBe(
      'stop <name>\t\tStop a process\nstop <gname>:*\t\tStop all processes in a group\n' +
        'stop <name> <name>\tStop multiple processes or groups\nstop all\t\tStop all processes\n',
    );
    expect(await sandbox.ctl('help', 'nope')).toEqual(says('*** No help on nope'));
  });

  scenario('without a command it is a shell', async () => {
    await using daemon = await startDaemon({
      config: `[supervisorctl]\nprompt=lab\n[program:any]\n${forever}\n[program:idle]\n${manual}`,
    });
    await daemon.waitForStatus('any', 'RUNNING');
    const { stdout, stderr, status } = await daemon.sandbox.ctlWithInput('\nstop any\nnope\npid idle\n');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.replace(/pid \d+, uptime 0:00:\d\d/, 'pid N, uptime T')).toBe(
      [
        'any                              RUNNING   pid N, uptime T',
        'idle                             STOPPED   Not started',
        'lab> lab> any: stopped',
        'lab> *** Unknown syntax: nope',
        'lab> 0',
        'lab> ',
        '',
      ].join('\n'),
    );
  });

  scenario('in a terminal, Tab completes and the history is kept', async () => {
    await using daemon = await startDaemon({
      config: `[supervisorctl]\nhistory_file=%(here)s/history\n[program:walrus]\n${forever}`,
    });
    await daemon.waitForStatus('walrus', 'RUNNING');
    const shell = daemon.sandbox.startTerminal(supervisorctlPath, '-c', daemon.sandbox.configuration);
    await waitFor('the prompt', () => shell.stdout.includes('supervisor> '));
    for (const [typed, shown] of [
      ['sto', 'sto'],
      ['\t', 'stop '],
      ['wal', 'stop wal'],
      ['\t', 'stop walrus '],
    ] as const) {
      shell.write(typed);
      await waitFor(`"${shown}"`, () => shell.stdout.endsWith(shown));
    }
    shell.write('\r');
    await waitFor('the answer', () => shell.stdout.includes('walrus: stopped'));
    shell.write('shutdown\r');
    await waitFor('the question', () => shell.stdout.includes('Really shut the remote supervisord process down y/N? '));
    shell.write('n\r');
    shell.write('quit\r');
    expect((await shell.ended()).status).toBe(0);
    expect(daemon.isAlive()).toBe(true);
    expect(daemon.sandbox.read('history')).toMatch(/^stop walrus ?$/m);
  });
});
