/** The daemon as a service: detaching, its files, its signals, its command line, and who else wants its place. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { openDescriptors, processEntry, processStatus, workingDirectoryOf } from '../helpers/process-table.ts';
import { againstOriginal, fixture, inRepository, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const ownVersion = (JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string }).version;
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
    expect(daemon.command.stderr).toContain(`Unlinking stale socket ${sandbox.path('supervisor.sock')}\n`);
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

describe('signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    scenario(`${signal} stops all programs and ends the daemon`, async () => {
      await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
      await daemon.waitForMessage('any', 'success');
      daemon.signal(signal);
      expect((await daemon.command.ended()).status).toBe(0);
      expect(daemon.messages()).toContain(`WARN received ${signal} indicating exit request`);
      expect(daemon.messages().slice(-2)).toEqual([
        'INFO waiting for any to die',
        'WARN stopped: any (terminated by SIGTERM)',
      ]);
      expect(daemon.sandbox.processes()).toEqual([]);
    });
  }

  scenario('SIGHUP starts everything anew from the configuration as it is then, in the same process', async () => {
    await using daemon = await startDaemon({ config: `[program:old]\n${forever}\n[program:kept]\n${forever}` });
    await daemon.waitForStatus('kept', 'RUNNING');
    const before = await daemon.pidOf('kept');
    daemon.sandbox.write('supervisord.conf', `[program:new]\n${forever}\n[program:kept]\n${forever}`);
    daemon.signal('SIGHUP');
    await waitFor('the new program', async () => (await daemon.status()).new?.state === 'RUNNING');
    await daemon.waitForStatus('kept', 'RUNNING');
    expect(Object.keys(await daemon.status())).toEqual(['kept', 'new']);
    expect(await daemon.pidOf('kept')).not.toBe(before);
    expect((await daemon.ctl('pid')).stdout).toBe(`${daemon.pid}\n`);
    expect(daemon.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
    expect(daemon.messages()).toContain('WARN received SIGHUP indicating restart request');
    expect(daemon.programs()).toHaveLength(2);
  });

  scenario('SIGTERM during a restart ends the daemon', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=3`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGHUP');
    await daemon.waitForLog('waiting for stubborn to die');
    daemon.signal('SIGTERM');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(daemon.messagesAbout('stubborn').filter((line) => line.includes('spawned'))).toHaveLength(1);
  });

  scenario('SIGHUP during a shutdown is ignored', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=3`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGTERM');
    await daemon.waitForLog('waiting for stubborn to die');
    daemon.signal('SIGHUP');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(daemon.messages()).toContain('WARN ignored SIGHUP indicating restart request (shutdown in progress)');
  });

  scenario(
    'a broken configuration at SIGHUP changes nothing',
    async () => {
      await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
      await daemon.waitForStatus('any', 'RUNNING');
      const before = await daemon.pidOf('any');
      daemon.sandbox.write('supervisord.conf', `[program:any]\n${forever}\nautorestart=sometimes`);
      daemon.signal('SIGHUP');
      await daemon.waitForLog(
        "CRIT not restarting, since the configuration is invalid: invalid 'autorestart' value 'sometimes'",
      );
      expect(await daemon.pidOf('any')).toBe(before);
      expect((await daemon.status()).any?.state).toBe('RUNNING');
    },
    // The original stops everything and then ends with status 2, its reason said to nobody.
    { oursOnly: true },
  );
});

describe('the command line', () => {
  scenario('-v prints the version', async () => {
    await using sandbox = new Sandbox({ files: '' });
    for (const flag of ['-v', '--version']) {
      const { stdout, stderr, status } = await sandbox.supervisord(flag);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
      expect(stderr).toBe(againstOriginal ? '' : `statevisor ${ownVersion}, compatible with Supervisor ${stdout}`);
    }
  });

  scenario('-h explains every option', async () => {
    await using sandbox = new Sandbox({ files: '' });
    for (const flag of ['-h', '--help', '-?']) {
      const { stdout, status } = await sandbox.supervisord(flag);
      expect(status).toBe(0);
      expect(stdout.split('\n')[0]).toBe('supervisord -- run a set of applications as daemons.');
      for (const option of [
        '-c',
        '-n',
        '-s',
        '-h',
        '-v',
        '-u',
        '-m',
        '-d',
        '-l',
        '-y',
        '-z',
        '-e',
        '-j',
        '-i',
        '-q',
        '-k',
        '-a',
        '-t',
      ]) {
        expect(stdout).toMatch(new RegExp(`(^|\\n)${option}[/ ]`));
      }
    }
  });

  scenario('options override the file', async () => {
    await using sandbox = new Sandbox({ files: `[program:any]\n${forever}` });
    const command = sandbox.startSupervisord(
      '-nc',
      sandbox.configuration,
      '--logfile',
      sandbox.path('other.log'),
      '-j',
      sandbox.path('other.pid'),
      '--ident=bench',
      '-q',
      sandbox.path('tmp'),
      '--loglevel',
      'debug',
      '-a',
      '300',
    );
    await waitFor('the log', () => sandbox.read('other.log').includes("spawned: 'any'"));
    await waitFor('the pid', () => sandbox.read('other.pid') === `${command.pid}\n`);
    expect(readdirSync(sandbox.path('tmp')).filter((name) => name.startsWith('any-stdout---bench-'))).toHaveLength(1);
    expect(sandbox.has('supervisord.log')).toBe(false);
    command.signal('SIGTERM');
    expect((await command.ended()).status).toBe(0);
  });

  const wrong: readonly [readonly string[], string][] = [
    [['--nope'], 'option --nope not recognized'],
    [['-X'], 'option -X not recognized'],
    [['-c'], 'option -c requires argument'],
    [['--logfile_maxbytes'], 'option --logfile_maxbytes requires argument'],
    [['--nodaemon=1'], 'option --nodaemon must not have an argument'],
    [['--log'], 'option --log not a unique prefix'],
    [['foo'], "positional arguments are not supported: ['foo']"],
    [['-z', 'abc'], "invalid value for -z 'abc': invalid literal for int() with base 10: 'abc'"],
    [['-e', 'debug', '-e', 'info'], "conflicting command line option '-e'"],
    [['-c', 'nope.conf'], 'could not find config file nope.conf'],
    [['-c', 'supervisord.conf', '-u', 'nosuchuser'], 'Invalid user name nosuchuser'],
  ];
  scenario('mistakes are answered with their own text and status 2', async () => {
    await using sandbox = new Sandbox({ files: '' });
    for (const [args, text] of wrong) {
      const { stdout, stderr, status } = await sandbox.supervisord(...args);
      expect({ args, stdout, status }).toEqual({ args, stdout: '', status: 2 });
      const lines = stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !line.includes('Warning') && !line.startsWith('  self.'));
      expect(lines[0]).toContain(`Error: ${text}`);
      expect(lines.at(-1)).toBe(`For help, use ${supervisordPath} -h`);
    }
  });

  scenario('without -c the configuration is searched for in the current folder', async () => {
    await using sandbox = new Sandbox({ files: `[program:found]\n${forever}` });
    const command = sandbox.startSupervisord('-n');
    await waitFor('the log', () => sandbox.read('supervisord.log').includes("spawned: 'found'"));
    command.signal('SIGTERM');
    expect((await command.ended()).status).toBe(0);
  });

  scenario(
    'user= makes the daemon itself run as another user',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nuser=nobody\n[unix_http_server]\nchown=nobody\n[program:any]\ncommand=sleep 86400\nstartsecs=0`,
        shell: 'chmod 777 . childlog tmp; exec "$0" "$@"',
      });
      const { Uid, Gid, Groups } = processStatus(daemon.pid);
      expect(Uid?.split('\t')).toEqual(Array(4).fill(numberOf('-u', 'nobody')));
      expect(Gid?.split('\t')).toEqual(Array(4).fill(numberOf('-g', 'nobody')));
      expect(Groups?.trim().split(' ')).not.toContain('0');
      await daemon.waitForStatus('any', 'RUNNING');
      expect(processStatus(await daemon.pidOf('any')).Uid).toBe(Uid);
      expect(daemon.messages()[0]).toMatch(/^INFO Set uid to user (nobody|65534) succeeded$/);
      expect(statSync(daemon.sandbox.path('supervisord.log')).uid).toBe(Number(numberOf('-u', 'nobody')));
    },
    { asRoot: true },
  );

  scenario(
    'a daemon that is not root cannot become another user',
    async () => {
      await using sandbox = new Sandbox({ files: '[supervisord]\nuser=daemon' });
      const command = sandbox.startSupervisordByShell(
        'chmod 777 . childlog tmp; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
        '-n',
        '-c',
        sandbox.configuration,
      );
      const { stderr, status } = await command.ended();
      expect(status).toBe(2);
      expect(stderr.split('\n')[0]).toBe("Error: Can't drop privilege as nonroot user");
    },
    { asRoot: true },
  );

  scenario(
    'more open files than the system allows are an error',
    async () => {
      await using sandbox = new Sandbox({ files: '[supervisord]\nminfds=99999' });
      const command = sandbox.startSupervisordByShell(
        'chmod 777 . childlog tmp; ulimit -Sn 500; ulimit -Hn 1000; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
        '-n',
        '-c',
        sandbox.configuration,
      );
      const { stderr, status } = await command.ended();
      expect(status).toBe(2);
      expect(stderr).toContain(
        'Error: The minimum number of file descriptors required to run this process is 99999 as per the "minfds" ' +
          'command-line argument or config file setting. The current environment will only allow you to open ',
      );
    },
    { asRoot: true },
  );
});

function numberOf(flag: '-u' | '-g', name: string): string {
  return execFileSync('id', [flag, name], { encoding: 'utf8' }).trim();
}
