import { describe, expect, test } from 'vitest';
import {
  configFile,
  errorOf,
  groupNamed,
  load,
  type Options,
  problemsOf,
  specOf,
  withSupervisord,
} from './load-text.ts';

/** An [include] of `*.conf` in /srv/app/conf.d that finds these files. */
const including = (files: Readonly<Record<string, string>>): Options => ({
  files,
  globs: { '/srv/app/conf.d/*.conf': Object.keys(files) },
});

const main = (...lines: readonly string[]): string => withSupervisord('[include]', 'files=conf.d/*.conf', ...lines);
const a = '/srv/app/conf.d/a.conf';
const b = '/srv/app/conf.d/b.conf';

const commandsOf = (text: string, options: Options) =>
  Object.fromEntries(specOf(text, options).groups.map(({ name, processes }) => [name, processes[0]?.command]));

describe('included files', () => {
  test('are read in the order of their names, and later ones win', () => {
    const options = including({
      [b]: '[program:x]\ncommand=from b\n[supervisord]\nidentifier=b',
      [a]: '[program:x]\ncommand=from a\nstartsecs=7\n[supervisord]\nidentifier=a',
    });
    const spec = specOf(main('[program:x]', 'command=from main', 'priority=3'), options);
    expect(spec.daemon.identifier).toBe('b');
    expect(groupNamed(spec, 'x')).toMatchObject({ priority: 3, processes: [{ command: 'from b', startMs: 7000 }] });
  });

  test('are told in the log', () => {
    expect(specOf(main(), including({ [b]: '', [a]: '' })).notices).toEqual([
      { level: 'info', message: `Included extra file "${a}" during parsing` },
      { level: 'info', message: `Included extra file "${b}" during parsing` },
    ]);
  });

  test('that no pattern finds are warned of', () => {
    expect(specOf(main()).notices).toEqual([
      { level: 'warn', message: 'No file matches via include "/srv/app/conf.d/*.conf"' },
    ]);
  });

  test('that cannot be read are passed over', () => {
    expect(specOf(main(), { globs: { '/srv/app/conf.d/*.conf': ['/tmp'] } }).notices).toEqual([
      { level: 'info', message: 'Included extra file "/tmp" during parsing' },
    ]);
  });

  test('do not include further ones', () => {
    const options = including({ [a]: '[include]\nfiles=/etc/more.conf' });
    const spec = specOf(main(), {
      ...options,
      files: { ...options.files, '/etc/more.conf': '[program:y]\ncommand=y' },
    });
    expect(spec.groups).toEqual([]);
  });

  test('may bring the section that every configuration needs', () => {
    const options = including({ [a]: '[supervisord]\nidentifier=included' });
    expect(specOf('[include]\nfiles=conf.d/*.conf', options).daemon.identifier).toBe('included');
  });

  test('are named by several patterns, absolute or relative to the main file', () => {
    const files = { '/etc/1.conf': '[program:e]\ncommand=e', [a]: '[program:a]\ncommand=a' };
    const text = withSupervisord('[include]', 'files = /etc/1.conf', '  conf.d/a.conf', '  %(ENV_D)s/nope');
    const spec = specOf(text, { files, environment: { D: 'conf.d' } });
    expect(spec.groups.map(({ name }) => name)).toEqual(['a', 'e']);
    expect(spec.notices.at(-1)?.message).toBe('No file matches via include "/srv/app/conf.d/nope"');
  });
});

describe('the directory %(here)s', () => {
  const program = (name: string) => `[program:${name}]\ncommand=%(here)s\n`;

  test('is that of the file which says it', () => {
    const options = including({ [a]: program('a') });
    expect(commandsOf(`${main()}${program('m')}`, options)).toEqual({ m: '/srv/app', a: '/srv/app/conf.d' });
  });

  test('is known to every key of every section when there is an [include]', () => {
    const options = including({ [a]: '[program:a]\ncommand=a\nserverurl=%(here)s' });
    const text = main('[inet_http_server]', 'port=1', 'username=%(here)s', 'password=%(here)s');
    expect(specOf(text, options)).toMatchObject({
      servers: [{ credentials: { username: '/srv/app' } }],
      groups: [{ processes: [{ serverUrl: '/srv/app/conf.d' }] }],
    });
  });

  test('of a default is that of the file with the section', () => {
    const options = including({ [a]: '[program:a]\ncommand=a' });
    const spec = specOf(
      `[DEFAULT]\ndirectory=%(here)s\n${main('[program:m]', 'command=m').replace('[supervisord]', '[supervisord]\ndirectory=/tmp')}`,
      options,
    );
    expect(spec.groups.map(({ name, processes }) => [name, processes[0]?.directory])).toEqual([
      ['a', '/srv/app/conf.d'],
      ['m', '/srv/app'],
    ]);
  });
});

describe('mistakes in included files', () => {
  test.each([
    ['[program:x]\nfoo\n', `Source contains parsing errors: '${a}'\n\t[line  2]: 'foo\\n'`],
    ['x=1\n', `File contains no section headers.\nfile: '${a}', line: 1\n'x=1\\n'`],
    [
      '[program:x]\ncommand=a\nautostart=maybe',
      `not a valid boolean value: 'maybe' in section 'program:x' (file: '${a}')`,
    ],
  ])('%j are told with their file', (text, message) => {
    expect(problemsOf(main(), including({ [a]: text }))[0]).toMatchObject({ message, file: a });
  });

  test('in a section of the main file name the main file in Supervisor’s text, and their own file in the list', () => {
    const problems = problemsOf(main('[program:x]', 'command=a'), including({ [a]: '\n[program:x]\nautostart=maybe' }));
    expect(problems).toMatchObject([
      {
        message: `not a valid boolean value: 'maybe' in section 'program:x' (file: '${configFile}')`,
        file: a,
        line: 3,
      },
    ]);
  });

  test('of all files come together', () => {
    const result = load(main('[program:m]', 'autostart=1'), including({ [a]: 'x=1', [b]: '[program:b]\nfoo\n' }));
    expect(result).toMatchObject({
      problems: [
        { file: a, line: 1 },
        { file: b, line: 2 },
        { file: configFile, line: 4 },
      ],
    });
  });
});

describe('an [include] section', () => {
  test('needs its key', () => {
    expect(errorOf(withSupervisord('[include]'))).toBe('.ini file has [include] section, but no files setting');
  });

  test('may use names', () => {
    expect(errorOf(withSupervisord('[include]', 'files=%(nope)s'))).toBe(
      "Format string '%(nope)s' for 'include.files' contains names ('nope') which cannot be expanded. " +
        'Available names: ENV_HOME, here, host_node_name',
    );
  });
});
