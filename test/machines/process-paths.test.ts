import { describe, expect, test } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import type { ProcessPast, ProcessReport } from '../../machines/events.ts';
import { processMachine } from '../../machines/process.machine.ts';
import { livingPid, type ProcessSnapshot, processState } from '../../machines/selectors.ts';
import type { ProcessState } from '../../src/model/process-state.ts';
import type { Autorestart } from '../../src/model/program-spec.ts';
import { fakeParent } from '../helpers/fake-actors.ts';
import { exited, sampleProcess } from '../helpers/spec-samples.ts';
import {
  type ProcessEvent,
  quickExit,
  sampleNames,
  samplePast,
  samples,
  stateNames,
  statePath,
  timerEvents,
} from './process-snapshots.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const startRetries = 2;

/** What distinguishes one situation from another; instants and pids do not. */
const situation = ({ value, context }: ProcessSnapshot): string =>
  JSON.stringify([
    statePath(value),
    context.announced,
    context.failures,
    context.pid !== 0,
    context.adopted !== null,
    context.spawnError,
    context.lastExit,
    context.signalError,
    context.quiescent,
    context.drain,
  ]);

const badExit: ProcessEvent = { ...samples['child.exited'], status: exited(1) };

const child = { pid: 55, ranMs: 400 };

const pasts: readonly ProcessPast[] = [
  ...(['STARTING', 'RUNNING', 'STOPPING', 'UNKNOWN'] as const).flatMap((state) => [
    samplePast({ state, child }),
    samplePast({ state, child: null }),
  ]),
  samplePast({ state: 'STARTING', child, failures: startRetries }),
  samplePast({ state: 'BACKOFF', child: null, failures: startRetries }),
  samplePast({ state: 'EXITED', child: null, lastExit: exited(0) }),
  samplePast({ state: 'FATAL', child: null }),
  samplePast({ state: 'STOPPED', child: null }),
];

/** Nothing has been asked of it yet. */
const isUntouched = ({ value, context }: ProcessSnapshot): boolean =>
  value === 'STOPPED' && context.startedAt === 0 && !context.quiescent;

/** What comes before anything else, if at all, and what only the actor of a child that is adopted reports, once. */
const resumptions = (snapshot: ProcessSnapshot): readonly ProcessEvent[] => {
  if (isUntouched(snapshot)) return pasts.map((past) => ({ ...samples['process.resume'], past }));
  const opensOutputs = snapshot.context.adopted !== null && !('stdout' in snapshot.children);
  return opensOutputs ? [samples['child.adopted']] : [];
};

/** Every sample that the child could send in this state, and what anyone may ask at any time. */
const possible = (snapshot: ProcessSnapshot): readonly ProcessEvent[] => [
  ...resumptions(snapshot),
  ...sampleNames
    .map((name) => samples[name])
    .filter(({ type }) => type !== 'process.resume' && type !== 'child.adopted')
    .filter((event) => event.type.startsWith('process.') || snapshot.can(event)),
  ...[quickExit, badExit].filter((event) => snapshot.can(event)),
  ...timerEvents(snapshot).map((type) => ({ type }) as unknown as ProcessEvent),
];

function pathsWith(autorestart: Autorestart, startMs: number) {
  return getShortestPaths(processMachine, {
    input: { spec: sampleProcess({ autorestart, startRetries, startMs }), parent: fakeParent<ProcessReport>().ref },
    events: possible,
    serializeState: situation,
    serializeEvent: (event) => JSON.stringify(event),
    limit: 20_000,
  });
}

const haveChild: readonly ProcessState[] = ['RUNNING', 'STOPPING'];
const haveNone: readonly ProcessState[] = ['STOPPED', 'BACKOFF', 'EXITED', 'FATAL'];

describe.each([
  ['always', 1000],
  ['unexpected', 1000],
  ['never', 1000],
  ['unexpected', 0],
] as const)('on every shortest path with autorestart=%s and a start window of %i ms', (autorestart, startMs) => {
  const paths = pathsWith(autorestart, startMs);
  const ends = paths.map(({ state }) => state);

  test('every state is reached', () => {
    const expected = stateNames.filter((name) => startMs > 0 || name !== 'alive.STARTING.proving');
    expect([...new Set(ends.map(({ value }) => statePath(value)))].sort()).toEqual([...expected].sort());
  });

  test('a child actor exists exactly in alive', () => {
    for (const snapshot of ends) {
      expect('child' in snapshot.children).toBe(snapshot.matches('alive'));
      if (haveChild.includes(processState(snapshot))) expect(snapshot.matches('alive')).toBe(true);
      if (haveNone.includes(processState(snapshot))) expect(Object.keys(snapshot.children)).toEqual([]);
    }
  });

  test('a RUNNING process has a pid, no failures and no error; one without a child has no living pid', () => {
    for (const snapshot of ends) {
      const { failures, spawnError, lastExit, pid } = snapshot.context;
      if (processState(snapshot) === 'RUNNING') {
        expect({ failures, spawnError, lastExit }).toEqual({ failures: 0, spawnError: '', lastExit: null });
        expect(livingPid(snapshot)).toBe(pid);
        expect(pid).toBeGreaterThan(0);
      }
      if (!snapshot.matches('alive')) expect(livingPid(snapshot)).toBe(0);
    }
  });

  test('failures count up to startretries in BACKOFF, and are forgotten in EXITED and FATAL', () => {
    for (const snapshot of ends) {
      const state = processState(snapshot);
      const { failures } = snapshot.context;
      expect(failures).toBeLessThanOrEqual(startRetries + 1);
      if (state === 'BACKOFF') {
        expect(failures).toBeGreaterThan(0);
        expect(failures).toBeLessThanOrEqual(startRetries);
      }
      if (state === 'EXITED' || state === 'FATAL') expect(failures).toBe(0);
    }
  });

  test('EXITED knows the exit, and rests only if nothing is to follow', () => {
    for (const snapshot of ends) {
      if (processState(snapshot) !== 'EXITED') continue;
      const { lastExit, lastRanMs, quiescent, restartDeclined } = snapshot.context;
      expect(lastExit).not.toBeNull();
      if (quiescent || restartDeclined || lastRanMs < 1000) continue;
      expect(autorestart).not.toBe('always');
      if (autorestart === 'unexpected') expect(lastExit).toEqual(exited(0));
    }
  });

  test('a drain that was asked for is owed only while the child is being stopped', () => {
    for (const snapshot of ends) {
      if (snapshot.context.drain === 'asked') expect(processState(snapshot)).toBe('STOPPING');
      if (snapshot.context.drain === 'asked') expect(snapshot.context.quiescent).toBe(true);
    }
  });

  test('a child is adopted only at the beginning, and known as such as long as it lives', () => {
    expect(ends.some(({ context }) => context.adopted !== null)).toBe(true);
    for (const { steps, state } of paths) {
      if (state.context.adopted !== null) expect(state.matches('alive')).toBe(true);
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1]?.state;
        if (before?.context.adopted === null && step.state.context.adopted !== null)
          expect(isUntouched(before)).toBe(true);
      }
    }
  });

  test('no path takes the machine from a state without a child into alive once the daemon is stopping', () => {
    for (const { steps } of paths) {
      for (const [index, { state }] of steps.entries()) {
        const before = steps[index - 1]?.state;
        if (before?.context.quiescent && !before.matches('alive')) expect(state.matches('alive')).toBe(false);
      }
    }
  });
});
