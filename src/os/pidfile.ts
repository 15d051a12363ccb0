/**
 * The pid file. It is locked as long as the daemon lives, so that a second daemon is recognised for sure and a file left
 * by one that was killed is not mistaken for it.
 */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { lockExclusively } from './exclusive-lock.ts';

export interface Pidfile {
  /** Removes the file, if it is still ours, and releases the lock. */
  remove(): void;
}

export type PidfileOutcome =
  | { readonly kind: 'written'; readonly pidfile: Pidfile }
  /** Another daemon holds it; its pid as written there, if that can be read. */
  | { readonly kind: 'held'; readonly pid: string }
  | { readonly kind: 'failed' };

/** Writes this process's pid and a newline. */
export function writePidfile(path: string): PidfileOutcome {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  } catch {
    return { kind: 'failed' };
  }
  // A device is nobody's: neither locked nor removed.
  const isFile = fstatSync(fd).isFile();
  if (isFile && lockExclusively(fd).kind !== 'locked') {
    const pid = readFileSync(fd, 'latin1').trim();
    closeSync(fd);
    return { kind: 'held', pid };
  }
  // The daemon that held it may have removed the file while this one waited to open it.
  if (!isStillThere(path, fd)) {
    closeSync(fd);
    return writePidfile(path);
  }
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    closeSync(fd);
    return { kind: 'failed' };
  }
  return { kind: 'written', pidfile: { remove: () => (isFile ? remove(path, fd) : closeSync(fd)) } };
}

function remove(path: string, fd: number): void {
  if (isStillThere(path, fd)) unlinkSync(path);
  closeSync(fd);
}

function isStillThere(path: string, fd: number): boolean {
  const opened = fstatSync(fd);
  const present = statSync(path, { throwIfNoEntry: false });
  return present?.ino === opened.ino && present.dev === opened.dev;
}
