import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessFacts } from '../../src/os/process-identity.ts';
import {
  descendantsOf,
  markedTree,
  marksOf,
  type TreeOrigin,
  treeOf,
  treeVariable,
} from '../../src/os/process-tree.ts';
import { RunningCommand } from '../helpers/command.ts';
import { waitFor } from '../helpers/wait.ts';

const session = 900;

/** A process with a group of its own in the daemon's session, that started at tick 100. */
const one = (pid: number, parentPid: number, values: Partial<ProcessFacts> = {}): ProcessFacts => ({
  pid,
  parentPid,
  groupId: pid,
  sessionId: session,
  state: 'S',
  startTicks: 100,
  ...values,
});

const origin: TreeOrigin = { pid: 10, startTicks: 100, mark: null, inheritedSession: session };
const pids = (found: readonly ProcessFacts[]): number[] => found.map(({ pid }) => pid);
const found = (...all: ProcessFacts[]) => pids(treeOf(origin, new Set(), all));

describe('the tree of a program', () => {
  test('is the program, its children, theirs and so on, in whatever order they are listed', () => {
    expect(found(one(12, 11), one(11, 10), one(20, 1), one(10, process.pid), one(21, 20))).toEqual([12, 11, 10]);
  });

  test('has members that were orphaned, if they stay in its process group or in a session that it has opened', () => {
    const [main, orphan] = [one(10, process.pid), one(11, 1, { groupId: 10 })];
    const daemon = one(12, 10, { sessionId: 12 });
    const lost = one(13, 1, { sessionId: 12 });
    expect(found(main, orphan, daemon, lost, one(14, 13), one(15, 1))).toEqual([10, 11, 12, 13, 14]);
  });

  test('is the same in whatever order numbers were given, which begin again after the last one', () => {
    const leader = one(31, 10, { sessionId: 31 });
    const orphan = one(5, 1, { sessionId: 31 });
    const tree = [one(30, process.pid), leader, orphan, one(4, 5), one(3, 1, { sessionId: 3 }), one(2, 3)];
    const wrapped = { ...origin, pid: 30 };
    const shuffled = fc.shuffledSubarray(tree, { minLength: tree.length, maxLength: tree.length });
    const of = (all: readonly ProcessFacts[]) => pids(treeOf(wrapped, new Set([31]), all)).sort((a, b) => a - b);
    fc.assert(
      fc.property(shuffled, (all) => {
        expect(of(all)).toEqual([4, 5, 30, 31]);
      }),
    );
  });

  test('has no members because they are in the session that the program was started in', () => {
    expect(found(one(10, process.pid), one(11, process.pid), one(12, 11))).toEqual([10]);
  });

  test('does not take the sessions of others for its own when it is not known in which one it was started', () => {
    const unknown = { ...origin, inheritedSession: null };
    const all = [one(10, process.pid, { sessionId: 7 }), one(11, process.pid, { sessionId: 7 })];
    expect(pids(treeOf(unknown, new Set(), all))).toEqual([10]);
  });

  test('is not that of a process which was given the number later, nor has it members that are older', () => {
    const later = one(10, 1, { startTicks: 101 });
    expect(found(later, one(11, 10), one(12, 1, { groupId: 10 }))).toEqual([]);
    expect(found(one(10, process.pid), one(11, 10, { startTicks: 99 }))).toEqual([10]);
  });

  test('has those who are known to belong to it, and what they have started', () => {
    const all = [one(11, 1), one(12, 11), one(13, 1)];
    expect(pids(treeOf(origin, new Set([11]), all))).toEqual([11, 12]);
  });

  test('never has this process or PID 1 in it', () => {
    const all = [one(10, 1), one(process.pid, 10), one(1, 10)];
    expect(pids(treeOf(origin, new Set([1, process.pid]), all))).toEqual([10]);
  });

  test('is closed: a child of a member is a member, and everybody else has another reason to be one', () => {
    const processes = fc.uniqueArray(
      fc.record({ pid: fc.integer({ min: 10, max: 40 }), parentPid: fc.integer({ min: 2, max: 40 }) }),
      { selector: ({ pid }) => pid, maxLength: 25 },
    );
    fc.assert(
      fc.property(processes, (list) => {
        const all = list.map(({ pid, parentPid }) => one(pid, parentPid));
        const members = new Set(found(...all));
        for (const { pid, parentPid } of all) {
          expect(members.has(pid)).toBe(pid === origin.pid || members.has(parentPid));
        }
      }),
    );
  });
});

test('what is left of a tree is who is known to be of it, and what they have started, but not who shares a number with it', () => {
  const all = [
    one(11, 1, { groupId: 10, sessionId: 10 }),
    one(12, 11),
    one(13, 1, { groupId: 10, sessionId: 10 }),
    one(10, 1),
  ];
  const left = (...known: number[]) => pids(markedTree('0123456789abcdef', new Set(known), all));
  expect(left(11)).toEqual([11, 12]);
  expect(left()).toEqual([]);
  expect(pids(markedTree('', new Set([1, process.pid]), [one(1, 0), one(process.pid, 1)]))).toEqual([]);
});

test('descendants are children, theirs and so on, without the process itself', () => {
  expect(pids(descendantsOf(5, [one(7, 6), one(6, 5), one(5, 1), one(8, 1)]))).toEqual([7, 6]);
});

test('marks are read from the environment a process was started with', async () => {
  const env = { PATH: process.env.PATH ?? '', [treeVariable]: 'outer inner' };
  const command = new RunningCommand('sleep', ['86400'], { cwd: '/', env });
  try {
    await waitFor('the marks', () => marksOf(command.pid).length > 0);
    expect(marksOf(command.pid)).toEqual(['outer', 'inner']);
  } finally {
    command.signal('SIGKILL');
    await command.ended();
  }
  expect(marksOf(command.pid)).toEqual([]);
});
