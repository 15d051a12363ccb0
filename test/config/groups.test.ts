import { describe, expect, test } from 'vitest';
import { errorOf, groupNamed, only, specOf, warningsOf, withSupervisord } from './load-text.ts';

const programs = ['[program:x]', 'command=x', '[program:y]', 'command=y', 'priority=5'];
const fcgi = ['[fcgi-program:f]', 'command=f', 'socket=tcp://Host:80'];

describe('a group', () => {
  test('takes its programs out of their own groups', () => {
    const spec = specOf(withSupervisord(...programs, ...fcgi, '[group:g]', 'programs=x , f', 'priority=3'));
    expect(spec.groups.map(({ kind, name, priority }) => [kind, name, priority])).toEqual([
      ['heterogeneous', 'g', 3],
      ['homogeneous', 'y', 5],
    ]);
    expect(groupNamed(spec, 'g').processes.map(({ name, groupName, kind }) => [name, groupName, kind])).toEqual([
      ['x', 'g', 'program'],
      ['f', 'g', 'fcgi-program'],
    ]);
  });

  test('orders its processes by priority, then as it lists their programs', () => {
    const spec = specOf(withSupervisord(...programs, '[program:a]', 'command=a', '[group:g]', 'programs=x,a,y'));
    expect(groupNamed(spec, 'g').processes.map(({ name }) => name)).toEqual(['y', 'x', 'a']);
  });

  test('may be empty', () => {
    const spec = specOf(withSupervisord('[group:a]', '[group:b]', 'programs='));
    expect(spec.groups.map(({ name, processes }) => [name, processes])).toEqual([
      ['a', []],
      ['b', []],
    ]);
  });

  test('may share a program with another', () => {
    const spec = specOf(withSupervisord(...programs, '[group:g]', 'programs=x', '[group:h]', 'programs=x,y'));
    expect(spec.groups.map(({ name, processes }) => [name, processes.map((process) => process.name)])).toEqual([
      ['g', ['x']],
      ['h', ['y', 'x']],
    ]);
  });

  test('keeps one process of a name', () => {
    const spec = specOf(withSupervisord(...programs, '[group:g]', 'programs=x,x'));
    expect(only(groupNamed(spec, 'g').processes).name).toBe('x');
  });

  test.each([
    ['programs=nix', '[group:g] names unknown program or fcgi-program nix'],
    ['programs=x,nix', '[group:g] names unknown program or fcgi-program nix'],
    ['programs=x,', '[group:g] names unknown program or fcgi-program '],
    ['priority=abc', "invalid literal for int() with base 10: 'abc'"],
  ])('with %s is refused', (line, message) => {
    expect(errorOf(withSupervisord(...programs, '[group:g]', line))).toBe(message);
  });

  test('cannot have a program that exists in two kinds', () => {
    const text = withSupervisord(...programs, '[fcgi-program:x]', 'command=x', '[group:g]', 'programs=x');
    expect(errorOf(text)).toBe('[group:g] name x is ambiguous (exists as program and fcgi-program)');
  });
});

describe('groups', () => {
  test('are in the order of priority, then of their names', () => {
    const sections = ['b', 'a', 'c'].flatMap((name) => [
      `[program:${name}]`,
      'command=x',
      `priority=${name === 'c' ? 1 : 2}`,
    ]);
    expect(specOf(withSupervisord(...sections)).groups.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  test.each([
    [1, 'heterogeneous'],
    [999, 'heterogeneous'],
    [1000, 'homogeneous'],
  ])('of one name: with priority %i the %s one is active, and the other is named in a warning', (priority, kind) => {
    const text = withSupervisord('[program:x]', 'command=x', '[group:x]', `priority=${priority}`);
    expect(only(specOf(text).groups).kind).toBe(kind);
    expect(only(warningsOf(text))).toMatch(/^group x .* is ignored: another one has its name/);
  });

  test.each(['program:x y', 'program:a/b', 'group:x:y', 'fcgi-program:x y'])('[%s] has no possible name', (section) => {
    expect(errorOf(withSupervisord(`[${section}]`, 'command=a', 'socket=tcp://a:1'))).toMatch(
      /^Invalid name: '(.*)' because of character: '[ :/]'$/,
    );
  });

  test('have names without blanks around them', () => {
    expect(only(specOf(withSupervisord('[program: y ]', 'command=%(program_name)s')).groups)).toMatchObject({
      name: 'y',
      processes: [{ name: 'y', command: 'y' }],
    });
  });
});

describe('an event listener', () => {
  const listener = (...lines: readonly string[]) => withSupervisord('[eventlistener:l]', 'command=l', ...lines);

  test('is a pool that comes before programs', () => {
    const spec = specOf(`${listener('events=tick_5, PROCESS_STATE,TICK_5')}${programs.join('\n')}`);
    expect(spec.groups[0]).toMatchObject({
      kind: 'eventlistener',
      name: 'l',
      priority: -1,
      pool: {
        bufferSize: 10,
        events: ['TICK_5', 'PROCESS_STATE'],
        resultHandler: 'supervisor.dispatchers:default_handler',
      },
      processes: [{ kind: 'eventlistener', name: 'l', priority: 999 }],
    });
  });

  test.each([
    [[], '[eventlistener:l] section requires an "events" line'],
    [['events='], '[eventlistener:l] section requires an "events" line'],
    [['events=FOO'], 'Unknown event type FOO in [eventlistener:l] events'],
    [['events=EVENT,'], 'Unknown event type  in [eventlistener:l] events'],
    [['events=EVENT', 'buffer_size=0'], '[eventlistener:l] section sets invalid buffer_size (0)'],
    [['events=EVENT', 'result_handler=x y'], 'x y cannot be resolved within [eventlistener:l]'],
    [
      ['events=EVENT', 'redirect_stderr=true'],
      '[eventlistener:l] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol',
    ],
  ])('with %j is refused', (lines, message) => {
    expect(errorOf(listener(...lines))).toBe(message);
  });
});

describe('an fcgi program', () => {
  const withSocket = (socket: string, ...lines: readonly string[]) =>
    withSupervisord('[fcgi-program:f]', 'command=f', `socket=${socket}`, ...lines);
  const socketOf = (text: string) => only(specOf(text).groups).socket;

  test('shares a TCP socket', () => {
    expect(only(specOf(withSocket('tcp://Host:80', 'socket_backlog=5')).groups)).toMatchObject({
      kind: 'fcgi',
      name: 'f',
      socket: { url: 'tcp://host:80', backlog: 5, owner: null, mode: null },
      processes: [{ kind: 'fcgi-program', section: 'fcgi-program:f' }],
    });
  });

  test('shares a Unix socket of its user', () => {
    expect(socketOf(withSocket('unix:///tmp/../tmp/%(program_name)s', 'user=nobody'))).toEqual({
      url: 'unix:///tmp/f',
      backlog: null,
      owner: { uid: 65534, gid: 65533 },
      mode: 0o700,
    });
    expect(socketOf(withSocket('unix:///tmp/f', 'user=root'))?.owner).toBeNull();
    expect(socketOf(withSocket('unix:///tmp/f', 'socket_owner=nobody:nogroup', 'socket_mode=0777'))).toMatchObject({
      owner: { uid: 65534, gid: 65534 },
      mode: 0o777,
    });
  });

  test.each([
    ['', [], '[fcgi-program:f] section requires a "socket" line'],
    ['foo', [], "('Bad socket format %s', 'foo') in [fcgi-program:f] socket"],
    ['tcp://h', [], "('Bad socket format %s', 'tcp://h') in [fcgi-program:f] socket"],
    ['unix://foo', [], "('Unix socket path %s is not an absolute path', 'foo') in [fcgi-program:f] socket"],
    ['tcp://h:99999', [], '99999 is above upper bound (65535) in [fcgi-program:f] socket'],
    ['tcp://h:1', ['socket_backlog=0'], 'Invalid socket_backlog value 0'],
    ['tcp://h:1', ['socket_backlog=a'], "invalid literal for int() with base 10: 'a'"],
    ['tcp://h:1', ['socket_owner=nosuch'], 'Invalid socket_owner value nosuch'],
    ['tcp://h:1', ['socket_mode=9'], 'Invalid socket_mode value 9'],
    [
      'tcp://h:1',
      ['socket_mode=0700'],
      'socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:f] socket',
    ],
  ])('with the socket %j and %j is refused', (socket, lines, message) => {
    expect(errorOf(withSocket(socket, ...lines))).toBe(message);
  });
});
