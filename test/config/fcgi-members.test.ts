import { describe, expect, test } from 'vitest';
import { isSameGroup } from '../../src/config/diff.ts';
import { groupNamed, only, specOf, warningsOf, withSupervisord } from './load-text.ts';

const fcgi = (...lines: readonly string[]): readonly string[] => ['[fcgi-program:f]', 'command=f', ...lines];
const inGroup = (...lines: readonly string[]): string => withSupervisord(...fcgi(...lines), '[group:g]', 'programs=f');
const memberOf = (text: string) => only(groupNamed(specOf(text), 'g').processes);

describe('the processes of an fcgi program', () => {
  test('have its socket', () => {
    const lines = ['socket=tcp://h:80', 'numprocs=2', 'process_name=%(process_num)d'];
    const group = only(specOf(withSupervisord(...fcgi(...lines))).groups);
    expect(group.processes.map(({ socket }) => socket)).toEqual([group.socket, group.socket]);
  });

  test('have its socket in a group too', () => {
    expect(memberOf(inGroup('socket=unix:///tmp/%(program_name)s', 'socket_mode=0660'))).toMatchObject({
      kind: 'fcgi-program',
      socket: { url: 'unix:///tmp/f', backlog: null, owner: null, mode: 0o660 },
    });
  });

  test.each([
    ['', '[fcgi-program:f] section requires a "socket" line'],
    ['socket=foo', "('Bad socket format %s', 'foo') in [fcgi-program:f] socket"],
  ])('have none in a group with %j, which is a warning since Supervisor accepts it', (line, reason) => {
    const text = inGroup(line);
    expect(memberOf(text).socket).toBeUndefined();
    expect(warningsOf(text)).toEqual([`[fcgi-program:f] runs without a socket in its group: ${reason}`]);
  });

  test('are others when the address of the socket is another, and the same when only its backlog is', () => {
    const group = (...lines: readonly string[]) => groupNamed(specOf(inGroup(...lines)), 'g');
    const before = group('socket=tcp://h:80');
    expect(isSameGroup(before, group('socket=tcp://h:81'))).toBe(false);
    expect(isSameGroup(before, group('socket=tcp://h:80', 'socket_backlog=7'))).toBe(true);
  });
});
