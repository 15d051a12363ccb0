/** Calls about this process itself, and about who is at the other end of a socket. */

import { checked, lastErrno, nativeCall, SystemError } from './libc.ts';

const prctl = nativeCall<[option: number, a: number, b: number, c: number, d: number], number>(
  'int prctl(int option, ulong a, ulong b, ulong c, ulong d)',
);
const getsockopt = nativeCall<[fd: number, level: number, option: number, value: Buffer, length: Buffer], number>(
  'int getsockopt(int fd, int level, int option, void *value, void *length)',
);
const execve = nativeCall<[path: string, argv: (string | null)[], environment: (string | null)[]], number>(
  'int execve(const char *path, const char **argv, const char **environment)',
);
const fcntl = nativeCall<[fd: number, command: number, argument: number], number>(
  'int fcntl(int fd, int command, int argument)',
);

const PR_SET_CHILD_SUBREAPER = 36;

/** Orphans below this process become its children instead of those of PID 1. Throws `SystemError`. */
export const becomeSubreaper = (): void => {
  checked('prctl', prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
};

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Who connected to a unix socket, as the kernel saw it then; null when the descriptor is no such socket. */
export function peerCredentials(fd: number): PeerCredentials | null {
  const value = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0) return null;
  return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4), gid: value.readUInt32LE(8) };
}

const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** Hands a descriptor on to whatever is executed next, or not. */
export const keepOnExec = (fd: number, keep: boolean): void => {
  checked('fcntl', fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC));
};

const F_DUPFD_CLOEXEC = 1030;

/** Another descriptor of the same open file, not handed on. Throws `SystemError` (EMFILE). */
export const duplicate = (fd: number): number => checked('fcntl', fcntl(fd, F_DUPFD_CLOEXEC, 3));

/** Puts another program in the place of this one: same pid, same children. Returns only by throwing `SystemError`. */
export function replaceProcess(path: string, argv: readonly string[], environment: readonly string[]): never {
  execve(path, [...argv, null], [...environment, null]);
  throw new SystemError('execve', lastErrno());
}
