/**
 * What the daemon remembers of what happened: one record for each event that reached a machine, each request, and each
 * order to the system, with what came of it and what it came from. Its shapes are this product's own and versioned, so
 * that clients and pages do not depend on the library that runs the machines.
 */

import type { ProcessState } from './process-state.ts';

/** Of the shapes in this file. A higher one adds fields and values only. */
export const traceVersion = 1;

/** Whose event it was. `request` is a client's order, `child` the OS process of a program. */
export type TracedActor = 'request' | 'supervisor' | 'group' | 'process' | 'child' | 'pool' | 'listener';

export type TraceOutcome =
  /** A transition was made, or its actions were run. */
  | 'taken'
  /** Nothing in this state answers to it. */
  | 'ignored'
  /** Something would, but no condition held: see `guards`. */
  | 'refused'
  /** It reached something that has no states: a request, an order to the child. */
  | 'noted';

/** A condition as it was evaluated, with the figures it was decided by: `failures 4, startretries 3`. */
export interface TracedGuard {
  readonly name: string;
  readonly held: boolean;
  readonly values: string;
}

export interface TraceRecord {
  /** Counts the records of this start of the daemon, from 1. */
  readonly serial: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Serial of the record this one follows from; 0 when it came by itself: a program's end, a timer's, the boot. */
  readonly cause: number;
  readonly actor: TracedActor;
  /**
   * `group:process` of a process, its child and its listener, the name of a group or its pool, and that of a request for
   * one of them; '' otherwise.
   */
  readonly of: string;
  /** Type of the event (`process.start`, `child.exited`, `after backoff`), or the method of a request. */
  readonly event: string;
  readonly outcome: TraceOutcome;
  /** The innermost state before and after, as in `machines/README.md`: `alive.STARTING.proving`; '' without states. */
  readonly from: string;
  readonly to: string;
  /** States between the two that were entered and left in the same step: FATAL is reached by BACKOFF. */
  readonly via: readonly string[];
  readonly guards: readonly TracedGuard[];
  /** What the event carried, for people: `pid`, `signal`, `status`, `reason`, `peer`, `params`. Never bytes or secrets. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** Bytes that the log of each channel of the process had been given since the daemon's start; null for other actors. */
  readonly written: { readonly stdout: number; readonly stderr: number } | null;
}

/** A part of the trace, by serial. */
export interface TraceReading {
  readonly version: number;
  /** Serials of the oldest record that is kept and of the latest; 0 when there is none. */
  readonly first: number;
  readonly last: number;
  readonly records: readonly TraceRecord[];
}

/** A timer that runs: `startWindow`, `backoff`, `stopWait`, `killRepeat`, `restartPause`. */
export interface RunningTimer {
  readonly name: string;
  /** Epoch milliseconds; and the whole length in milliseconds. */
  readonly endsAt: number;
  readonly lengthMs: number;
}

/** One actor of the tree, with those it has started. */
export interface TreeNode {
  readonly actor: TracedActor | 'output';
  /** As in `TraceRecord.of`; for an output, with `:stdout` or `:stderr` behind it. */
  readonly of: string;
  /** The innermost state; '' for actors without states. */
  readonly state: string;
  /** Epoch milliseconds since when it is in that state; 0 when that is not known. */
  readonly since: number;
  /** What it waits for, for people: `the end of pid 4711`, `startsecs, 3.2 s left`; '' when for nothing. */
  readonly waitsFor: string;
  readonly timers: readonly RunningTimer[];
  readonly children: readonly TreeNode[];
}

/** A process as the page and `supervisorctl top` show it. */
export interface ProcessOverview {
  readonly group: string;
  readonly name: string;
  readonly statename: ProcessState;
  /** The innermost state of its machine. */
  readonly state: string;
  /** Epoch milliseconds since when it is in `statename`; 0 when it has never left its first one. */
  readonly since: number;
  /** 0 if there is no OS process. */
  readonly pid: number;
  /** Epoch milliseconds of the last spawn; 0 if never. */
  readonly startedAt: number;
  /** How often it was started since the daemon began to supervise it, beyond the first time. */
  readonly restarts: number;
  /** How it last ended: `exit status 1`, `terminated by SIGKILL`; '' if it never did. */
  readonly lastExit: string;
  /** Of its OS process and all that process's descendants; null when it does not run or is not known. */
  readonly usage: ProcessUsage | null;
  readonly timer: RunningTimer | null;
  /** One sentence on why it is in this state; see `Explanation`. */
  readonly why: string;
  readonly description: string;
}

export interface ProcessUsage {
  /** Share of one CPU over the last interval: 1 is one whole CPU. */
  readonly cpu: number;
  /** Resident bytes, those shared with others included. */
  readonly memory: number;
}

/** Why a process is in its state: a sentence, and what it rests on. */
export interface Explanation {
  readonly group: string;
  readonly name: string;
  readonly statename: ProcessState;
  /** `FATAL: exited 4 times within 1 s of starting (startsecs 1, startretries 3); last exit status 1`. */
  readonly sentence: string;
  /** Lines for people, the most telling first: last lines of stderr, who asked for it, processes that still live. */
  readonly evidence: readonly string[];
  /** Serials of the trace records it rests on. */
  readonly records: readonly number[];
  /** False when somebody should look at it. */
  readonly fine: boolean;
}
