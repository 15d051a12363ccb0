import { describe, expect, test } from 'vitest';
import type { ProcessPast } from '../../machines/events.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { ProcessState } from '../../src/model/process-state.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { samplePast, statePath } from './process-snapshots.ts';
import { beginning, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const unseen: ExitStatus = { kind: 'unseen' };

/** A child that has run for so many milliseconds. */
const alive = (state: ProcessState, ranMs: number, values: Partial<ProcessPast> = {}): ProcessPast =>
  samplePast({ state, child: { pid: 55, ranMs }, startedAt: beginning - ranMs, ...values });

const dead = (state: ProcessState, values: Partial<ProcessPast> = {}): ProcessPast =>
  samplePast({ state, child: null, startedAt: beginning - 5000, ...values });

const resumed = (past: ProcessPast, values: Partial<ProcessSpec> = {}) => {
  const process = supervise(values);
  process.resume(past);
  return process;
};

type Edge = readonly [ProcessState, ProcessState];

describe('a process that is resumed', () => {
  const cases: readonly [string, ProcessPast, string, readonly Edge[]][] = [
    ['RUNNING, alive', alive('RUNNING', 5000), 'alive.RUNNING', []],
    ['UNKNOWN, alive', alive('UNKNOWN', 5000), 'alive.RUNNING', [['UNKNOWN', 'RUNNING']]],
    ['STARTING, alive for less than startsecs', alive('STARTING', 400), 'alive.STARTING.proving', []],
    ['STARTING, alive for startsecs', alive('STARTING', 1000), 'alive.RUNNING', [['STARTING', 'RUNNING']]],
    ['STOPPING, alive', alive('STOPPING', 5000), 'alive.STOPPING.signalled', []],
    ['STOPPED, alive after all', alive('STOPPED', 5000), 'alive.RUNNING', [['STOPPED', 'RUNNING']]],
    ['RUNNING, dead', dead('RUNNING'), 'EXITED', [['RUNNING', 'EXITED']]],
    ['UNKNOWN, dead', dead('UNKNOWN'), 'EXITED', [['UNKNOWN', 'EXITED']]],
    ['STARTING, dead', dead('STARTING'), 'BACKOFF', [['STARTING', 'BACKOFF']]],
    ['STOPPING, dead', dead('STOPPING'), 'STOPPED', [['STOPPING', 'STOPPED']]],
    ['BACKOFF', dead('BACKOFF', { failures: 2 }), 'BACKOFF', []],
    ['EXITED', dead('EXITED', { lastExit: exited(1) }), 'EXITED', []],
    ['FATAL', dead('FATAL'), 'FATAL', []],
    ['STOPPED', dead('STOPPED'), 'STOPPED', []],
  ];

  test.each(cases)('%s: goes on where it was, and announces only what has changed', (_, past, path, edges) => {
    const process = resumed(past, { autorestart: 'never' });
    expect(statePath(process.actor.getSnapshot().value)).toBe(path);
    expect(process.changes.map(({ from, to }) => [from, to])).toEqual(edges);
    expect(process.resumptions).toEqual([{ type: 'process.resumed', state: past.state, child: past.child }]);
    expect(process.children.all.map(({ adopted }) => adopted)).toEqual(past.child === null ? [] : [past.child]);
  });

  test('says so before it announces a change', () => {
    const process = supervise();
    const said: string[] = [];
    process.actor.on('*', ({ type }) => said.push(type));
    process.resume(dead('STOPPING'));
    expect(said).toEqual(['process.resumed', 'process.changed']);
  });

  test('remembers what was known of it', () => {
    const past = dead('EXITED', {
      stoppedAt: beginning - 2000,
      lastExit: signalled('SIGKILL'),
      spawnError: 'Bad exit code -1',
      restartDeclined: true,
    });
    const { context, state } = resumed(past);
    expect(context).toMatchObject({
      pid: 55,
      startedAt: beginning - 5000,
      stoppedAt: beginning - 2000,
      failures: 0,
      lastExit: signalled('SIGKILL'),
      lastRanMs: 3000,
      spawnError: 'Bad exit code -1',
      restartDeclined: true,
    });
    expect(state).toBe('EXITED');
  });

  test('does so only before its first start', () => {
    const process = supervise();
    process.tell('start');
    process.resume(alive('RUNNING', 5000));
    expect(process.state).toBe('STARTING');
    expect(process.children.all).toHaveLength(1);
    expect(process.resumptions).toEqual([]);
  });
});

describe('a child of an earlier daemon', () => {
  test('is handed to its actor, and its outputs are opened', () => {
    const process = resumed(alive('RUNNING', 5000));
    expect(process.child.adopted).toEqual({ pid: 55, ranMs: 5000 });
    expect(process.outputs.open.map(({ channel }) => channel)).toEqual(['stdout', 'stderr']);
    expect(process.context).toMatchObject({ pid: 55, startedAt: beginning - 5000 });
  });

  test('is stopped like any other', () => {
    const process = resumed(alive('RUNNING', 5000));
    process.tell('stop');
    expect(process.child.signals).toEqual(['SIGTERM']);
    process.pass(10_000);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    process.child.exits(unseen);
    expect(process.changes.map(({ from, to, pid }) => [from, to, pid])).toEqual([
      ['RUNNING', 'STOPPING', 55],
      ['STOPPING', 'STOPPED', 55],
    ]);
    expect(process.outputs.open).toEqual([]);
  });

  test('that was being stopped is sent the stop signal again, and has the whole of stopwaitsecs', () => {
    const process = resumed(alive('STOPPING', 60_000));
    expect(process.child.signals).toEqual(['SIGTERM']);
    process.pass(9999);
    expect(process.child.signals).toEqual(['SIGTERM']);
    process.pass(1);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    process.child.exits(signalled('SIGKILL'));
    expect(process.state).toBe('STOPPED');
  });

  test('is RUNNING after what is left of startsecs, not a millisecond earlier', () => {
    const process = resumed(alive('STARTING', 400, { failures: 2 }));
    process.pass(599);
    expect(process.state).toBe('STARTING');
    expect(process.context.failures).toBe(2);
    process.pass(1);
    expect(process.state).toBe('RUNNING');
    expect(process.changes.map(({ from, to, pid }) => [from, to, pid])).toEqual([['STARTING', 'RUNNING', 55]]);
    expect(process.context.failures).toBe(0);
  });

  test('that ends within startsecs is one more failed start, and the next attempt spawns', () => {
    const process = resumed(alive('STARTING', 400, { failures: 2 }));
    process.pass(100);
    process.child.exits(exited(1));
    expect(process.state).toBe('BACKOFF');
    expect(process.context).toMatchObject({ failures: 3, adopted: null });
    process.pass(3000);
    expect(process.state).toBe('STARTING');
    expect(process.child.adopted).toBeNull();
    process.pass(999);
    expect(process.state).toBe('STARTING');
    process.pass(1);
    expect(process.state).toBe('RUNNING');
  });

  test('that ends is restarted at once by policy, and the next attempt spawns', () => {
    const process = resumed(alive('RUNNING', 5000));
    process.child.exits(unseen);
    expect(process.announced).toEqual(['EXITED', 'STARTING']);
    expect(process.children.all.map(({ adopted }) => adopted?.pid ?? null)).toEqual([55, null]);
    expect(process.context.spawnError).toBe('');
  });

  test('that turns out to be gone already has ended', () => {
    const process = supervise({ autorestart: 'never' });
    process.children.onAsked = (child) => child.exits(unseen);
    process.resume(alive('RUNNING', 5000));
    expect(process.state).toBe('EXITED');
    expect(process.context).toMatchObject({ lastExit: unseen, lastRanMs: 5000, adopted: null });
    expect(process.outputs.opened).toBe(0);
  });

  test('is stopped although its actor has not got hold of it yet', () => {
    const process = supervise();
    process.children.onAsked = () => {};
    process.resume(alive('RUNNING', 5000));
    process.tell('stop');
    expect(process.child.signals).toEqual(['SIGTERM']);
    process.child.adopts();
    expect(process.outputs.opened).toBe(2);
    process.child.exits(unseen);
    expect(process.state).toBe('STOPPED');
  });

  test('is watched and stopped even when the daemon is stopping already', () => {
    const process = supervise();
    process.tell('quiesce');
    process.resume(alive('RUNNING', 5000));
    expect(process.state).toBe('RUNNING');
    process.tell('drain');
    expect(process.reports).toEqual([]);
    process.child.exits(unseen);
    expect(process.reports).toEqual([{ type: 'process.drained', name: 'web' }]);
  });
});

describe('a program that ended while no daemon watched', () => {
  test('after RUNNING has ended with an exit that nobody saw, and is restarted by policy', () => {
    const process = resumed(dead('RUNNING'));
    expect(process.changes).toEqual([
      { type: 'process.changed', from: 'RUNNING', to: 'EXITED', pid: 55, failures: 0, exit: unseen },
      { type: 'process.changed', from: 'EXITED', to: 'STARTING', pid: 0, failures: 0, exit: null },
    ]);
    expect(process.child.adopted).toBeNull();
  });

  test('after RUNNING stays EXITED with autorestart=false', () => {
    const process = resumed(dead('RUNNING'), { autorestart: 'never' });
    process.pass(100_000);
    expect(process.state).toBe('EXITED');
    expect(process.context).toMatchObject({
      lastExit: unseen,
      stoppedAt: beginning,
      lastRanMs: 5000,
      spawnError: 'Bad exit code -1',
    });
    process.tell('start');
    expect(process.changes.at(-1)).toMatchObject({ from: 'EXITED', to: 'STARTING' });
  });

  test('just after its start is restarted after the usual pause', () => {
    const process = resumed(dead('RUNNING', { startedAt: beginning - 300 }), { startMs: 0 });
    process.pass(699);
    expect(process.state).toBe('EXITED');
    process.pass(1);
    expect(process.state).toBe('RUNNING');
  });

  test('is restarted after the pause even if the clock was set back', () => {
    const process = resumed(dead('RUNNING', { startedAt: beginning + 86_400_000 }));
    process.pass(999);
    expect(process.state).toBe('EXITED');
    process.pass(1);
    expect(process.state).toBe('STARTING');
  });

  test('after STARTING has failed once more, and the next try waits as long as any', () => {
    const process = resumed(dead('STARTING', { failures: 1 }));
    expect(process.changes).toEqual([
      { type: 'process.changed', from: 'STARTING', to: 'BACKOFF', pid: 55, failures: 2, exit: unseen },
    ]);
    expect(process.context).toMatchObject({
      lastExit: null,
      stoppedAt: beginning,
      spawnError: 'Exited too quickly (process log may have details)',
    });
    process.pass(1999);
    expect(process.state).toBe('BACKOFF');
    process.pass(1);
    expect(process.state).toBe('STARTING');
  });

  test('before there was a child has failed as well, but nothing has exited', () => {
    const process = resumed(dead('STARTING', { pid: 0 }));
    expect(process.changes).toEqual([
      { type: 'process.changed', from: 'STARTING', to: 'BACKOFF', pid: 0, failures: 1, exit: null },
    ]);
  });

  test('after its last try is FATAL', () => {
    const process = resumed(dead('STARTING', { failures: 3 }));
    expect(process.announced).toEqual(['BACKOFF', 'FATAL']);
    expect(process.changes.at(-1)).toMatchObject({ from: 'BACKOFF', failures: 4 });
  });

  test('after STOPPING is STOPPED, and stays so', () => {
    const process = resumed(dead('STOPPING'), { autorestart: 'always' });
    expect(process.changes).toEqual([
      { type: 'process.changed', from: 'STOPPING', to: 'STOPPED', pid: 55, failures: 0, exit: unseen },
    ]);
    expect(process.context).toMatchObject({ lastExit: unseen, stoppedAt: beginning });
    process.pass(100_000);
    expect(process.state).toBe('STOPPED');
    process.tell('start');
    expect(process.changes.at(-1)).toMatchObject({ from: 'STOPPED', to: 'STARTING' });
  });
});

describe('a process without a child', () => {
  test('in BACKOFF waits anew, with the failures it had', () => {
    const process = resumed(dead('BACKOFF', { failures: 3, spawnError: "can't find command '/bin/web'" }));
    expect(process.context).toMatchObject({ failures: 3, spawnError: "can't find command '/bin/web'" });
    process.pass(2999);
    expect(process.state).toBe('BACKOFF');
    process.pass(1);
    expect(process.changes).toMatchObject([{ from: 'BACKOFF', to: 'STARTING', failures: 3 }]);
  });

  test('in BACKOFF is FATAL when startretries have become fewer', () => {
    const process = resumed(dead('BACKOFF', { failures: 3 }), { startRetries: 2 });
    expect(process.changes).toMatchObject([{ from: 'BACKOFF', to: 'FATAL', failures: 3 }]);
  });

  test('in BACKOFF can be stopped', () => {
    const process = resumed(dead('BACKOFF', { failures: 1 }));
    process.tell('stop');
    expect(process.changes).toMatchObject([{ from: 'BACKOFF', to: 'STOPPED' }]);
  });

  test.each([
    ['EXITED', { lastExit: exited(0) }],
    ['FATAL', {}],
    ['STOPPED', {}],
  ] as const)('in %s rests until it is started', (state, values) => {
    const process = resumed(dead(state, values));
    process.pass(100_000);
    expect(process.state).toBe(state);
    process.tell('start');
    expect(process.changes).toMatchObject([{ from: state, to: 'STARTING', failures: 0 }]);
    expect(process.child.adopted).toBeNull();
  });

  test('in EXITED is restarted when that was due', () => {
    const past = dead('EXITED', { startedAt: beginning - 5000, stoppedAt: beginning - 4900, lastExit: exited(1) });
    const process = resumed(past);
    expect(process.state).toBe('EXITED');
    process.pass(899);
    expect(process.state).toBe('EXITED');
    process.pass(1);
    expect(process.changes).toMatchObject([{ from: 'EXITED', to: 'STARTING' }]);
  });

  test('in EXITED is not restarted when a stop had declined it', () => {
    const past = dead('EXITED', { stoppedAt: beginning - 4900, lastExit: exited(1), restartDeclined: true });
    const process = resumed(past);
    process.pass(100_000);
    expect(process.state).toBe('EXITED');
  });

  test.each(['BACKOFF', 'EXITED', 'RUNNING', 'STARTING'] as const)(
    'in %s starts nothing once the daemon is stopping',
    (state) => {
      const process = supervise({ autorestart: 'always' });
      process.tell('quiesce');
      process.resume(dead(state, { lastExit: exited(1) }));
      process.pass(100_000);
      expect(process.children.all).toEqual([]);
      process.tell('drain');
      expect(process.reports).toEqual([{ type: 'process.drained', name: 'web' }]);
    },
  );
});
