import { describe, expect, test } from 'vitest';
import { createNoteTaker } from '../../src/control/process-notes.ts';
import { exited } from '../helpers/spec-samples.ts';
import { supervise } from '../machines/supervised.ts';

/** A process whose notes are taken from its beginning on, by a clock that counts from 1000. */
function noted(...values: Parameters<typeof supervise>) {
  const process = supervise(...values);
  let now = 1000;
  const taker = createNoteTaker(() => now);
  taker.attach(process.actor);
  return {
    process,
    notes: () => taker.of(process.actor),
    pass: (milliseconds: number) => {
      now += milliseconds;
      process.pass(milliseconds);
    },
  };
}

describe('what is noted of a process', () => {
  test('nothing before its first start', () => {
    expect(noted().notes()).toEqual({ since: 0, starts: 0, failedStarts: [], stopTookMs: 0, wasStopped: false });
  });

  test('since when it is in its state, not in one of the states inside', () => {
    const { process, notes, pass } = noted();
    pass(50);
    process.tell('start');
    expect(notes().since).toBe(1050);
    pass(1000);
    expect(notes().since).toBe(2050);
    process.tell('stop');
    pass(10_000);
    expect(process.children.last.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(notes().since).toBe(2050);
  });

  test('failed starts in a row, until one succeeds', () => {
    const { process, notes, pass } = noted();
    process.tell('start');
    pass(200);
    process.child.exits(exited(3));
    process.children.onAsked = (child) => child.failsToSpawn();
    pass(1000);
    expect(notes().failedStarts).toEqual([
      { at: expect.any(Number), status: exited(3), spawnError: '', ranMs: 200 },
      { at: expect.any(Number), status: null, spawnError: "can't find command '/bin/web'", ranMs: 0 },
    ]);
    expect(notes().starts).toBe(2);
    process.children.onAsked = (child) => child.spawns();
    pass(2000);
    pass(1000);
    expect(process.state).toBe('RUNNING');
    expect(notes().failedStarts).toEqual([]);
  });

  test('no more than the last ten of them, and those before FATAL no more once it is started again', () => {
    const { process, notes, pass } = noted({ startRetries: 20 });
    process.children.onAsked = (child) => child.failsToSpawn();
    process.tell('start');
    for (let retry = 1; retry <= 20; retry += 1) pass(retry * 1000);
    expect(process.state).toBe('FATAL');
    expect(notes().failedStarts).toHaveLength(10);
    process.children.onAsked = (child) => child.spawns();
    process.tell('start');
    expect(notes().failedStarts).toEqual([]);
  });

  test('how long a stop took, until the next start', () => {
    const { process, notes, pass } = noted();
    process.tell('start');
    pass(1000);
    process.tell('stop');
    pass(1500);
    process.child.exits(exited(0));
    expect(notes()).toMatchObject({ stopTookMs: 1500, wasStopped: true });
    process.tell('start');
    expect(notes().stopTookMs).toBe(0);
    expect(notes().wasStopped).toBe(true);
    pass(1000);
    process.child.exits(exited(0));
    expect(notes().wasStopped).toBe(false);
  });

  test.each([
    ['RUNNING', { pid: 7, ranMs: 5000 }, 400],
    ['STARTING', { pid: 7, ranMs: 500 }, 400],
    ['FATAL', null, 900],
    ['STOPPED', null, 900],
    ['BACKOFF', null, 1000],
  ] as const)('of %s under an earlier daemon, an instant of that time if one is known', (state, child, since) => {
    const { process, notes } = noted();
    process.resume({
      state,
      child,
      pid: 0,
      startedAt: 400,
      stoppedAt: 900,
      failures: 0,
      lastExit: null,
      spawnError: '',
      restartDeclined: false,
      listener: null,
    });
    expect(notes()).toMatchObject({ since, starts: child === null ? 0 : 1 });
  });
});
