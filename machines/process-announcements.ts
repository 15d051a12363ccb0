/** What a process tells the outside: every change of its state, and that it goes on from an earlier daemon. */

import type { ExitStatus } from '../src/model/exit-status.ts';
import type { ProcessState } from '../src/model/process-state.ts';
import type { ProcessPast, SurvivingChild } from './events.ts';
import type { ProcessContext } from './process-context.ts';

/** Emitted with every change of state, once the transition is complete. */
export interface ProcessChanged {
  readonly type: 'process.changed';
  readonly from: ProcessState;
  readonly to: ProcessState;
  /** Of the living child, or of the one that just died; 0 if there was none. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly failures: number;
  /** The exit that caused the change, if one did. */
  readonly exit: ExitStatus | null;
}

/** Emitted once, before any change, when a process goes on where an earlier daemon was ended. */
export interface ProcessResumed {
  readonly type: 'process.resumed';
  /** The last state known. */
  readonly state: ProcessState;
  /** What still lives of it; null when it ended meanwhile, or did not live then. */
  readonly child: SurvivingChild | null;
}

/** States in which, or into which, a child is involved. */
const childStates: ReadonlySet<ProcessState> = new Set(['RUNNING', 'STOPPING', 'UNKNOWN']);

export interface Change {
  readonly to: ProcessState;
  readonly exit?: ExitStatus;
}

/** What is to be announced; null when a process that was resumed goes on in the state it was in. */
export function changeOf(context: ProcessContext, { to, exit }: Change): ProcessChanged | null {
  const { announced: from, pid, failures } = context;
  if (from === to) return null;
  const involved = exit !== undefined || childStates.has(to);
  return { type: 'process.changed', from, to, pid: involved ? pid : 0, failures, exit: exit ?? null };
}

export const resumptionOf = ({ state, child }: ProcessPast): ProcessResumed => ({
  type: 'process.resumed',
  state,
  child,
});
