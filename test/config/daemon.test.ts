import { describe, expect, test } from 'vitest';
import type { DaemonSpec } from '../../src/model/program-spec.ts';
import { errorOf, only, problemsOf, specOf, warningsOf, withSupervisord } from './load-text.ts';

const daemonOf = (...lines: readonly string[]): DaemonSpec => specOf(withSupervisord(...lines)).daemon;

/** With these flags, as read from the command line. */
const withFlags = (flags: Readonly<Record<string, string | true>>, ...lines: readonly string[]): DaemonSpec =>
  specOf(withSupervisord(...lines), { overrides: new Map(Object.entries(flags)) }).daemon;

describe('a daemon of which nothing is said', () => {
  test('is what Supervisor makes of it', () => {
    expect(daemonOf()).toEqual({
      configFile: '/srv/app/supervisord.conf',
      logfile: '/srv/app/supervisord.log',
      logfileMaxBytes: 52428800,
      logfileBackups: 10,
      logLevel: 'info',
      logFormat: 'classic',
      pidfile: '/srv/app/supervisord.pid',
      umask: 0o22,
      noDaemon: false,
      silent: false,
      minFds: 1024,
      minProcs: 200,
      noCleanup: false,
      childLogDir: '/tmp',
      user: null,
      directory: null,
      stripAnsi: false,
      environment: {},
      identifier: 'supervisor',
      runtimeDirectory: null,
      exitWhen: 'never',
      subreaper: false,
      orphanWaitMs: 3000,
      traceSize: 10_000,
      inspectorUrl: null,
    });
  });
});

describe('a key', () => {
  test.each<[string, Partial<DaemonSpec>]>([
    ['logfile=/tmp//d.log', { logfile: '/tmp/d.log' }],
    ['logfile=~/d.log', { logfile: '/home/me/d.log' }],
    ['logfile=syslog', { logfile: 'syslog' }],
    ['logfile=NONE', { logfile: '/srv/app/NONE' }],
    ['logfile=%(here)s/d.log', { logfile: '/srv/app/d.log' }],
    ['logfile_maxbytes=0', { logfileMaxBytes: 0 }],
    ['logfile_backups=3', { logfileBackups: 3 }],
    ['loglevel=DEBUG', { logLevel: 'debug' }],
    ['logformat=json', { logFormat: 'json' }],
    ['runtime_dir=run//me', { runtimeDirectory: '/srv/app/run/me' }],
    ['runtime_dir=~/run', { runtimeDirectory: '/home/me/run' }],
    ['runtime_dir=%(here)s/run', { runtimeDirectory: '/srv/app/run' }],
    ['pidfile=d.pid', { pidfile: '/srv/app/d.pid' }],
    ['umask=077', { umask: 0o77 }],
    ['nodaemon=true', { noDaemon: true }],
    ['silent=on', { silent: true }],
    ['minfds=5', { minFds: 5 }],
    ['minprocs=6', { minProcs: 6 }],
    ['nocleanup=1', { noCleanup: true }],
    ['childlogdir=~', { childLogDir: '/home/me' }],
    ['user=nobody', { user: { name: 'nobody', uid: 65534, gid: 65533 } }],
    ['user=0', { user: { name: 'root', uid: 0, gid: 0 } }],
    ['directory=/tmp', { directory: '/tmp' }],
    ['strip_ansi=yes', { stripAnsi: true }],
    ['identifier=me', { identifier: 'me' }],
    ['exit_when=All_Done', { exitWhen: 'all_done' }],
    ['subreaper=true', { subreaper: true }],
    ['orphanwaitsecs=7', { orphanWaitMs: 7000 }],
    ['orphanwaitsecs=-7', { orphanWaitMs: 0 }],
    ['trace_size=0', { traceSize: 0 }],
    ['inspector_url=ws://[::1]:8080/x', { inspectorUrl: 'ws://[::1]:8080/x' }],
    ['environment=A="%(host_node_name)s",B=2', { environment: { A: 'node-name', B: '2' } }],
  ])('%s', (line, expected) => {
    expect(daemonOf(line)).toMatchObject(expected);
  });

  test.each([
    ['logfile=/nope/x.log', 'The directory named as part of the path /nope/x.log does not exist'],
    ['logfile_maxbytes=5xb', "invalid literal for int() with base 10: '5xb'"],
    ['loglevel=loud', "bad logging level name 'loud'"],
    ['umask=9', '9 can not be converted to an octal type'],
    ['exit_when=done', "'done' is not never, all_done or any_fatal"],
    ['inspector_url=http://x', "value 'http://x' is not a WebSocket URL"],
    ['inspector_url=ws://x:99999', "value 'ws://x:99999' is not a WebSocket URL"],
    ['nodaemon=maybe', "not a valid boolean value: 'maybe'"],
    ['childlogdir=/nope', '/nope is not an existing directory'],
    ['user=nosuch', 'Invalid user name nosuch'],
    ['user=98765', 'Invalid user id 98765'],
    ['environment=A', "Unexpected end of key/value pairs in value 'A'"],
    [
      'identifier=%(host_node_name)s',
      "Format string '%(host_node_name)s' for 'supervisord.identifier' contains names ('host_node_name') " +
        'which cannot be expanded. Available names: ENV_HOME, here',
    ],
  ])('%s is refused', (line, message) => {
    expect(errorOf(withSupervisord(line))).toBe(message);
  });
});

describe('the environment of the daemon', () => {
  test('is expanded twice where that works, and once where it does not', () => {
    expect(daemonOf('environment=A="%%(ENV_HOME)s"').environment).toEqual({ A: '/home/me' });
    expect(daemonOf('environment=A="100%%"').environment).toEqual({ A: '100%' });
    expect(daemonOf('environment=A="100%%%%"').environment).toEqual({ A: '100%' });
  });

  test('when it cannot be read is told in the words of Supervisor 4.2', () => {
    expect(errorOf(withSupervisord('environment=A=%(nope)s'))).toBe(
      "Format string 'A=%(nope)s' for 'supervisord.environment' contains names ('nope') " +
        'which cannot be expanded. Available names: ENV_HOME, here',
    );
    expect(errorOf(withSupervisord('environment=%%'))).toBe(
      "Format string '%' for 'environment' is badly formatted: incomplete format",
    );
  });

  test('is known to the sections behind it, and not to its own', () => {
    const text = withSupervisord('environment=A="1"', '[unix_http_server]', 'file=/tmp/%(ENV_A)s');
    expect(only(specOf(text).servers)).toMatchObject({ path: '/tmp/1' });
    expect(errorOf(withSupervisord('environment=A="1"', 'identifier=%(ENV_A)s'))).toContain("names ('ENV_A')");
  });
});

describe('flags of the command line', () => {
  test('override the file', () => {
    const flags: Readonly<Record<string, string | true>> = {
      logfile: '/tmp/f.log',
      loglevel: 'debug',
      umask: '077',
      nodaemon: true,
      identifier: 'flag',
      user: '0',
    };
    expect(withFlags(flags, 'logfile=/tmp/x', 'umask=1', 'user=nosuch')).toMatchObject({
      logfile: '/tmp/f.log',
      logLevel: 'debug',
      umask: 0o77,
      noDaemon: true,
      identifier: 'flag',
      user: { name: 'root' },
    });
  });

  test('can switch on, and not off', () => {
    expect(withFlags({}, 'silent=true').silent).toBe(true);
    expect(withFlags({ silent: true }, 'silent=false').silent).toBe(true);
  });

  test('do not make a wrong value in the file right', () => {
    const overrides = new Map([['loglevel', 'debug']]);
    expect(errorOf(withSupervisord('loglevel=loud'), { overrides })).toBe("bad logging level name 'loud'");
  });

  test('that are wrong are the first problem', () => {
    const overrides = new Map([['logfile_backups', 'abc']]);
    expect(problemsOf(withSupervisord('loglevel=loud'), { overrides }).map(({ message }) => message)).toEqual([
      "invalid value for --logfile_backups 'abc': invalid literal for int() with base 10: 'abc'",
      "bad logging level name 'loud'",
    ]);
  });

  test('name users that must exist', () => {
    expect(errorOf(withSupervisord(), { overrides: new Map([['user', 'nosuch']]) })).toBe('Invalid user name nosuch');
  });

  test('of the profiler have no effect, with a warning', () => {
    const overrides = new Map([['profile_options', 'calls']]);
    expect(warningsOf(withSupervisord(), { overrides })).toEqual(['profile_options is accepted but has no effect']);
  });
});
