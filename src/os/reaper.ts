/**
 * Collects every child that ends: programs that were spawned, and orphans that a daemon running as PID 1 inherits. It owns
 * all waiting in this process, so nothing else may wait for children (`node:child_process` is not used by the daemon).
 */

import type { ExitStatus } from '../model/exit-status.ts';
import { reapAny, reapOne } from './native.ts';
import { decodeWaitStatus } from './signals.ts';

export interface Reaper {
  /** Calls `onExit` once, when the child with this pid has ended. */
  expect(pid: number, onExit: (status: ExitStatus) => void): void;
  /** Somebody else was told first how that child has ended; nothing if this one was. */
  ended(pid: number, status: ExitStatus): void;
  /** Pids of the children that have not ended. */
  living(): readonly number[];
  /** Collects what has ended so far, also what was held back. */
  collect(): void;
  close(): void;
}

export interface ReaperListeners {
  /** Hears of children that nobody expects. */
  readonly onOrphan: (pid: number, status: ExitStatus) => void;
  /** Called for each SIGCHLD, after those it announced have been collected. */
  readonly onSignal: () => void;
  /**
   * Until `collect` only those are collected that are expected by then: of the children of the version that this one
   * replaces it is not known before who wants to hear of them.
   */
  readonly isHeld?: boolean;
}

export function createReaper({ onOrphan, onSignal, isHeld }: ReaperListeners): Reaper {
  let held = isHeld === true;
  const expected = new Map<number, (status: ExitStatus) => void>();

  const collect = (): void => {
    for (let ended = reapAny(); ended !== null; ended = reapAny()) {
      const { pid } = ended;
      const status = decodeWaitStatus(ended.status);
      const onExit = expected.get(pid);
      expected.delete(pid);
      if (onExit) onExit(status);
      else onOrphan(pid, status);
    }
  };
  const collectExpected = (): void => {
    for (const [pid, onExit] of expected) {
      const status = reapOne(pid);
      if (status === null) continue;
      expected.delete(pid);
      onExit(decodeWaitStatus(status));
    }
  };
  const onChildSignal = (): void => {
    if (held) collectExpected();
    else collect();
    onSignal();
  };

  // Several signals may arrive as one, hence the loop above.
  process.on('SIGCHLD', onChildSignal);
  // A process that was executed in the place of another has the children of that one, and no signal tells of those that
  // have ended already.
  if (!held) collect();

  return {
    expect: (pid, onExit) => {
      expected.set(pid, onExit);
      // It may have ended before it was expected, and its signal have been in vain.
      if (held) setImmediate(collectExpected);
    },
    ended: (pid, status) => {
      const onExit = expected.get(pid);
      expected.delete(pid);
      onExit?.(status);
    },
    living: () => [...expected.keys()],
    collect: () => {
      held = false;
      collect();
    },
    close: () => {
      process.off('SIGCHLD', onChildSignal);
    },
  };
}
