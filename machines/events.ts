/**
 * Every event the machines accept, grouped by who sends it. Commands are imperative, reports past tense; each carries
 * the data its receiver needs and no more. Instants are epoch milliseconds (`at`).
 */

import type { PooledEvent, RaisedEvent } from '../src/model/event-record.ts';
import type { SettledProcess, Settlement } from '../src/model/exit-policy.ts';
import type { ExitStatus } from '../src/model/exit-status.ts';
import type { ResumableState } from '../src/model/listener-protocol.ts';
import type { PoolPast, PoolPasts } from '../src/model/pool-past.ts';
import type { ProcessState } from '../src/model/process-state.ts';
import type { GroupSpec, ProcessSpec, SignalSpec } from '../src/model/program-spec.ts';

/** From the composition root (requests, signals to the daemon) to the root machine. */
export type SupervisorCommand =
  | { readonly type: 'supervisor.boot' }
  | { readonly type: 'supervisor.shutdown' }
  | { readonly type: 'supervisor.restart' }
  | { readonly type: 'group.add'; readonly spec: GroupSpec }
  | { readonly type: 'group.remove'; readonly name: string };

/** From the root to a group. */
export type GroupCommand =
  /** The daemon is stopping: start nothing any more, stop nothing yet. */
  | { readonly type: 'group.quiesce' }
  /** Stop everything and report when it is done. */
  | { readonly type: 'group.drain' };

/** From a group to the root. */
export type GroupReport =
  | { readonly type: 'group.drained'; readonly name: string }
  /** One of its processes has come to rest by itself. */
  | ({ readonly type: 'group.settled' } & SettledProcess);

/** A child that outlived the daemon that started it, with the milliseconds it has run so far. */
export interface SurvivingChild {
  readonly pid: number;
  readonly ranMs: number;
}

/** What became of a process while no daemon watched. `state` is the last one known. */
export interface ProcessPast {
  readonly state: ProcessState;
  /** What still lives of it. */
  readonly child: SurvivingChild | null;
  /** Of the last child, whether it still lives or not; 0 if none is known. */
  readonly pid: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly failures: number;
  readonly lastExit: ExitStatus | null;
  readonly spawnError: string;
  readonly restartDeclined: boolean;
  /** Where the conversation with an event listener stands; null when it is not known, and of other programs. */
  readonly listener: ResumableState | null;
}

/** The pasts of a group's processes by name, as they were found at that instant. */
export interface GroupPast {
  readonly at: number;
  readonly processes: ReadonlyMap<string, ProcessPast>;
  /** What its pool goes on with; null or missing when nothing was handed over. */
  readonly pool?: PoolPast | null;
}

/** The pasts of all processes, by group and process. */
export interface TreePast {
  readonly at: number;
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, ProcessPast>>;
  /** What an earlier version has handed over; missing when there was none. */
  readonly pools?: PoolPasts;
}

/** From a group, or on a client's behalf, to a process. */
export type ProcessCommand =
  /** Go on where an earlier daemon was ended; only in the first moment, instead of a first start. */
  | { readonly type: 'process.resume'; readonly past: ProcessPast; readonly at: number }
  | { readonly type: 'process.start' }
  | { readonly type: 'process.stop' }
  | { readonly type: 'process.signal'; readonly signal: SignalSpec }
  | { readonly type: 'process.write'; readonly bytes: Uint8Array }
  | { readonly type: 'process.quiesce' }
  | { readonly type: 'process.drain' };

/** From a process to its group. */
export type ProcessReport =
  /** In answer to `process.drain`. */
  | { readonly type: 'process.drained'; readonly name: string }
  /** It is EXITED for good, or FATAL. */
  | { readonly type: 'process.settled'; readonly spec: ProcessSpec; readonly settlement: Settlement };

/** From a process to its child actor. */
export type ChildCommand =
  | {
      readonly type: 'child.signal';
      readonly signal: SignalSpec;
      /** To the whole process group instead of the process alone. */
      readonly toGroup: boolean;
      readonly purpose: 'stop' | 'kill' | 'request';
    }
  | { readonly type: 'child.write'; readonly bytes: Uint8Array };

/** An output channel that was opened with the child; machines only pass it on to the output actor. */
export type OutputSource = object;

/** From a child actor to its process. */
export type ChildReport =
  | {
      readonly type: 'child.spawned';
      readonly pid: number;
      readonly at: number;
      readonly stdout: OutputSource;
      /** null when stderr goes down the stdout channel. */
      readonly stderr: OutputSource | null;
    }
  /** A child of an earlier daemon is watched from now on. */
  | {
      readonly type: 'child.adopted';
      readonly pid: number;
      readonly stdout: OutputSource;
      readonly stderr: OutputSource | null;
    }
  | { readonly type: 'child.spawnFailed'; readonly reason: string; readonly at: number }
  | {
      readonly type: 'child.exited';
      readonly status: ExitStatus;
      readonly at: number;
      /** Milliseconds since the spawn, on a clock that never jumps. */
      readonly ranMs: number;
    }
  /** It has ended, and what it has started is about to; `child.exited` follows. */
  | { readonly type: 'child.lingering' }
  | { readonly type: 'child.signalFailed'; readonly reason: string }
  | { readonly type: 'child.stdinClosed' };

/** To a pool of listeners; events come from those who raise them. */
export type PoolCommand =
  | { readonly type: 'pool.accept'; readonly event: RaisedEvent }
  /** From its group: report once every event has been dealt with. */
  | { readonly type: 'pool.drain' };

/** From a pool to its group, in answer to `pool.drain`. */
export type PoolReport = { readonly type: 'pool.drained' };

/** From a pool to one of its listeners. */
export type ListenerCommand = { readonly type: 'listener.deliver'; readonly event: PooledEvent };

/** What happens to the process of a listener, told to the listener's machine. */
export type ListenerFact =
  /** A new child is about to be spawned. */
  | { readonly type: 'child.starting' }
  /** It is RUNNING. */
  | { readonly type: 'child.up' }
  /** It is not RUNNING any more, but may still live and answer. */
  | { readonly type: 'child.down' }
  | { readonly type: 'child.ended' }
  | { readonly type: 'child.wrote'; readonly bytes: Uint8Array }
  | { readonly type: 'child.stdinClosed' };

/** From a listener to its pool. */
export type ListenerReport =
  | { readonly type: 'listener.available'; readonly name: string }
  | { readonly type: 'listener.unavailable'; readonly name: string }
  | { readonly type: 'listener.accepted'; readonly name: string; readonly event: PooledEvent }
  /** The event was rejected, or could not be handled to the end. */
  | { readonly type: 'listener.returned'; readonly event: PooledEvent };
