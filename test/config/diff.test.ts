import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareGroups } from '../../src/config/diff.ts';
import type { GroupSpec } from '../../src/model/program-spec.ts';
import { specOf, withSupervisord } from './load-text.ts';

const groupsOf = (...lines: readonly string[]): readonly GroupSpec[] => specOf(withSupervisord(...lines)).groups;

const changes = (before: readonly string[], after: readonly string[]) =>
  compareGroups(groupsOf(...before), groupsOf(...after));

const nothing = { added: [], changed: [], removed: [] };
const program = ['[program:x]', 'command=/bin/cat'];

describe('two readings', () => {
  test('of the same text do not differ', () => {
    expect(changes(program, program)).toEqual(nothing);
  });

  test('tell what came, what changed and what went', () => {
    const before = [...program, '[program:old]', 'command=a', '[program:older]', 'command=a'];
    const after = [...program, 'priority=1', '[program:new]', 'command=a', '[group:g]'];
    expect(changes(before, after)).toEqual({ added: ['g', 'new'], changed: ['x'], removed: ['old', 'older'] });
  });

  test.each([
    'command=b',
    'priority=5',
    'autostart=false',
    'autorestart=true',
    'startsecs=7',
    'startretries=7',
    'stdout_logfile=/tmp/x',
    'stderr_logfile=NONE',
    'stdout_logfile_maxbytes=1',
    'stderr_logfile_backups=1',
    'stdout_capture_maxbytes=1',
    'stderr_events_enabled=true',
    'stdout_syslog=true',
    'stopsignal=INT',
    'stopwaitsecs=7',
    'stopasgroup=true',
    'killasgroup=true',
    'exitcodes=0,1',
    'redirect_stderr=true',
    'user=nobody',
    'umask=077',
    'directory=/tmp',
    'environment=A="1"',
    'serverurl=http://h:1',
    'process_name=y',
    'numprocs=0',
    '[supervisord]\nenvironment=B="1"',
  ])('differ by %s', (line) => {
    // Generated log names stand in the way of comparing logs.
    const files = ['stdout_logfile=/tmp/out', 'stderr_logfile=/tmp/err'];
    expect(changes([...program, ...files], [...program, ...files, line])).toEqual({ ...nothing, changed: ['x'] });
  });

  test.each(['stdout_logfile=/tmp/x', 'stdout_logfile=NONE'])('do not differ by %s against a generated log', (line) => {
    expect(changes(program, [...program, line])).toEqual(nothing);
    expect(changes([...program, line], program)).toEqual(nothing);
  });

  test('do not differ by where a section stands and what its group is called in the file', () => {
    expect(changes(program, ['[group:g]', '', ...program])).toEqual({ ...nothing, added: ['g'] });
    expect(changes(program, [...program, '[group:x]', 'programs=x'])).toEqual(nothing);
  });

  test('differ by the pool of a listener', () => {
    const listener = (...lines: readonly string[]) => ['[eventlistener:l]', 'command=l', ...lines];
    expect(changes(listener('events=TICK_5,TICK_60'), listener('events=TICK_60,TICK_5'))).toEqual(nothing);
    const changed = { ...nothing, changed: ['l'] };
    expect(changes(listener('events=TICK_5'), listener('events=TICK_60'))).toEqual(changed);
    expect(changes(listener('events=TICK_5'), listener('events=TICK_5', 'buffer_size=1'))).toEqual(changed);
    expect(changes(listener('events=TICK_5'), listener('events=TICK_5', 'result_handler=a:b'))).toEqual(changed);
    expect(changes(listener('events=TICK_5'), ['[program:l]', 'command=l'])).toEqual(changed);
  });

  test('differ by the address of an fcgi socket, and by nothing else of it', () => {
    const fcgi = (socket: string, ...lines: readonly string[]) => [
      '[fcgi-program:f]',
      'command=f',
      `socket=${socket}`,
      ...lines,
    ];
    expect(changes(fcgi('tcp://h:1'), fcgi('tcp://h:2'))).toEqual({ ...nothing, changed: ['f'] });
    expect(changes(fcgi('unix:///s'), fcgi('unix:///s', 'socket_mode=0777', 'socket_backlog=3'))).toEqual(nothing);
  });

  test('of any names add up', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/));
    fc.assert(
      fc.property(names, names, (before, after) => {
        const sections = (list: readonly string[]) => list.flatMap((name) => [`[program:${name}]`, 'command=a']);
        const { added, changed, removed } = changes(sections(before), sections(after));
        expect(changed).toEqual([]);
        expect([...added].sort()).toEqual(after.filter((name) => !before.includes(name)).sort());
        expect([...removed].sort()).toEqual(before.filter((name) => !after.includes(name)).sort());
      }),
      { numRuns: 30 },
    );
  });
});
