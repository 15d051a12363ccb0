import { describe, expect, test } from 'vitest';
import { transition } from 'xstate';
import { processMachine } from '../../machines/process.machine.ts';
import { exited, sampleProcess } from '../helpers/spec-samples.ts';
import {
  initialSnapshot,
  quickExit,
  type SampleName,
  type StateName,
  sampleNames,
  samples,
  snapshotIn,
  stateNames,
  statePath,
  step,
  timerEvents,
} from './process-snapshots.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type Cells = Readonly<Partial<Record<SampleName | 'timer', StateName | 'stays'>>>;

/** Handled in every state, by the machine as a whole. */
const always: Cells = {
  'process.quiesce': 'stays',
  'xstate.error.actor.stdout': 'stays',
  'xstate.error.actor.child': 'stays',
};

/** Handled wherever a child lives. */
const whileAlive: Cells = {
  ...always,
  'process.signal': 'stays',
  'process.write': 'stays',
  'child.adopted': 'stays',
  'child.stdinClosed': 'stays',
  'child.signalFailed': 'alive.UNKNOWN',
  'xstate.error.actor.child': 'UNKNOWN',
};

const whileStarting: Cells = {
  ...whileAlive,
  'process.stop': 'alive.STOPPING.signalled',
  'process.drain': 'alive.STOPPING.signalled',
  'child.spawnFailed': 'BACKOFF',
  // The sample exit comes after startsecs: RUNNING is passed through.
  'child.exited': 'EXITED',
};

const whileStopping: Cells = {
  ...whileAlive,
  'process.drain': 'stays',
  'child.spawned': 'stays',
  'child.spawnFailed': 'STOPPED',
  'child.exited': 'STOPPED',
  timer: 'alive.STOPPING.killing',
};

const whileAtRest: Cells = {
  ...always,
  'process.start': 'alive.STARTING.spawning',
  'process.drain': 'stays',
};

/** State × event → state. What is not listed is ignored. */
const cells: Readonly<Record<StateName, Cells>> = {
  STOPPED: { ...whileAtRest, 'process.resume': 'alive.RUNNING' },
  'alive.STARTING.spawning': { ...whileStarting, 'child.spawned': 'alive.STARTING.proving' },
  'alive.STARTING.proving': { ...whileStarting, timer: 'alive.RUNNING' },
  'alive.RUNNING': {
    ...whileAlive,
    'process.stop': 'alive.STOPPING.signalled',
    'process.drain': 'alive.STOPPING.signalled',
    'child.exited': 'EXITED',
  },
  'alive.STOPPING.signalled': whileStopping,
  'alive.STOPPING.killing': whileStopping,
  'alive.UNKNOWN': {
    ...whileAlive,
    'process.drain': 'stays',
    'child.signalFailed': 'stays',
    'child.exited': 'STOPPED',
  },
  BACKOFF: {
    ...always,
    'process.stop': 'STOPPED',
    'process.drain': 'FATAL',
    timer: 'alive.STARTING.spawning',
  },
  EXITED: { ...whileAtRest, 'process.stop': 'stays', timer: 'stays' },
  FATAL: whileAtRest,
  UNKNOWN: { ...always, 'process.drain': 'stays' },
};

describe.each(stateNames)('in %s', (state) => {
  test('the machine rests', () => {
    expect(statePath(snapshotIn(state).value)).toBe(state);
  });

  test.each(sampleNames)('%s has its one outcome', (name) => {
    const before = snapshotIn(state);
    const expected = cells[state][name];
    const after = step(before, samples[name]);
    expect(before.can(samples[name])).toBe(expected !== undefined);
    expect(statePath(after.value)).toBe(expected === undefined || expected === 'stays' ? state : expected);
    if (expected === undefined) expect(after.context).toEqual(before.context);
  });

  test('the timer, if one runs, has its one outcome', () => {
    const before = snapshotIn(state);
    const expected = cells[state].timer;
    expect(timerEvents(before)).toHaveLength(expected === undefined ? 0 : 1);
    if (expected === undefined) return;
    expect(statePath(step(before, 'timer').value)).toBe(expected === 'stays' ? state : expected);
  });
});

describe('conditions', () => {
  test.each(['STOPPED', 'EXITED', 'FATAL'] as const)('%s: nothing is started once the daemon is stopping', (state) => {
    const quiescent = step(snapshotIn(state), samples['process.quiesce']);
    expect(quiescent.can(samples['process.start'])).toBe(false);
    expect(statePath(step(quiescent, samples['process.start']).value)).toBe(state);
  });

  test('BACKOFF: the retry does not come once the daemon is stopping', () => {
    const quiescent = step(snapshotIn('BACKOFF'), samples['process.quiesce']);
    expect(statePath(step(quiescent, 'timer').value)).toBe('BACKOFF');
  });

  test('BACKOFF: one failure more than startretries is FATAL', () => {
    for (const startRetries of [0, 1, 5]) {
      let snapshot = step(initialSnapshot({ startRetries }), samples['process.start']);
      for (let failure = 1; failure <= startRetries; failure += 1) {
        snapshot = step(snapshot, samples['child.spawnFailed']);
        expect(statePath(snapshot.value)).toBe('BACKOFF');
        snapshot = step(snapshot, 'timer');
      }
      expect(statePath(step(snapshot, samples['child.spawnFailed']).value)).toBe('FATAL');
    }
  });

  test('STARTING: an exit before startsecs leads to BACKOFF', () => {
    expect(statePath(step(snapshotIn('alive.STARTING.proving'), quickExit).value)).toBe('BACKOFF');
  });

  test('STARTING: startsecs=0 needs no timer', () => {
    const spawning = step(initialSnapshot({ startMs: 0 }), samples['process.start']);
    expect(statePath(step(spawning, samples['child.spawned']).value)).toBe('alive.RUNNING');
  });

  test('EXITED: autorestart leads on to a new start, but not once the daemon is stopping', () => {
    const running = snapshotIn('alive.RUNNING', { autorestart: 'always' });
    expect(statePath(step(running, samples['child.exited']).value)).toBe('alive.STARTING.spawning');
    const quiescent = step(running, samples['process.quiesce']);
    expect(statePath(step(quiescent, samples['child.exited']).value)).toBe('EXITED');
  });

  test('EXITED: a restart waits if the program ended at once, and a stop declines it', () => {
    const running = step(
      step(initialSnapshot({ startMs: 0, autorestart: 'always' }), samples['process.start']),
      samples['child.spawned'],
    );
    const ended = step(running, quickExit);
    expect(statePath(ended.value)).toBe('EXITED');
    expect(statePath(step(ended, 'timer').value)).toBe('alive.STARTING.spawning');
    expect(statePath(step(step(ended, samples['process.stop']), 'timer').value)).toBe('EXITED');
    expect(statePath(step(step(ended, samples['process.quiesce']), 'timer').value)).toBe('EXITED');
  });
});

describe('actions', () => {
  /** Name and parameters of what would be done; XState's own bookkeeping of timers left out. */
  const deeds = (state: StateName, name: SampleName): readonly unknown[] =>
    transition(processMachine, snapshotIn(state), samples[name])[1]
      .filter(({ type }) => !['xstate.raise', 'xstate.cancel'].includes(type))
      .map(({ type, params }) => [type, summary(params)]);

  const summary = (params: unknown): unknown => {
    if (typeof params !== 'object' || params === null) return params;
    if ('event' in params) return params.event;
    if ('src' in params) return params.src;
    if ('actorRef' in params) return params.actorRef;
    return 'id' in params ? params.id : params;
  };

  test('a start announces STARTING and starts the child actor', () => {
    expect(deeds('STOPPED', 'process.start')).toEqual([
      ['xstate.spawnChild', 'child'],
      ['xstate.emit', { type: 'process.changed', from: 'STOPPED', to: 'STARTING', pid: 0, failures: 0, exit: null }],
    ]);
  });

  test('a stop announces STOPPING, then sends the stop signal, and keeps the child actor', () => {
    expect(deeds('alive.RUNNING', 'process.stop')).toEqual([
      ['xstate.emit', { type: 'process.changed', from: 'RUNNING', to: 'STOPPING', pid: 101, failures: 0, exit: null }],
      [
        'xstate.sendTo',
        { type: 'child.signal', signal: { name: 'SIGTERM', number: 15 }, toGroup: false, purpose: 'stop' },
      ],
    ]);
  });

  test('an exit ends outputs and child actor, announces, and tells the group that the process has settled', () => {
    const done = deeds('alive.RUNNING', 'child.exited');
    expect(done.map((deed) => (Array.isArray(deed) ? deed[0] : deed))).toEqual([
      'xstate.stopChild',
      'xstate.stopChild',
      'xstate.stopChild',
      'xstate.emit',
      'xstate.sendTo',
    ]);
    expect(done.slice(3)).toEqual([
      [
        'xstate.emit',
        { type: 'process.changed', from: 'RUNNING', to: 'EXITED', pid: 101, failures: 0, exit: exited(0) },
      ],
      [
        'xstate.sendTo',
        { type: 'process.settled', spec: sampleProcess(), settlement: { kind: 'exited', status: exited(0) } },
      ],
    ]);
  });

  test('an ignored event does nothing', () => {
    for (const state of stateNames) {
      for (const name of sampleNames) {
        if (cells[state][name] === undefined) expect(deeds(state, name)).toEqual([]);
      }
    }
  });
});
