/**
 * Named pipes, and moving bytes from a pipe without touching them: `splice` takes them out of the pipe and puts them into
 * a file in one step of the kernel, so that a killed daemon has either moved bytes or left them.
 */

import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { takesFastPath } from './fast-paths.ts';
import { checked, lastErrno, nativeCall, SystemError } from './libc.ts';

const mkfifo = nativeCall<[path: string, mode: number], number>('int mkfifo(const char *path, uint mode)');
const fcntl = nativeCall<[fd: number, command: number, argument: number], number>(
  'int fcntl(int fd, int command, int argument)',
);
const lseek = nativeCall<[fd: number, offset: number, whence: number], number>(
  'long lseek(int fd, long offset, int whence)',
);
const spliceCall = nativeCall<[from: number, a: null, to: number, b: null, count: number, flags: number], number>(
  'long splice(int from, void *offsetFrom, int to, void *offsetTo, ulong count, uint flags)',
);
const teeCall = nativeCall<[from: number, to: number, count: number, flags: number], number>(
  'long tee(int from, int to, ulong count, uint flags)',
);
const ioctl = nativeCall<[fd: number, request: number, argument: Buffer], number>(
  'int ioctl(int fd, ulong request, void *argument)',
);

/** Makes a named pipe with exactly these permission bits less the umask. Throws `SystemError` (EEXIST, ENOSPC). */
export const makeFifo = (path: string, mode: number): void => {
  checked('mkfifo', mkfifo(path, mode));
};

/** The same, but false when something has that name already: that is as usual as the contrary, and an error is dear. */
export function tryMakeFifo(path: string, mode: number): boolean {
  if (mkfifo(path, mode) === 0) return true;
  const errno = lastErrno();
  if (errno === EEXIST) return false;
  throw new SystemError('mkfifo', errno);
}

/**
 * The daemon's end for reading; never blocks. It is open for writing too, so that the pipe has no end as long as it is
 * open: what is in it stays there while nobody writes, and nothing is reported then. Throws Node's system error.
 */
export const openFifoToRead = (path: string): number =>
  openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);

/** The daemon's end for writing; never blocks. Throws Node's system error: ENXIO while nobody reads. */
export const openFifoToWrite = (path: string): number =>
  openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);

/**
 * A program's end. It is open for reading too, so that the program itself keeps the pipe alive when the daemon is gone:
 * no SIGPIPE, no end of input, no byte lost.
 */
export const openFifoForProgram = (path: string): number => openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);

const SPLICE_F_NONBLOCK = 2;
const SEEK_END = 2;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const FIONREAD = 0x541b;
const F_SETFL = 4;
const EINTR = 4;
const EEXIST = 17;
const EAGAIN = 11;

/**
 * What a move came to: bytes moved; `empty`: nothing there now; `ended`: nothing there and nobody left to write;
 * otherwise the symbolic errno of the refusal, with everything still in the pipe.
 */
export type Moved = number | 'empty' | 'ended' | { readonly error: string };

function outcome(result: number, call: string): Moved {
  if (result > 0) return result;
  if (result === 0) return 'ended';
  const errno = lastErrno();
  return errno === EAGAIN || errno === EINTR ? 'empty' : { error: new SystemError(call, errno).code };
}

/** Puts the next write at the end of a file, and says where that is. Throws `SystemError` (ESPIPE). */
export const seekEnd = (fileFd: number): number => checked('lseek', lseek(fileFd, 0, SEEK_END));

/** Whether every write goes to the end of the file, whoever else has written meanwhile. `moveBytes` refuses such a file. */
export const setAppending = (fileFd: number, appending: boolean): void => {
  checked('fcntl', fcntl(fileFd, F_SETFL, appending ? constants.O_APPEND : 0));
};

/** Moves up to `count` bytes from a pipe to whatever takes them: a file, at its offset; another pipe; /dev/null. */
export const moveBytes = (pipeFd: number, toFd: number, count: number): Moved =>
  outcome(spliceCall(pipeFd, null, toFd, null, count, SPLICE_F_NONBLOCK), 'splice');

/** Copies up to `count` bytes from the front of one pipe into another without taking them out. */
export const copyFront = (pipeFd: number, toPipeFd: number, count: number): Moved =>
  outcome(teeCall(pipeFd, toPipeFd, count, SPLICE_F_NONBLOCK), 'tee');

/** Bytes a pipe holds now. */
export function bytesWaiting(pipeFd: number): number {
  const count = Buffer.alloc(4);
  checked('ioctl', ioctl(pipeFd, FIONREAD, count));
  return count.readInt32LE();
}

/** Capacity of a pipe in bytes. */
export const pipeCapacity = (pipeFd: number): number => checked('fcntl', fcntl(pipeFd, F_GETPIPE_SZ, 0));

/**
 * Asks for a larger pipe; the system may refuse (EPERM beyond pipe-max-size or the user's share), which is no error here,
 * and neither is that nobody wants larger pipes (`pipe-size`).
 */
export const growPipe = (pipeFd: number, bytes: number): boolean =>
  takesFastPath('pipe-size') && fcntl(pipeFd, F_SETPIPE_SZ, bytes) >= 0;

/** Whether this system can make named pipes in the directory, found out by making one. */
export function canMakeFifos(directory: string): boolean {
  const probe = `${directory}/.probe`;
  try {
    // Of a daemon that was killed while it tried.
    rmSync(probe, { force: true });
    makeFifo(probe, 0o600);
    closeSync(openFifoForProgram(probe));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}
