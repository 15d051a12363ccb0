/**
 * Locks that last as long as the process that has them. A daemon that is killed while it starts a program leaves a process
 * that is about to become the program, and has copies of all its descriptors until then, the locked ones too. On a busy machine
 * that takes a tenth of a second and more. So a lock whose owner is dead is waited for.
 */

import { fstatSync } from 'node:fs';
import { errorName, lastErrno } from './libc.ts';
import { lockHolder } from './lock-holder.ts';
import { lockFile } from './native.ts';
import { isDead, processFacts } from './process-identity.ts';
import { errorCode } from './system-error.ts';

export type LockOutcome =
  | { readonly kind: 'locked' }
  /** Another process has it; null if the system does not say which. */
  | { readonly kind: 'held'; readonly by: number | null }
  /** `code` is the system's name of the error. */
  | { readonly kind: 'failed'; readonly code: string };

/** Milliseconds that are waited for what a dead process has left. */
const patienceMs = 10_000;
/** The same where the system does not say whose it is: not of a process outside our namespace, nor when it is just given up. */
const patienceWithUnknownMs = 1000;
const lookEveryMs = 5;

/** Locks what is open, for this process alone. Nothing else is done while it waits: at most `patience` milliseconds. */
export function lockExclusively(fd: number, patience = patienceMs): LockOutcome {
  const began = performance.now();
  let owner: number | null = null;
  while (!lockFile(fd)) {
    const code = errorName(lastErrno());
    if (code !== 'EAGAIN') return { kind: 'failed', code };
    // One that was seen dead is not shown any more once it is collected.
    owner = lockHolder(fstatSync(fd)) ?? owner;
    const waits = Math.min(patience, owner === null ? patienceWithUnknownMs : patienceMs);
    if ((owner !== null && isAlive(owner)) || performance.now() - began >= waits) return { kind: 'held', by: owner };
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookEveryMs);
  }
  return { kind: 'locked' };
}

/** One that has ended is not, even if nobody has collected it. */
function isAlive(pid: number): boolean {
  const facts = processFacts(pid);
  if (facts !== null) return !isDead(facts);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Those of other users can be hidden.
    return errorCode(error) === 'EPERM';
  }
}
