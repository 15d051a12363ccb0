/** The daemon as a service: detaching, its files, and who else wants its place. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { openDescriptors, processEntry, processStatus, workingDirectoryOf } from '../helpers/process-table.ts';
import { againstOriginal, fixture, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const inUse =
  'Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

describe('detaching', () => {
  scenario(
    'the command returns 0 and says nothing once the daemon is in charge',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nuser=root\n[program:any]\n${forever}`,
        foreground: false,
      });
      expect(daemon.command.result).toEqual({ stdout: '', stderr: '', status: 0 });
      expect(daemon.pid).not.toBe(daemon.command.pid);
      await daemon.waitForStatus('any', 'RUNNING');
      expect(daemon.messages()).toContain('INFO daemonizing the supervisord process');
      expect(daemon.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
    },
    { asRoot: true },
  );

  scenario('the daemon leads a session of its own and holds no terminal', async () => {
    await using daemon = await startDaemon({ config: '', foreground: false });
    expect(processEntry(daemon.pid)?.session).toBe(daemon.pid);
    const descriptors = openDescriptors(daemon.pid);
    expect([descriptors[0], descriptors[1], descriptors[2]]).toEqual(['/dev/null', '/dev/null', '/dev/null']);
    expect(daemon.children()).toEqual([]);
  });

  scenario('directory and umask hold once it has detached', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\ndirectory=%(here)s/tmp\numask=027
[program:makes]\ncommand=/bin/sh -c "umask; echo > made"\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/out`,
      foreground: false,
    });
    expect(workingDirectoryOf(daemon.pid)).toBe(daemon.sandbox.path('tmp'));
    await daemon.waitForFile('out', '0027\n');
    await waitFor('the file', () => daemon.sandbox.has('tmp/made'));
    expect(statSync(daemon.sandbox.path('tmp/made')).mode & 0o777).toBe(0o640);
    expect(daemon.messages()).toContain(`INFO set current directory: '${daemon.sandbox.path('tmp')}'`);
  });

  scenario('the umask is 022 by default', async () => {
    await using daemon = await startDaemon({ config: '', foreground: false, shell: 'umask 077; exec "$0" "$@"' });
    expect(processStatus(daemon.pid).Umask).toBe('0022');
  });

  scenario('what goes wrong before is said on the terminal, with status 2', async () => {
    await using sandbox = new Sandbox({ files: '[program:none]\nstartsecs=1' });
    const { stdout, stderr, status } = await sandbox.supervisord('-c', sandbox.configuration);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toBe(
      `Error: program section program:none does not specify a command in section 'program:none' (file: '${sandbox.configuration}')`,
    );
    expect(lines.at(-1)).toBe(`For help, use ${supervisordPath} -h`);
    expect(readdirSync(sandbox.folder).filter((name) => name.startsWith('supervisor.sock'))).toEqual([]);
  });

  scenario('-n stays in the foreground until it is told to end, and then exits with 0', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    expect(daemon.pid).toBe(daemon.command.pid);
    await daemon.waitForStatus('any', 'RUNNING');
    expect(daemon.command.result).toBeUndefined();
    daemon.signal('SIGTERM');
    expect((await daemon.command.ended()).status).toBe(0);
  });

  scenario('in the foreground neither directory nor umask is changed', async () => {
    await using daemon = await startDaemon({
      config: '[supervisord]\ndirectory=%(here)s/tmp\numask=027',
      shell: 'umask 077; exec "$0" "$@"',
    });
    expect(workingDirectoryOf(daemon.pid)).toBe(daemon.sandbox.folder);
    expect(processStatus(daemon.pid).Umask).toBe('0077');
  });
});

describe('its place', () => {
  scenario('a second daemon on the same socket is refused, and the first goes on undisturbed', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    const pid = await daemon.pidOf('any');
    const logs = readdirSync(daemon.sandbox.path('childlog'));
    for (const args of [['-n'], []]) {
      const { stderr, status } = await daemon.sandbox.supervisord(...args, '-c', daemon.sandbox.configuration);
      expect(status).toBe(2);
      expect(stderr.split('\n')[0]).toBe(inUse);
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(`For help, use ${supervisordPath} -h`);
    }
    expect(await daemon.pidOf('any')).toBe(pid);
    expect(daemon.programs()).toHaveLength(1);
    expect(daemon.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
    // The original has by then removed the first one's log files.
    if (!againstOriginal) expect(readdirSync(daemon.sandbox.path('childlog'))).toEqual(logs);
  });

  scenario(
    'a second daemon with the same pid file is refused',
    async () => {
      await using daemon = await startDaemon({ config: '' });
      const second = `[unix_http_server]\nfile=%(here)s/second.sock\n[supervisord]\nlogfile=%(here)s/second.log
pidfile=%(here)s/supervisord.pid\n[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n`;
      writeFileSync(daemon.sandbox.path('second.conf'), second);
      const { stderr, status } = await daemon.sandbox.supervisord('-n', '-c', daemon.sandbox.path('second.conf'));
      expect(status).toBe(2);
      expect(stderr).toContain(`${daemon.pid}`);
      expect(stderr).toContain(daemon.sandbox.path('supervisord.pid'));
      expect(daemon.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
      expect(daemon.sandbox.has('second.sock')).toBe(false);
    },
    { oursOnly: true },
  );

  scenario('a socket and a pid file that a killed daemon left are taken over', async () => {
    await using sandbox = new Sandbox({ files: '' });
    {
      await using killed = await startDaemon({ sandbox });
      killed.signal('SIGKILL');
      await killed.waitForEnd();
    }
    expect([sandbox.has('supervisor.sock'), sandbox.has('supervisord.pid')]).toEqual([true, true]);
    await using daemon = await startDaemon({ sandbox });
    expect(daemon.pid).toBe(daemon.command.pid);
    const notice = `Unlinking stale socket ${sandbox.path('supervisor.sock')}\n`;
    await waitFor('the notice', () => daemon.command.stderr.includes(notice));
    expect((await daemon.ctl('pid')).stdout).toBe(`${daemon.command.pid}\n`);
  });

  scenario('a pid file whose number belongs to a stranger is taken over', async () => {
    await using sandbox = new Sandbox({ files: { 'supervisord.conf': '', 'supervisord.pid': `${process.pid}\n` } });
    const command = sandbox.startSupervisord('-n', '-c', sandbox.configuration);
    await waitFor('the new pid', () => sandbox.read('supervisord.pid') === `${command.pid}\n`);
    expect((await sandbox.ctl('pid')).stdout).toBe(`${command.pid}\n`);
    command.signal('SIGTERM');
    expect((await command.ended()).status).toBe(0);
  });

  scenario('the socket may be used by its owner only, or by whom chmod allows', async () => {
    await using plain = await startDaemon({ config: '' });
    expect(statSync(plain.sandbox.path('supervisor.sock')).mode & 0o777).toBe(0o700);
    await using open = await startDaemon({ config: '[unix_http_server]\nchmod=0770' });
    expect(statSync(open.sandbox.path('supervisor.sock')).mode & 0o777).toBe(0o770);
  });

  scenario(
    'chown gives the socket to another user and group',
    async () => {
      await using daemon = await startDaemon({ config: '[unix_http_server]\nchown=nobody:daemon' });
      const { uid, gid } = statSync(daemon.sandbox.path('supervisor.sock'));
      expect([`${uid}`, `${gid}`]).toEqual([numberOf('-u', 'nobody'), numberOf('-g', 'daemon')]);
    },
    { asRoot: true },
  );

  scenario('at the end socket and pid file are gone', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    daemon.signal('SIGTERM');
    await daemon.waitForEnd();
    expect(readdirSync(daemon.sandbox.folder).sort()).toEqual([
      'childlog',
      'supervisord.conf',
      'supervisord.log',
      'tmp',
    ]);
    expect(readdirSync(daemon.sandbox.path('tmp'))).toEqual([]);
  });

  scenario('a pid file that cannot be written is reported, and the daemon goes on', async () => {
    await using sandbox = new Sandbox({ files: '[supervisord]\npidfile=%(here)s/childlog' });
    const command = sandbox.startSupervisord('-n', '-c', sandbox.configuration);
    await waitFor('the message', () =>
      sandbox.read('supervisord.log').includes(`CRIT could not write pidfile ${sandbox.path('childlog')}\n`),
    );
    expect((await sandbox.ctl('pid')).stdout).toBe(`${command.pid}\n`);
    command.signal('SIGTERM');
    expect((await command.ended()).status).toBe(0);
  });
});

function numberOf(flag: '-u' | '-g', name: string): string {
  return execFileSync('id', [flag, name], { encoding: 'utf8' }).trim();
}
