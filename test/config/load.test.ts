import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daemonOptions } from '../../src/config/daemon-options.ts';
import { loadSupervisorConfig } from '../../src/config/load.ts';
import { sectionKinds } from '../../src/config/options.ts';
import { formatProblems } from '../../src/config/problem.ts';
import { anyText } from './any-text.ts';
import { fakeHost } from './fake-host.ts';
import { configFile, errorOf, load, problemsOf, specOf, warningsOf, withSupervisord } from './load-text.ts';

const request = { overrides: new Map<string, string>(), argv0: '/opt/x/bin/supervisord' };

describe('the main file', () => {
  test('that does not exist', () => {
    const result = loadSupervisorConfig(fakeHost(), { ...request, configFile: 'nope.conf' });
    expect(result).toMatchObject({ kind: 'invalid', problems: [{ message: 'could not find config file nope.conf' }] });
  });

  test('that cannot be read', () => {
    const result = loadSupervisorConfig(fakeHost(), { ...request, configFile: '/tmp' });
    expect(result).toMatchObject({ kind: 'invalid', problems: [{ message: 'could not read config file /tmp' }] });
  });

  test('that is in none of the usual places', () => {
    const result = loadSupervisorConfig(fakeHost(), { ...request, configFile: null });
    expect(result).toMatchObject({
      kind: 'invalid',
      problems: [
        {
          message:
            'No config file found at default paths (/opt/x/etc/supervisord.conf, /opt/x/supervisord.conf, ' +
            'supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); ' +
            'use the -c option to specify a config file at a different path',
        },
      ],
    });
  });

  test('is found in the usual places', () => {
    const host = fakeHost({ files: { '/etc/supervisord.conf': '[supervisord]\nidentifier=%(here)s' } });
    expect(loadSupervisorConfig(host, { ...request, configFile: null })).toMatchObject({
      kind: 'ok',
      spec: { daemon: { configFile: '/etc/supervisord.conf', identifier: '/etc' } },
    });
  });

  test('may be named relative to the working directory', () => {
    const host = fakeHost({ files: { '/srv/app/conf/s.conf': '[supervisord]\nidentifier=%(here)s' } });
    expect(loadSupervisorConfig(host, { ...request, configFile: 'conf/s.conf' })).toMatchObject({
      kind: 'ok',
      spec: { daemon: { configFile: 'conf/s.conf', identifier: '/srv/app/conf' } },
    });
  });

  test.each([
    ['', '.ini file does not include supervisord section'],
    ['[supervisor]\n', '.ini file does not include supervisord section'],
    ['x=1\n', `File contains no section headers.\nfile: '${configFile}', line: 1\n'x=1\\n'`],
    [
      '\ufeff[supervisord]\n',
      `File contains no section headers.\nfile: '${configFile}', line: 1\n'\\ufeff[supervisord]\\n'`,
    ],
    ['[supervisord]\nfoo', `Source contains parsing errors: '${configFile}'\n\t[line  2]: 'foo'`],
  ])('with the text %j is refused', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  test.each([
    [[0x5b, 0xff], "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"],
    [[0xc3, 0x28], "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"],
    [[0x20, 0xe2, 0x82], "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"],
    [[0xed, 0xa0, 0x80], "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"],
  ])('of the bytes %j is no text', (bytes, message) => {
    const host = fakeHost({ files: { [configFile]: new Uint8Array(bytes) } });
    expect(loadSupervisorConfig(host, { ...request, configFile })).toMatchObject({ problems: [{ message }] });
  });

  test('may have any kind of line end', () => {
    expect(specOf('[supervisord]\r\nidentifier=a\r\n[program:x]\rcommand=c\r\n').groups).toHaveLength(1);
  });
});

describe('problems', () => {
  const text = [
    '[group:g]',
    'programs=web,nix',
    '[unix_http_server]',
    'chmod=9',
    '[program:late]',
    '[program:web]',
    'command=%(foo)s',
    'startsecs=10s',
    'numprocs=2',
    'process_name=%(process_num)d',
    '[eventlistener:l]',
    'command=l',
    '[rpcinterface:r]',
    '[supervisord]',
    'user=nosuch',
    'nodaemon=maybe',
    'logfile=/nope/x',
    '[fcgi-program:f]',
    'command=f',
    '[include]',
  ].join('\n');

  test('are all told at once, in the order in which Supervisor would meet them', () => {
    expect(problemsOf(text).map(({ line, section, key }) => [line, section, key])).toEqual([
      [20, 'include', 'files'],
      [17, 'supervisord', 'logfile'],
      [16, 'supervisord', 'nodaemon'],
      [13, 'rpcinterface:r', 'supervisor.rpcinterface_factory'],
      [8, 'program:web', 'startsecs'],
      [7, 'program:web', 'command'],
      [2, 'group:g', 'programs'],
      [5, 'program:late', 'command'],
      [11, 'eventlistener:l', 'events'],
      [18, 'fcgi-program:f', 'socket'],
      [3, 'unix_http_server', 'file'],
      [4, 'unix_http_server', 'chmod'],
      [15, 'supervisord', 'user'],
    ]);
  });

  test('have a place, a value and what was expected', () => {
    expect(problemsOf(text).find(({ key }) => key === 'startsecs')).toEqual({
      message: `invalid literal for int() with base 10: '10s' in section 'program:web' (file: '${configFile}')`,
      reason: "invalid literal for int() with base 10: '10s'",
      file: configFile,
      line: 8,
      section: 'program:web',
      key: 'startsecs',
      value: '10s',
      expected: 'a whole number of seconds',
    });
  });

  test('of lines that cannot be read do not make keys missing', () => {
    expect(problemsOf('[supervisord]\n[program:x]\ncommand /bin/cat\n').map(({ line }) => line)).toEqual([3]);
    expect(problemsOf('[supervisord]\nfoo\n[program:x]\nautostart=maybe\n').map(({ line }) => line)).toEqual([2, 4, 3]);
  });

  test('are one for each key, however many processes and groups have it', () => {
    const many = withSupervisord(
      ...['[program:x]', 'numprocs=3', 'process_name=%(process_num)d', 'command=%(foo)s', 'directory=%(foo)s'],
      ...['[group:g]', 'programs=x', '[group:h]', 'programs=x'],
    );
    expect(problemsOf(many).map(({ key }) => key)).toEqual(['directory', 'command']);
  });

  test('are shown with Supervisor’s two lines around them', () => {
    const short = withSupervisord('nodaemon=maybe', '[program:x]', 'command=%(foo)s', '[program:a b]', 'command=c');
    expect(formatProblems(problemsOf(short), '/usr/bin/supervisord')).toBe(
      [
        "Error: not a valid boolean value: 'maybe'",
        `  ${configFile}:2: [supervisord] nodaemon = "maybe": expected true or false (also yes, no, on, off, 1, 0)`,
        `  ${configFile}:4: [program:x] command = "%(foo)s": %(foo) is not known here; known are group_name, here, ` +
          'host_node_name, numprocs, process_num, program_name, ENV_<variable>',
        `  ${configFile}:5: [program:a b]: expected a name without blanks, colons and slashes`,
        'For help, use /usr/bin/supervisord -h',
        '',
      ].join('\n'),
    );
  });

  test('without a place are just Supervisor’s two lines', () => {
    expect(formatProblems(problemsOf(''), 'sd')).toBe(
      'Error: .ini file does not include supervisord section\nFor help, use sd -h\n',
    );
  });
});

describe('names that nobody knows', () => {
  test.each([
    [
      '[supervisord]\nlogfle=x',
      'key logfle of section [supervisord] is not known and is ignored (FILE, line 2); did you mean logfile?',
    ],
    [
      '[supervisord]\n[program:x]\ncommand=a\nautorestrat=x',
      'key autorestrat of section [program:x] is not known and is ignored (FILE, line 4); did you mean autorestart?',
    ],
    [
      '[supervisord]\n[progam:x]',
      'section [progam:x] is not known and is ignored (FILE, line 2); did you mean [program:x]?',
    ],
    [
      '[supervisord]\n[Program:x]',
      'section [Program:x] is not known and is ignored (FILE, line 2); did you mean [program:x]?',
    ],
    [
      '[supervisord]\n[program]',
      'section [program] is not known and is ignored (FILE, line 2); did you mean [program:x]?',
    ],
    [
      '[supervisord]\n[supervisorctrl]',
      'section [supervisorctrl] is not known and is ignored (FILE, line 2); did you mean [supervisorctl]?',
    ],
    ['[supervisord]\n[nginx]', 'section [nginx] is not known and is ignored (FILE, line 2)'],
    ['[supervisord]\nzzz=1', 'key zzz of section [supervisord] is not known and is ignored (FILE, line 2)'],
  ])('%j', (text, warning) => {
    expect(warningsOf(text)).toEqual([warning.replace('FILE', configFile)]);
  });

  test('are none in defaults and in what is passed on', () => {
    const text =
      '[DEFAULT]\nzzz=1\n[supervisord]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=a:b\nwhatever=1\n[ctlplugin:y]\nz=1';
    expect(warningsOf(text)).toEqual([]);
  });
});

describe('defaults of all sections', () => {
  test('count where the section says nothing', () => {
    const text = '[DEFAULT]\nuser=nobody\npriority=4\n[supervisord]\n[program:x]\ncommand=a\npriority=5\n';
    expect(specOf(text)).toMatchObject({
      daemon: { user: { name: 'nobody' } },
      groups: [{ priority: 5, processes: [{ user: { name: 'nobody' } }] }],
    });
  });
});

describe('any configuration', () => {
  const kinds = sectionKinds.map(({ name, form }) => (form === 'named' ? `${name}:x` : name));
  const keys = [...new Set(sectionKinds.flatMap(({ options }) => options.map(({ key }) => key)))];
  const value = fc.oneof(
    anyText,
    fc.constantFrom('1', 'true', 'x', '%(here)s', '%(process_num)d', 'A="1"', '/tmp/x', 'EVENT', 'tcp://a:1', '5MB'),
  );
  const line = fc.oneof(
    fc.constantFrom(...kinds).map((name) => `[${name}]`),
    fc.tuple(fc.constantFrom(...keys), value).map(([key, text]) => `${key}=${text}`),
    anyText,
  );

  test('is loaded, or refused with at least one problem', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const result = load(withSupervisord(...lines));
        if (result.kind === 'invalid') expect(result.problems.length).toBeGreaterThan(0);
      }),
    );
  });

  test('gives the same answer again', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const text = withSupervisord(...lines);
        expect(load(text)).toEqual(load(text));
      }),
      { numRuns: 50 },
    );
  });

  test('with valid flags has the values of the flags', () => {
    const level = fc.constantFrom('critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather');
    fc.assert(
      fc.property(level, fc.nat(), fc.boolean(), (loglevel, backups, silent) => {
        const overrides = new Map<string, string | true>([
          [daemonOptions.loglevel.key, loglevel],
          [daemonOptions.logfile_backups.key, String(backups)],
          ...(silent ? [[daemonOptions.silent.key, true] as const] : []),
        ]);
        expect(specOf(withSupervisord(), { overrides }).daemon).toMatchObject({
          logLevel: loglevel,
          logfileBackups: backups,
          silent,
        });
      }),
    );
  });
});
