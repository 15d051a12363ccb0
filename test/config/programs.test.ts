import { describe, expect, test } from 'vitest';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import {
  errorOf,
  groupNamed,
  only,
  processesWith,
  processWith,
  programWith,
  specOf,
  warningsOf,
  withSupervisord,
} from './load-text.ts';

const suffix = " in section 'program:x' (file: '/srv/app/supervisord.conf')";

describe('a program of which nothing but the command is said', () => {
  test('is what Supervisor makes of it', () => {
    const output = {
      logfile: { kind: 'auto', path: null },
      maxBytes: 52428800,
      backups: 10,
      captureMaxBytes: 0,
      eventsEnabled: false,
      syslog: false,
    } as const;
    const expected: ProcessSpec = {
      kind: 'program',
      section: 'program:x',
      source: { file: '/srv/app/supervisord.conf', line: 2 },
      programName: 'x',
      groupName: 'x',
      name: 'x',
      processNumber: 0,
      command: '/bin/cat',
      priority: 999,
      autostart: true,
      autorestart: 'unexpected',
      startMs: 1000,
      startRetries: 3,
      exitCodes: [0],
      exitOn: 'never',
      stopSignal: { name: 'SIGTERM', number: 15 },
      stopWaitMs: 10000,
      stopAsGroup: false,
      killAsGroup: false,
      killTree: false,
      user: null,
      redirectStderr: false,
      stdout: output,
      stderr: output,
      environment: {},
      directory: null,
      umask: null,
      serverUrl: null,
    };
    expect(processWith()).toEqual(expected);
  });
});

describe('a key', () => {
  test.each<[string, Partial<ProcessSpec>]>([
    ['command=a "b c" %%', { command: 'a "b c" %' }],
    ['command=', { command: '' }],
    ['priority=-5', { priority: -5 }],
    ['autostart=false', { autostart: false }],
    ['autorestart=true', { autorestart: 'always' }],
    ['startsecs=0', { startMs: 0 }],
    ['startsecs=-3', { startMs: 0 }],
    ['startretries=7', { startRetries: 7 }],
    ['exitcodes=', { exitCodes: [] }],
    ['stopsignal=INT', { stopSignal: { name: 'SIGINT', number: 2 } }],
    ['stopwaitsecs=3', { stopWaitMs: 3000 }],
    ['stopasgroup=true', { stopAsGroup: true, killAsGroup: true }],
    ['killasgroup=true', { stopAsGroup: false, killAsGroup: true }],
    ['killtree=true', { killTree: true, killAsGroup: false }],
    ['exit_on=Failure', { exitOn: 'failure' }],
    ['user=nobody', { user: { name: 'nobody', uid: 65534, gid: 65533 } }],
    ['umask=027', { umask: 0o27 }],
    ['directory=~/%(program_name)s', { directory: '~/x' }],
    ['serverurl=http://h:1', { serverUrl: 'http://h:1' }],
    ['serverurl=Auto', { serverUrl: null }],
    ['serverurl=', { serverUrl: '' }],
    ['process_name=%(program_name)s_%(process_num)02d', { name: 'x_00' }],
    ['numprocs_start=5', { processNumber: 5 }],
    ['environment=A="1"', { environment: { A: '1' } }],
  ])('%s', (line, expected) => {
    expect(processWith(line)).toMatchObject(expected);
  });

  test.each([
    ['startsecs=abc', "invalid literal for int() with base 10: 'abc'"],
    ['autostart=maybe', "not a valid boolean value: 'maybe'"],
    ['autorestart=Maybe', "invalid 'autorestart' value 'maybe'"],
    ['exitcodes=256', "not a valid list of exit codes: '256'"],
    ['stopsignal=FOO', "value 'FOO' is not a valid signal name"],
    ['exit_on=end', "'end' is not never, exit, failure or fatal"],
    ['umask=9', '9 can not be converted to an octal type'],
    ['user=nosuch', 'Invalid user name nosuch'],
    ['stdout_logfile=/nope/x', 'The directory named as part of the path /nope/x does not exist'],
    ['stdout_logfile_maxbytes=5xb', "invalid literal for int() with base 10: '5xb'"],
    ['environment=A', "Unexpected end of key/value pairs in value 'A'"],
    ['process_name=a b', "Invalid name: 'a b' because of character: ' '"],
    ['numprocs=2', '%(process_num) must be present within process_name when numprocs > 1'],
    ['stopasgroup=true\nkillasgroup=false', 'Cannot set stopasgroup=true and killasgroup=false'],
  ])('%j is refused as Supervisor refuses it', (lines, reason) => {
    expect(errorOf(programWith(lines))).toBe(reason + suffix);
  });

  test.each([
    ['numprocs=100001\nprocess_name=%(process_num)d', 'numprocs is above upper bound (100000)'],
    ['numprocs_start=99999999999999999999', 'numprocs_start is too far from zero to be counted on'],
    ['numprocs_start=9007199254740991\nnumprocs=1', 'numprocs_start is too far from zero to be counted on'],
  ])('%j is refused instead of counting for ever', (lines, reason) => {
    expect(errorOf(programWith(lines))).toBe(reason + suffix);
  });

  test('that Supervisor checks outside of the program names no section', () => {
    expect(errorOf(programWith('priority=abc'))).toBe("invalid literal for int() with base 10: 'abc'");
  });

  test('that is required is missed', () => {
    expect(errorOf(withSupervisord('[program:x]'))).toBe(
      `program section program:x does not specify a command${suffix}`,
    );
  });
});

describe('waits that no timer can hold', () => {
  test('are shortened, with a warning', () => {
    const text = programWith('stopwaitsecs=99999999');
    expect(only(groupNamed(specOf(text), 'x').processes).stopWaitMs).toBe(2147483647);
    expect(warningsOf(text)).toEqual([
      'For [program:x], stopwaitsecs is longer than 2147483.647 seconds, which are used instead',
    ]);
  });
});

describe('numprocs', () => {
  const names = (...lines: readonly string[]) => processesWith(...lines).map(({ name }) => name);
  const numbered = 'process_name=p%(process_num)d';

  test.each([
    [['numprocs=1'], ['x']],
    [['numprocs=0'], []],
    [['numprocs=-1'], []],
    [
      ['numprocs=3', numbered],
      ['p0', 'p1', 'p2'],
    ],
    [
      ['numprocs=2', 'numprocs_start=9', numbered],
      ['p10', 'p9'],
    ],
  ])('%j makes the processes %j, in the order of their names', (lines, expected) => {
    expect(names(...lines)).toEqual(expected);
  });

  test('without a process a command is not needed', () => {
    expect(specOf(withSupervisord('[program:x]', 'numprocs=0')).groups[0]?.processes).toEqual([]);
  });

  test('keeps one process of each name', () => {
    expect(names('numprocs=2', 'process_name=same%%(process_num)')).toEqual(['same%(process_num)']);
  });
});

describe('expressions', () => {
  test('know everything about the process in the command', () => {
    const text = [
      '[supervisord]',
      'environment=G="g"',
      '[program:x]',
      'environment=P="p%(process_num)d"',
      'command=%(here)s %(host_node_name)s %(program_name)s %(group_name)s %(process_num)d %(numprocs)d %(ENV_HOME)s %(ENV_G)s %(ENV_P)s',
      '[group:g]',
      'programs=x',
    ].join('\n');
    const process = only(groupNamed(specOf(text), 'g').processes);
    expect(process.command).toBe('/srv/app node-name x g 0 1 /home/me g p0');
    expect(process.environment).toEqual({ G: 'g', P: 'p0' });
  });

  test.each([
    [
      'command=%(nope)s',
      "'%(nope)s' for 'program:x.command'",
      'ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name',
    ],
    [
      'directory=%(nope)s',
      "'%(nope)s' for 'program:x.directory'",
      'ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name',
    ],
    [
      'environment=A="%(nope)s"',
      `'A="%(nope)s"' for 'environment'`,
      'ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name',
    ],
    [
      'process_name=%(nope)s',
      "'%(nope)s' for 'process_name'",
      'ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name',
    ],
    [
      'startsecs=%(nope)s',
      "'%(nope)s' for 'program:x.startsecs'",
      'ENV_HOME, group_name, here, host_node_name, program_name',
    ],
  ])('%s names what is known', (line, what, known) => {
    expect(errorOf(programWith(line))).toBe(
      `Format string ${what} contains names ('nope') which cannot be expanded. Available names: ${known}${suffix}`,
    );
  });

  test('cannot name the own environment inside of it', () => {
    expect(errorOf(programWith('environment=A="1",B="%(ENV_A)s"'))).toContain("contains names ('ENV_A')");
  });

  test('in the environment of an earlier process are known to later ones', () => {
    const process = processesWith(
      'numprocs=2',
      'process_name=%(process_num)d',
      'environment=K%(process_num)d="v"',
      'directory=%(ENV_K0)s',
    )[1];
    expect(process).toMatchObject({ directory: 'v', environment: { K1: 'v' } });
  });

  test('that fail in priority know less, unless a group has the program', () => {
    const names = 'Available names: ENV_HOME, here';
    expect(errorOf(programWith('priority=%(program_name)s')).endsWith(names)).toBe(true);
    expect(errorOf(`${programWith('priority=%(program_name)s')}[group:g]\nprograms=x`)).toBe(
      `invalid literal for int() with base 10: 'x'${suffix}`,
    );
  });
});

describe('names of log files', () => {
  const stdout = (value: string) => processWith(`stdout_logfile=${value}`).stdout.logfile;

  test.each([
    ['/tmp/%(program_name)s.log', '/tmp/x.log'],
    ['/tmp/%%%%', '/tmp/%'],
    ['/tmp/%%(program_name)s', '/tmp/x'],
    // Supervisor refuses this one: it is expanded once more, and then malformed.
    ['/tmp/100%%', '/tmp/100%'],
    ['~/x', '/home/me/x'],
    ['x.log', 'x.log'],
  ])('%s is the file %s', (written, path) => {
    expect(stdout(written)).toEqual({ kind: 'file', path });
  });

  test.each([
    ['NONE', { kind: 'none' }],
    ['off', { kind: 'none' }],
    ['', { kind: 'none' }],
    ['auto', { kind: 'auto', path: null }],
  ])('%j is %j', (written, expected) => {
    expect(stdout(written)).toEqual(expected);
  });

  test('may be the deprecated syslog, with a warning', () => {
    expect(processWith('stdout_logfile=syslog').stdout).toMatchObject({ logfile: { kind: 'none' }, syslog: true });
    expect(warningsOf(programWith('stdout_logfile=syslog'))).toEqual([
      'For [program:x], stdout_logfile=syslog but this is deprecated and will be removed.  ' +
        'Use stdout_syslog=true to enable syslog instead.',
    ]);
  });

  test('that are generated should be rotated', () => {
    expect(warningsOf(programWith('stderr_logfile_maxbytes=0'))).toEqual([
      'For [program:x], AUTO logging used for stderr_logfile without rollover, set maxbytes > 0 ' +
        'to avoid filling up filesystem unintentionally',
    ]);
  });

  test('of a redirected stderr do not matter', () => {
    expect(processWith('redirect_stderr=true').stderr.logfile).toEqual({ kind: 'none' });
    expect(warningsOf(programWith('redirect_stderr=true'))).toEqual([]);
    expect(warningsOf(programWith('redirect_stderr=true', 'stderr_logfile=/tmp/x'))).toEqual([
      'For [program:x], redirect_stderr=true but stderr_logfile has also been set to a filename, ' +
        'the filename has been ignored',
    ]);
  });

  test('warn once, however many processes there are', () => {
    const lines = ['numprocs=3', 'process_name=%(process_num)d', 'stdout_logfile=syslog'];
    expect(warningsOf(programWith(...lines))).toHaveLength(1);
  });
});
