/** Snapshots read from outside: the only place that knows how states are nested. */

import type { SnapshotFrom } from 'xstate';
import type { Settlement } from '../src/model/exit-policy.ts';
import type { ListenerState } from '../src/model/listener-protocol.ts';
import { type ProcessState, processStateCodes, type SupervisorState } from '../src/model/process-state.ts';
import type { listenerMachine } from './listener.machine.ts';
import type { processMachine } from './process.machine.ts';
import { settlementIn } from './process-setup.ts';
import type { supervisorMachine } from './supervisor.machine.ts';

export type ProcessSnapshot = SnapshotFrom<typeof processMachine>;
export type ListenerSnapshot = SnapshotFrom<typeof listenerMachine>;
export type SupervisorSnapshot = SnapshotFrom<typeof supervisorMachine>;

const isProcessState = (name: string): name is ProcessState => Object.hasOwn(processStateCodes, name);

/** Supervisor's name for the state a process is in. */
export function processState({ value }: Pick<ProcessSnapshot, 'value'>): ProcessState {
  if (typeof value === 'string') return isProcessState(value) ? value : 'UNKNOWN';
  const within: unknown = value.alive;
  const name = typeof within === 'string' ? within : Object.keys(within ?? {})[0];
  return name !== undefined && isProcessState(name) ? name : 'UNKNOWN';
}

/** The innermost state with those around it: `alive.STARTING.proving`. */
export function statePath(value: ProcessSnapshot['value']): string {
  const words: string[] = [];
  let rest: unknown = value;
  while (typeof rest === 'object' && rest !== null) {
    const [entry] = Object.entries(rest);
    if (entry === undefined) break;
    words.push(entry[0]);
    rest = entry[1];
  }
  return [...words, ...(typeof rest === 'string' ? [rest] : [])].join('.');
}

/** Pid of the living OS child; 0 if there is none. */
export const livingPid = (snapshot: ProcessSnapshot): number => (snapshot.matches('alive') ? snapshot.context.pid : 0);

/** How a process came to rest by itself; null when it did not. */
export const settlementOf = ({ value, context }: ProcessSnapshot): Settlement | null => settlementIn(value, context);

/** Nothing runs, and nothing will be started unless somebody asks for it. */
export const isAtRest = (snapshot: ProcessSnapshot): boolean =>
  snapshot.value === 'STOPPED' ||
  snapshot.value === 'UNKNOWN' ||
  (snapshot.value === 'EXITED' && snapshot.context.restartDeclined) ||
  settlementOf(snapshot) !== null;

/** The mood of the daemon. */
export function supervisorState(snapshot: SupervisorSnapshot): SupervisorState {
  if (snapshot.matches('idle') || snapshot.matches('running')) return 'RUNNING';
  return snapshot.context.intent === 'restart' ? 'RESTARTING' : 'SHUTDOWN';
}

/** Supervisor's name for the state of the conversation with a listener. */
export function listenerState({ value }: Pick<ListenerSnapshot, 'value'>): ListenerState {
  if (typeof value === 'string') return value;
  return 'READY' in value ? 'READY' : 'UNKNOWN';
}
