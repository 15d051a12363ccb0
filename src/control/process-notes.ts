/**
 * What the snapshot of a process does not tell: since when it is in its state, how often it was started, and which starts
 * in a row have failed. Noted from what the process announces, bounded, and gone with the process.
 */

import type { ProcessRef } from '../../machines/group.machine.ts';
import type { ProcessChanged, ProcessResumed } from '../../machines/process.machine.ts';
import type { ProcessSnapshot } from '../../machines/selectors.ts';
import type { ExitStatus } from '../model/exit-status.ts';

/** One start that failed. Instants are those of `EvenTime`. */
export interface FailedStart {
  readonly at: number;
  /** How it ended; null when no process could be made. */
  readonly status: ExitStatus | null;
  /** Why none could be made; '' otherwise. */
  readonly spawnError: string;
  readonly ranMs: number;
}

export interface ProcessNotes {
  /** 0 when it has never left its first state. */
  readonly since: number;
  readonly starts: number;
  /** In a row, the latest last; the oldest of many are left out. */
  readonly failedStarts: readonly FailedStart[];
  /** How long the last stop took, in milliseconds; 0 when there was none. */
  readonly stopTookMs: number;
  /** Its last end was asked for. */
  readonly wasStopped: boolean;
}

export interface NoteTaker {
  /** Listens to the process for as long as it lives. */
  attach(process: ProcessRef): void;
  of(process: ProcessRef): ProcessNotes;
}

const mostFailedStarts = 10;

const nothing: ProcessNotes = { since: 0, starts: 0, failedStarts: [], stopTookMs: 0, wasStopped: false };

/** @param stamp - the present instant of `EvenTime`. */
export function createNoteTaker(stamp: () => number): NoteTaker {
  const notes = new WeakMap<ProcessRef, ProcessNotes>();
  const notesOf = (process: ProcessRef): ProcessNotes => notes.get(process) ?? nothing;
  return {
    attach: (process) => {
      process.on('process.changed', (change) =>
        notes.set(process, noteChange(notesOf(process), change, process.getSnapshot(), stamp())),
      );
      process.on('process.resumed', (resumed) =>
        notes.set(process, noteResumption(notesOf(process), resumed, process.getSnapshot(), stamp())),
      );
    },
    of: notesOf,
  };
}

export function noteChange(
  notes: ProcessNotes,
  { from, to }: Pick<ProcessChanged, 'from' | 'to'>,
  { context }: Pick<ProcessSnapshot, 'context'>,
  at: number,
): ProcessNotes {
  const next = { ...notes, since: at };
  switch (to) {
    case 'STARTING':
      return {
        ...next,
        starts: notes.starts + 1,
        stopTookMs: 0,
        failedStarts: from === 'BACKOFF' || from === 'STOPPED' ? notes.failedStarts : [],
      };
    case 'RUNNING':
      return { ...next, failedStarts: [] };
    case 'BACKOFF': {
      const { lastEnd: status, spawnError, startedAt, stoppedAt } = context;
      const failed: FailedStart = {
        at: startedAt,
        status,
        spawnError: status === null ? spawnError : '',
        ranMs: status === null ? 0 : Math.max(0, stoppedAt - startedAt),
      };
      return { ...next, wasStopped: false, failedStarts: [...notes.failedStarts, failed].slice(-mostFailedStarts) };
    }
    case 'STOPPED':
      return {
        ...next,
        wasStopped: true,
        stopTookMs: from === 'STOPPING' && notes.since > 0 ? Math.max(0, at - notes.since) : 0,
      };
    case 'EXITED':
      return { ...next, wasStopped: false };
    default:
      return next;
  }
}

/** What it was before is known from its past, but for how long: an instant of that past is taken. */
function noteResumption(
  notes: ProcessNotes,
  { state, child }: ProcessResumed,
  { context }: Pick<ProcessSnapshot, 'context'>,
  at: number,
): ProcessNotes {
  const starts = Math.max(notes.starts, child === null ? 0 : 1);
  switch (state) {
    case 'RUNNING':
      return { ...notes, starts, since: context.startedAt };
    case 'STARTING':
      return { ...notes, starts, since: context.startedAt };
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return { ...notes, starts, since: context.stoppedAt };
    case 'BACKOFF':
    case 'STOPPING':
    case 'UNKNOWN':
      return { ...notes, starts, since: at };
  }
}
