/**
 * What the machine of a process is given, what it remembers and what it hears. Instants are epoch milliseconds.
 */

import type { ActorRef, ErrorActorEvent, Snapshot } from 'xstate';
import type { ExitStatus } from '../src/model/exit-status.ts';
import type { ProcessState } from '../src/model/process-state.ts';
import type { ProcessSpec } from '../src/model/program-spec.ts';
import type { ChildReport, OutputSource, ProcessCommand, ProcessReport, SurvivingChild } from './events.ts';

export interface ProcessInput {
  readonly spec: ProcessSpec;
  readonly parent: ActorRef<Snapshot<unknown>, ProcessReport>;
}

export interface ProcessContext extends ProcessInput {
  /** The state announced last; with the next one, listeners are told of it as `from_state`. */
  readonly announced: ProcessState;
  /** Failed starts in a row. A manual start does not reset it; RUNNING, EXITED and FATAL do. */
  readonly failures: number;
  /** Pid of the child, also after its end; 0 until an attempt has spawned one. */
  readonly pid: number;
  /** The child, if it is one of an earlier daemon; null when this daemon spawns it. */
  readonly adopted: SurvivingChild | null;
  /** Last spawn attempt, epoch ms as if the clock had never been set; 0 if never. */
  readonly startedAt: number;
  /** Last reap, epoch ms as if the clock had never been set; 0 if never. */
  readonly stoppedAt: number;
  /** Why the last spawn failed or the last exit was bad; '' if neither. */
  readonly spawnError: string;
  /** How the last child ended; null before the first end, after a spawn and after a start that was too quick. */
  readonly lastExit: ExitStatus | null;
  /** How the last child ended, also after a start that was too quick; null when there was none to end. */
  readonly lastEnd: ExitStatus | null;
  /** How long the last child ran that was RUNNING or stopped, in milliseconds. */
  readonly lastRanMs: number;
  /** A stop was asked for while a restart was due. */
  readonly restartDeclined: boolean;
  /** Why a signal to this child could not be sent; '' if every one could. */
  readonly signalError: string;
  /** The child closed its standard input. */
  readonly stdinClosed: boolean;
  /** The daemon is stopping: nothing is started any more. */
  readonly quiescent: boolean;
  /** Whether the group waits for this process to be stopped, or has been told that it is. */
  readonly drain: 'unasked' | 'asked' | 'answered';
}

export const initialContext = (input: ProcessInput): ProcessContext => ({
  ...input,
  announced: 'STOPPED',
  failures: 0,
  pid: 0,
  adopted: null,
  startedAt: 0,
  stoppedAt: 0,
  spawnError: '',
  lastExit: null,
  lastEnd: null,
  lastRanMs: 0,
  restartDeclined: false,
  signalError: '',
  stdinClosed: false,
  quiescent: false,
  drain: 'unasked',
});

export interface ChildInput {
  readonly spec: ProcessSpec;
  /** A child that lives already and is to be watched; null when one is to be spawned. */
  readonly adopted: SurvivingChild | null;
}

export interface OutputInput {
  readonly spec: ProcessSpec;
  readonly channel: 'stdout' | 'stderr';
  readonly source: OutputSource;
  /** Of the child that writes. */
  readonly pid: number;
}

export type ProcessEvent = ProcessCommand | ChildReport | ErrorActorEvent<unknown, string>;

export type ExitReport = Extract<ChildReport, { type: 'child.exited' }>;
