/** The command line of `supervisord`, and what the daemon needs from the system. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { processStatus } from '../helpers/process-table.ts';
import { againstOriginal, fixture, inRepository, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const ownVersion = (JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string }).version;
const _inUse =
  'Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

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
