import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/getopt.ts';
import { createSupervisordCommand } from '../../src/cli/supervisord-options.ts';
import { fakeHost } from '../config/fake-host.ts';

const command = createSupervisordCommand(fakeHost(), '/usr/bin/supervisord');

const given = (...argv: readonly string[]) => Object.fromEntries(parseArguments(command, argv).options);

describe('the flags of supervisord', () => {
  test('are Supervisor’s', () => {
    const short = ['-c', 'f', '-nskt', '-u', 'u', '-m', '077', '-d', '/tmp', '-l', '/tmp/l', '-y', '5KB', '-z', '3'];
    expect(given(...short, '-e', 'debug', '-j', 'p', '-i', 'me', '-q', '/tmp', '-a', '5', '--minprocs', '6')).toEqual({
      configuration: 'f',
      nodaemon: true,
      silent: true,
      nocleanup: true,
      strip_ansi: true,
      user: 'u',
      umask: '077',
      directory: '/tmp',
      logfile: '/tmp/l',
      logfile_maxbytes: '5KB',
      logfile_backups: '3',
      loglevel: 'debug',
      pidfile: 'p',
      identifier: 'me',
      childlogdir: '/tmp',
      minfds: '5',
      minprocs: '6',
    });
    expect(given('--profile_options', 'calls')).toEqual({ profile_options: 'calls' });
    expect(given('-v')).toEqual({ version: true });
  });

  test.each([
    [['-z', 'abc'], "invalid value for -z 'abc': invalid literal for int() with base 10: 'abc'"],
    [['-e', 'loud'], "invalid value for -e 'loud': bad logging level name 'loud'"],
    [['-m', '9'], "invalid value for -m '9': 9 can not be converted to an octal type"],
    [['-y', '5xb'], "invalid value for -y '5xb': invalid literal for int() with base 10: '5xb'"],
    [['-q', '/nope'], "invalid value for -q '/nope': /nope is not an existing directory"],
    [
      ['--logfile=/nope/x'],
      "invalid value for --logfile '/nope/x': The directory named as part of the path /nope/x does not exist",
    ],
    [['--minprocs', 'x'], "invalid value for --minprocs 'x': invalid literal for int() with base 10: 'x'"],
    [['--log', 'x'], 'option --log not a unique prefix'],
    [['-n', '--nodaemon'], "conflicting command line option '--nodaemon'"],
    [['foo'], "positional arguments are not supported: ['foo']"],
  ])('%j are refused', (argv, message) => {
    expect(() => given(...argv)).toThrow(message);
  });

  test('are described by the usage, one line or more each', () => {
    const usage = command.helpInformation();
    expect(
      usage.startsWith(
        'supervisord -- run a set of applications as daemons.\n\nUsage: /usr/bin/supervisord [options]\n',
      ),
    ).toBe(true);
    expect(usage).toContain(
      '\n-c/--configuration FILENAME -- configuration file path (searches if not given)\n-n/--nodaemon -- ',
    );
    for (const { long } of command.options) expect(usage).toContain(long);
  });
});
