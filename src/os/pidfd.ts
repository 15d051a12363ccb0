/**
 * Processes that are not our children: programs that an earlier daemon has started. A pidfd stands for one process for
 * ever, whatever becomes of its number; it is readable once the process has ended.
 */

import { closeSync } from 'node:fs';
import { checked, nativeCall } from './libc.ts';

const syscall3 = nativeCall<[number: number, a: number, b: number, c: number], number>(
  'long syscall(long number, long a, long b, long c)',
);
const ioctl = nativeCall<[fd: number, request: number, argument: Buffer], number>(
  'int ioctl(int fd, ulong request, void *argument)',
);

/** The same numbers on every architecture: both calls are younger than the common table. */
const SYS_pidfd_open = 434;
const SYS_pidfd_getfd = 438;

/** Throws `SystemError`: ESRCH when there is no such process, ENOSYS before Linux 5.3. */
export const openPidfd = (pid: number): number => checked('pidfd_open', syscall3(SYS_pidfd_open, pid, 0, 0));

/**
 * A copy of a descriptor of that process, closed on exec. Throws `SystemError`: EBADF when it has none of that number,
 * EPERM when it may not be looked into.
 */
export const copyDescriptorOf = (pidfd: number, fd: number): number =>
  checked('pidfd_getfd', syscall3(SYS_pidfd_getfd, pidfd, fd, 0));

const infoBytes = 64;
const PIDFD_GET_INFO = ((3 << 30) | (infoBytes << 16) | (0xff << 8) | 11) >>> 0;
const PIDFD_INFO_EXIT = 8n;

/**
 * Raw wait status of a process that has ended. `later`: its parent has not collected it yet. `untold`: the system does not
 * tell others than the parent (before Linux 6.15).
 */
export function waitStatusOf(pidfd: number): number | 'later' | 'untold' {
  const info = Buffer.alloc(infoBytes);
  info.writeBigUInt64LE(PIDFD_INFO_EXIT, 0);
  if (ioctl(pidfd, PIDFD_GET_INFO, info) !== 0) return 'untold';
  return (info.readBigUInt64LE(0) & PIDFD_INFO_EXIT) === 0n ? 'later' : info.readInt32LE(infoBytes - 4);
}

export const closePidfd = (pidfd: number): void => closeSync(pidfd);
