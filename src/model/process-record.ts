/**
 * What is remembered of a process beyond the life of the daemon, so that the next one can go on with it: small, plain,
 * and only facts. Instants are epoch milliseconds.
 */

import type { ExitStatus } from './exit-status.ts';
import type { ResumableState } from './listener-protocol.ts';
import type { ProcessState } from './process-state.ts';
import type { SignalSpec } from './program-spec.ts';

/** How a program is ended that the configuration does not know (any more) as it was started. */
export interface StopSettings {
  readonly signal: SignalSpec;
  readonly waitMs: number;
  readonly asGroup: boolean;
  readonly killAsGroup: boolean;
}

export interface ProcessRecord {
  readonly group: string;
  readonly name: string;
  readonly state: ProcessState;
  /** Of the living child; 0 if there is none, or one was about to be spawned (`state` is STARTING then). */
  readonly pid: number;
  /**
   * Start time of that pid in clock ticks since the system's start: tells a pid that was used again. Of a child that was about
   * to be spawned a time before which it was not; 0 if that is not known.
   */
  readonly startTicks: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Failed starts in a row. */
  readonly failures: number;
  readonly lastExit: ExitStatus | null;
  readonly spawnError: string;
  /** A stop was asked for while a restart was due. */
  readonly restartDeclined: boolean;
  /**
   * How far the conversation with an event listener has come, when all that either side has said is in the other one's
   * pipe or has been understood; null while that is not certain, and of other programs.
   */
  readonly listener: ResumableState | null;
  /**
   * What everything carries along that its program has started, with `killtree`; null when there is none that could be left,
   * and of other programs.
   */
  readonly treeMark: string | null;
  /** Its log files with generated names; '' where it has none. */
  readonly autoLogs: { readonly stdout: string; readonly stderr: string };
  /** Of everything a program is started with (command, environment, user, …): another one means it must be started anew. */
  readonly fingerprint: string;
  readonly stop: StopSettings;
}
