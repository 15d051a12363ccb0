/**
 * What an explanation rests on: everything that is known of a process at one moment. Instants are epoch milliseconds of one
 * clock, 0 where something never happened.
 */

import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessState } from '../model/process-state.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { RunningTimer } from '../model/trace.ts';

export interface ExplainedProcess {
  readonly spec: ProcessSpec;
  readonly statename: ProcessState;
  /** The innermost state of its machine. */
  readonly state: string;
  readonly now: number;
  /** Since when it is in `statename`; 0 when it has never left its first one. */
  readonly since: number;
  readonly timer: RunningTimer | null;
  /** Of the living child, 0 if there is none. */
  readonly pid: number;
  /** The same, also after its end. */
  readonly lastPid: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** How often it was started. */
  readonly starts: number;
  /** Failed starts in a row. */
  readonly failures: number;
  /** Those that were noted, the latest last. */
  readonly failedStarts: readonly ExplainedStart[];
  /** Why the last spawn failed or the last exit was bad; '' if neither. */
  readonly spawnError: string;
  /** How the last child ended. */
  readonly lastEnd: ExitStatus | null;
  readonly lastRanMs: number;
  /** Its last end was asked for. */
  readonly wasStopped: boolean;
  readonly stopTookMs: number;
  readonly restartDeclined: boolean;
  readonly signalError: string;
  /** The daemon is stopping: nothing is started any more. */
  readonly isEnding: boolean;
  /** Who asked for what it does, as far as that is known; null otherwise. */
  readonly asked: Asked | null;
  /** Who had the signal sent that ended the last child, without asking for a stop; null when nobody is known. */
  readonly signalledBy: Asked | null;
}

export interface ExplainedStart {
  readonly at: number;
  /** null when no process could be made: `spawnError` says why. */
  readonly status: ExitStatus | null;
  readonly spawnError: string;
  readonly ranMs: number;
}

/** A request that led to the present state. */
export interface Asked {
  readonly by: string;
  readonly at: number;
}
