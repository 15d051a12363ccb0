/**
 * What the control methods may ask of the running supervisor. `src/supervisor.ts` implements it over the actor system;
 * tests replace it by a fake. Everything here answers at once: waiting is done by the methods, by listening for changes.
 */

import type { PoolStatus } from '../model/listener-protocol.ts';
import type { ProcessInfo } from '../model/process-info.ts';
import type { ProcessState, SupervisorState } from '../model/process-state.ts';
import type { GroupSpec, ProcessSpec, SignalSpec } from '../model/program-spec.ts';
import type { Explanation, ProcessOverview, ProcessUsage } from '../model/trace.ts';
import type { TraceControl } from './trace-control.ts';

export interface SupervisorControl {
  readonly identifier: string;
  readonly pid: number;
  /** Of this product, not of Supervisor. */
  readonly productVersion: string;
  /** Another text after each start or upgrade of the daemon. */
  readonly instance: string;
  /** Epoch milliseconds. */
  now(): number;
  state(): SupervisorState;
  /** Active groups in boot order: by priority, later additions behind their equals. */
  groups(): readonly ActiveGroup[];
  group(name: string): ActiveGroup | undefined;
  /** The groups of the configuration as last read (at start or by `reread`), active or not. */
  configuredGroups(): readonly GroupSpec[];
  /** Reads the configuration again; changes nothing that runs. Throws `ConfigError` when the file is invalid. */
  reread(): ConfigChanges;
  /** Activates a configured group; its autostart processes start. The caller has checked that it may. */
  activate(spec: GroupSpec): void;
  /** Removes a group whose processes are all in a stopped state. */
  deactivate(name: string): void;
  /** Asks for the end of the daemon; returns before stopping begins. */
  shutdown(): void;
  /** Asks for a restart. Throws `ConfigError` when the configuration to restart with is invalid. */
  restart(): void;
  /** Tries the installed version, and lets it replace this one soon after the promise has resolved. */
  upgrade(): Promise<UpgradeOutcome>;
  /** Raises a REMOTE_COMMUNICATION event for the listeners that asked for such. */
  raiseRemoteEvent(type: string, data: string): void;
  /** The active pools of event listeners, in boot order. */
  eventPools(): readonly PoolStatus[];
  readonly mainLog: LogAccess;
  /** The daemon's own log. */
  readonly log: CommandLog;
  /** What has happened. */
  readonly trace: TraceControl;
  /** Every state change of every process, from now on. Returns the function that ends the subscription. */
  onProcessChange(listener: (change: ProcessChange) => void): () => void;
  /** After groups were activated or deactivated. Returns the function that ends the subscription. */
  onGroupsChange(listener: () => void): () => void;
  /** Measures for whoever asks; nothing has to be given back. */
  openUsageMeter(): UsageMeter;
}

export interface UsageMeter {
  /** What each of these OS processes and its descendants use, by pid, since the last call; see `ProcessUsage`. */
  read(pids: readonly number[]): ReadonlyMap<number, ProcessUsage>;
}

export type UpgradeOutcome =
  /** Versions of the product. */
  | { readonly kind: 'accepted'; readonly from: string; readonly to: string }
  /** Everything goes on as before. `reason` is for people and may have several lines. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What methods write into the daemon's log. */
export interface CommandLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface ConfigChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface ProcessChange {
  readonly group: string;
  readonly process: string;
  readonly from: ProcessState;
  readonly to: ProcessState;
  /** Pid at the time of the change (of the dead process for EXITED and STOPPED); 0 if there was none. */
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ActiveGroup {
  readonly name: string;
  readonly spec: GroupSpec;
  /** In ascending (priority, name). */
  processes(): readonly ActiveProcess[];
  process(name: string): ActiveProcess | undefined;
}

/** Why a command could not be executed if it were started now, with Supervisor's text. */
export interface CommandProblem {
  readonly kind: 'not-found' | 'not-executable';
  readonly text: string;
}

export type SignalOutcome =
  | { readonly kind: 'sent' }
  /** The process ended by itself; its exit will be reported. Counts as sent. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly text: string };

export interface ActiveProcess {
  readonly name: string;
  readonly group: string;
  readonly spec: ProcessSpec;
  state(): ProcessState;
  info(): ProcessInfo;
  /** The row of the overview, without `usage`. */
  overview(): ProcessOverview;
  /** Why it is in its state. Reads the ends of its logs and looks at what runs. */
  explain(): Explanation;
  /** The sentence alone, which costs nearly nothing. */
  explainBriefly(): Explanation;
  /** Whether it is as it should be; see `Explanation`. */
  isFine(): boolean;
  /** The text of the last failed spawn or quick exit; '' if none. */
  spawnError(): string;
  /** Looks the command up again, as a start would. */
  checkCommand(): CommandProblem | null;
  /** Wants the process running. What that means in each state is the machine's business. */
  start(): void;
  /** Wants the process stopped. */
  stop(): void;
  /** Sends a signal to the OS process alone; the caller has checked that the state allows it. */
  signal(signal: SignalSpec): SignalOutcome;
  /** `closed`: the program closed its standard input, or has none. */
  writeStdin(bytes: Uint8Array): 'written' | 'closed' | 'not-running';
  readonly stdout: LogAccess;
  readonly stderr: LogAccess;
  /** What the log of a channel was given between two counts of `written` in trace records. */
  pastOutput(channel: 'stdout' | 'stderr', from: number, to: number): PastOutput;
  /** State changes of this process, from now on, called synchronously. Returns the function that ends it. */
  onChange(listener: (change: ProcessChange) => void): () => void;
}

export interface PastOutput {
  /** False when it is not there any more, or cannot be told from that of others. */
  readonly available: boolean;
  /** The counts it lies between: fewer than were asked for where they are too many. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** A log as clients see it: a file that may be absent, and the bytes as they arrive. */
export interface LogAccess {
  /** null when this channel is not logged to a file. */
  readonly path: string | null;
  /** Removes and re-creates the file, keeping the writer attached. Throws the system's error. */
  clear(): void;
  /** Bytes as they are written from now on. Returns the function that ends the subscription. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void;
}
