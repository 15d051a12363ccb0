/**
 * Watches a process that is no child of this one for its end: a program that an earlier daemon has started. Where it is a
 * child after all, since the daemon was replaced in place, the reaper learns its end with its status.
 */

import { closeSync } from 'node:fs';
import type { ExitStatus } from '../model/exit-status.ts';
import { SystemError } from './libc.ts';
import { openPidfd, waitStatusOf } from './pidfd.ts';
import { isDead, processFacts } from './process-identity.ts';
import type { Readiness } from './readiness.ts';
import type { Reaper } from './reaper.ts';
import { decodeWaitStatus } from './signals.ts';
import { zombieStatusOf } from './zombie-status.ts';

/** One process for ever: see `process-identity.ts`. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
}

export type ProcessWatch =
  /** `onExit` will be called once, unless `release` was called before. */
  | { readonly kind: 'watched'; release(): void }
  /** It has ended already, and somebody else has collected it. */
  | { readonly kind: 'gone' };

export interface WatchOptions {
  readonly reaper: Reaper;
  readonly readiness: Readiness;
}

/** Milliseconds between two looks where the system has no pidfds (before Linux 5.3). */
const lookEveryMs = 1000;

/** Milliseconds between the looks for a status that this user learns only once the parent has collected the process. */
const collectedAfterMs: readonly number[] = [1, 4, 15, 50, 130];

export function watchProcess(
  { reaper, readiness }: WatchOptions,
  wanted: ProcessIdentity,
  onExit: (status: ExitStatus) => void,
): ProcessWatch {
  const facts = processFacts(wanted.pid);
  if (facts === null || facts.startTicks !== wanted.startTicks) return { kind: 'gone' };
  if (facts.parentPid === process.pid) {
    let released = false;
    reaper.expect(wanted.pid, (status) => {
      if (!released) onExit(status);
    });
    return {
      kind: 'watched',
      release: () => {
        released = true;
      },
    };
  }
  let pidfd: number;
  try {
    pidfd = openPidfd(wanted.pid);
  } catch (error) {
    if (error instanceof SystemError && error.code === 'ESRCH') return { kind: 'gone' };
    return lookNowAndThen(wanted, onExit);
  }
  // The number may have been used again before it was opened; now it cannot any more. One that has ended and is still there
  // will be reported like any other, with its status.
  if (processFacts(wanted.pid)?.startTicks !== wanted.startTicks) {
    closeSync(pidfd);
    return { kind: 'gone' };
  }
  let waits: NodeJS.Timeout | undefined;
  const tell = (attempt: number): void => {
    const told = waitStatusOf(pidfd);
    const raw = typeof told === 'number' ? told : (zombieStatusOf(wanted) ?? told);
    const waitMs = raw === 'later' ? collectedAfterMs[attempt] : undefined;
    if (waitMs !== undefined) {
      waits = setTimeout(tell, waitMs, attempt + 1);
      return;
    }
    release();
    onExit(typeof raw === 'number' ? decodeWaitStatus(raw) : { kind: 'unseen' });
  };
  const watch = readiness.watch(pidfd, () => {
    watch.close();
    tell(0);
  });
  let open = true;
  const release = (): void => {
    if (!open) return;
    open = false;
    clearTimeout(waits);
    watch.close();
    closeSync(pidfd);
  };
  return { kind: 'watched', release };
}

/** Whether a process is gone, or only waits to be collected. */
export function hasEnded({ pid, startTicks }: ProcessIdentity): boolean {
  const facts = processFacts(pid);
  return facts === null || facts.startTicks !== startTicks || isDead(facts);
}

function lookNowAndThen(wanted: ProcessIdentity, onExit: (status: ExitStatus) => void): ProcessWatch {
  const timer = setInterval(() => {
    if (!hasEnded(wanted)) return;
    clearInterval(timer);
    onExit({ kind: 'unseen' });
  }, lookEveryMs);
  return { kind: 'watched', release: () => clearInterval(timer) };
}
