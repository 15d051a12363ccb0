/** Signals to a process found in /proc: never to one that was given the same number meanwhile. */

import { lastErrno, nativeCall, SystemError } from './libc.ts';
import type { SignalResult } from './os.ts';
import { closePidfd, openPidfd } from './pidfd.ts';
import { type ProcessFacts, processFacts } from './process-identity.ts';

const syscall4 = nativeCall<[number: number, a: number, b: number, c: number, d: number], number>(
  'long syscall(long number, long a, long b, long c, long d)',
);

/** The same number on every architecture. */
const SYS_pidfd_send_signal = 424;

const SIGKILL = 9;
const SIGSTOP = 19;

/** A tree that grows faster than it can be looked at is not chased any further in one go. */
const maxRounds = 50;

type Identity = Pick<ProcessFacts, 'pid' | 'startTicks'>;

export function signalExactly({ pid, startTicks }: Identity, signal: number): SignalResult {
  let pidfd: number;
  try {
    pidfd = openPidfd(pid);
  } catch (error) {
    return refusal(error);
  }
  try {
    // Looked at after the pidfd was opened: if it is the right one now, it is the one the pidfd stands for.
    if (processFacts(pid)?.startTicks !== startTicks) return { kind: 'gone' };
    if (syscall4(SYS_pidfd_send_signal, pidfd, signal, 0, 0) === 0) return { kind: 'sent' };
    return refusal(new SystemError('pidfd_send_signal', lastErrno()));
  } finally {
    closePidfd(pidfd);
  }
}

function refusal(error: unknown): SignalResult {
  const code = error instanceof SystemError ? error.code : String(error);
  return code === 'ESRCH' ? { kind: 'gone' } : { kind: 'failed', error: code };
}

/**
 * SIGKILL to everything that `find` finds. All is stopped first, and looked for again until there is nothing new, so that
 * whatever forks all the time cannot get away. Returns the pids that may not be signalled.
 */
export function killAll(find: () => readonly Identity[]): readonly number[] {
  const caught = new Map<number, Identity>();
  for (let round = 0; round < maxRounds; round += 1) {
    const fresh = find().filter(({ pid, startTicks }) => caught.get(pid)?.startTicks !== startTicks);
    if (fresh.length === 0) break;
    for (const one of fresh) {
      caught.set(one.pid, one);
      signalExactly(one, SIGSTOP);
    }
  }
  return [...caught.values()].filter((one) => signalExactly(one, SIGKILL).kind === 'failed').map(({ pid }) => pid);
}
