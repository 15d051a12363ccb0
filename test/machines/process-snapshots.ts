/** The process machine without actors: a snapshot of every state, reached by events alone, and one event of each type. */

import { type EventFrom, getNextTransitions, initialTransition, transition } from 'xstate';
import type { ProcessPast, ProcessReport } from '../../machines/events.ts';
import { processMachine } from '../../machines/process.machine.ts';
import type { ProcessSnapshot } from '../../machines/selectors.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { fakeParent } from '../helpers/fake-actors.ts';
import { exited, sampleProcess } from '../helpers/spec-samples.ts';

export type ProcessEvent = EventFrom<typeof processMachine>;

/** Dotted path of the state the machine rests in: `alive.STARTING.proving`. */
export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value ?? {})
    .map(([key, within]) => `${key}.${statePath(within)}`)
    .join(' ');
}

export const initialSnapshot = (values: Partial<ProcessSpec> = {}): ProcessSnapshot =>
  initialTransition(processMachine, { spec: sampleProcess(values), parent: fakeParent<ProcessReport>().ref })[0];

/** The events of the timers that run in a state. */
export const timerEvents = (snapshot: ProcessSnapshot): readonly string[] =>
  getNextTransitions(snapshot)
    .map(({ eventType }) => eventType)
    .filter((type) => type.startsWith('xstate.after.'));

/** What the machine makes of an event; `'timer'` is the event of the one timer that runs. */
export function step(snapshot: ProcessSnapshot, event: ProcessEvent | 'timer'): ProcessSnapshot {
  if (event !== 'timer') return transition(processMachine, snapshot, event)[0];
  const [type, ...others] = timerEvents(snapshot);
  if (type === undefined || others.length > 0) throw new Error(`not one timer in ${statePath(snapshot.value)}`);
  // Events of timers are XState's own and not in the union.
  return transition(processMachine, snapshot, { type } as unknown as ProcessEvent)[0];
}

const at = 1_700_000_000_000;

/** By default of a RUNNING process whose child still lives. */
export const samplePast = (values: Partial<ProcessPast> = {}): ProcessPast => ({
  state: 'RUNNING',
  child: { pid: 55, ranMs: 5000 },
  pid: 55,
  startedAt: at - 5000,
  stoppedAt: 0,
  failures: 0,
  lastExit: null,
  spawnError: '',
  restartDeclined: false,
  listener: null,
  ...values,
});

/** One event of each type; an exit comes after startsecs unless it is called quick. */
export const samples = {
  'process.resume': { type: 'process.resume', past: samplePast(), at },
  'process.start': { type: 'process.start' },
  'process.stop': { type: 'process.stop' },
  'process.signal': { type: 'process.signal', signal: { name: 'SIGHUP', number: 1 } },
  'process.write': { type: 'process.write', bytes: new Uint8Array([104, 105]) },
  'process.quiesce': { type: 'process.quiesce' },
  'process.drain': { type: 'process.drain' },
  'child.spawned': { type: 'child.spawned', pid: 101, at, stdout: {}, stderr: {} },
  'child.adopted': { type: 'child.adopted', pid: 55, stdout: {}, stderr: {} },
  'child.spawnFailed': { type: 'child.spawnFailed', reason: 'command is empty', at },
  'child.exited': { type: 'child.exited', status: exited(0), at, ranMs: 60_000 },
  'child.signalFailed': { type: 'child.signalFailed', reason: 'EPERM' },
  'child.stdinClosed': { type: 'child.stdinClosed' },
  'xstate.error.actor.child': { type: 'xstate.error.actor.child', error: new Error('defect'), actorId: 'child' },
  'xstate.error.actor.stdout': { type: 'xstate.error.actor.stdout', error: new Error('defect'), actorId: 'stdout' },
} as const satisfies Record<string, ProcessEvent>;

export type SampleName = keyof typeof samples;
export const sampleNames = Object.keys(samples) as readonly SampleName[];

export const quickExit: ProcessEvent = { ...samples['child.exited'], ranMs: 10 };

/** How every state the machine can rest in is reached from the start. */
export const ways = {
  STOPPED: [],
  'alive.STARTING.spawning': ['process.start'],
  'alive.STARTING.proving': ['process.start', 'child.spawned'],
  'alive.RUNNING': ['process.start', 'child.spawned', 'timer'],
  'alive.STOPPING.signalled': ['process.start', 'child.spawned', 'process.stop'],
  'alive.STOPPING.killing': ['process.start', 'child.spawned', 'process.stop', 'timer'],
  'alive.UNKNOWN': ['process.start', 'child.spawned', 'child.signalFailed'],
  BACKOFF: ['process.start', 'child.spawnFailed'],
  EXITED: ['process.start', 'child.spawned', 'timer', 'child.exited'],
  FATAL: ['process.start', ...Array(3).fill(['child.spawnFailed', 'timer']).flat(), 'child.spawnFailed'],
  UNKNOWN: ['process.start', 'xstate.error.actor.child'],
} as const satisfies Record<string, readonly (SampleName | 'timer')[]>;

export type StateName = keyof typeof ways;
export const stateNames = Object.keys(ways) as readonly StateName[];

export function snapshotIn(state: StateName, values: Partial<ProcessSpec> = {}): ProcessSnapshot {
  const way: readonly (SampleName | 'timer')[] = ways[state];
  return way.reduce<ProcessSnapshot>(
    (snapshot, name) => step(snapshot, name === 'timer' ? name : samples[name]),
    initialSnapshot(values),
  );
}
