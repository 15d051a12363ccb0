/**
 * Opens what cannot be rotated: pipes, sockets, terminals and the daemon's own descriptors. Nothing opened here ever
 * blocks the event loop, and a descriptor that the daemon was started with is never closed.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type Moved, moveBytes } from '../os/fifo.ts';
import { errorCode } from '../os/system-error.ts';

/** Milliseconds between two attempts to write to a terminal that takes nothing (Ctrl-S); Node cannot wait for one. */
const terminalRetryMs = 20;

/** Links followed at most; as many as Linux follows. */
const mostLinks = 40;

const withoutWaiting = constants.O_NONBLOCK | constants.O_NOCTTY;

export type StreamAddress =
  /** `/dev/stdout` and its like: a descriptor that the daemon was started with. */
  { readonly kind: 'descriptor'; readonly fd: number } | { readonly kind: 'path'; readonly path: string };

export interface StreamConnection {
  /** Writes what fits at once and says how much. Throws the system's error. */
  writeNow(bytes: Uint8Array): number;
  /** Writes all of `bytes`, which must not change, as room comes up; then calls `done`, with an error if it failed. */
  writeAll(bytes: Uint8Array, done: (error?: Error | null) => void): void;
  /** Moves up to `count` bytes that fit at once from a pipe; `empty` also when none fit. null where that cannot be. */
  readonly take: ((pipeFd: number, count: number) => Moved) | null;
  close(): void;
}

/**
 * What a path means to a log. A descriptor: `/dev/stdout`, `/dev/fd/1`, `/proc/self/fd/1`, or a symbolic link to one of these,
 * as images for containers have them. A file, which what is not there will be. A stream is anything else.
 *
 * @throws The system's error when it cannot be looked at.
 */
export function meaningOf(path: string): number | 'file' | 'stream' {
  let target = resolve(path);
  for (let links = 0; links < mostLinks; links += 1) {
    const number = descriptorNamed(target);
    if (number !== null) return number;
    let status: Stats | undefined;
    try {
      // Most are files, and asking a file where it leads to ends in an error, which is dear.
      status = lstatSync(target, { throwIfNoEntry: false });
      if (status?.isSymbolicLink() === true) {
        target = resolve(dirname(target), readlinkSync(target));
        continue;
      }
    } catch {
      break;
    }
    // Where links are on the way, the system knows better where they lead to.
    if (links > 0) break;
    return status === undefined || status.isFile() ? 'file' : 'stream';
  }
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined || status.isFile() ? 'file' : 'stream';
}

function descriptorNamed(absolutePath: string): number | null {
  if (absolutePath === '/dev/stdout') return 1;
  if (absolutePath === '/dev/stderr') return 2;
  const [, owner, number] = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d{1,6})$/.exec(absolutePath) ?? [];
  const ours = owner === undefined || owner === 'self' || owner === String(process.pid);
  return number === undefined || !ours ? null : Number(number);
}

/** Throws the system's error when there is nothing to write to. */
export function connectStream(address: StreamAddress): StreamConnection {
  const { fd, own } = address.kind === 'descriptor' ? openDescriptor(address.fd) : openPath(address.path);
  const status = fstatSync(fd);
  // Node closes a descriptor whose stream has failed, except for 0 to 2, and one that is not ours must stay open.
  const pollable = (status.isFIFO() || status.isSocket()) && (own || fd <= 2);
  return pollable ? pollableConnection(fd) : retryingConnection(fd, own);
}

interface OpenedDescriptor {
  readonly fd: number;
  /** Opened here, and to be closed here. */
  readonly own: boolean;
}

/**
 * Pipes and terminals are opened anew, so that not blocking them does not concern other programs that write to the same
 * one. Sockets cannot be, nor can pipes of another user; a regular file is better shared, for its offset counts.
 */
function openDescriptor(fd: number): OpenedDescriptor {
  const status = fstatSync(fd);
  if (!status.isFIFO() && !status.isCharacterDevice()) return { fd, own: false };
  try {
    return { fd: openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | withoutWaiting), own: true };
  } catch {
    return { fd, own: false };
  }
}

/**
 * A named pipe is opened for reading too: otherwise it could only be opened while somebody reads it, and what is
 * written between two readers would be refused instead of kept until the next one comes.
 */
function openPath(path: string): OpenedDescriptor {
  // In /proc it is another process's pipe, which should tell us when its reader has gone.
  const named = statSync(path).isFIFO() && !path.startsWith('/proc/');
  const access = named ? constants.O_RDWR : constants.O_WRONLY;
  return { fd: openSync(path, access | withoutWaiting), own: true };
}

function writeUntilFull(fd: number, bytes: Uint8Array): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    if (errorCode(error) !== 'EAGAIN') throw error;
  }
  return written;
}

/** For pipes and sockets: Node's own stream waits until there is room. */
function pollableConnection(fd: number): StreamConnection {
  const socket = new Socket({ fd, readable: false, writable: true });
  // Without a listener the error, which `done` gets as well, would end the daemon.
  socket.on('error', () => {});
  return {
    writeNow: (bytes) => writeUntilFull(fd, bytes),
    writeAll: (bytes, done) => {
      socket.write(bytes, done);
    },
    take: (pipeFd, count) => moveBytes(pipeFd, fd, count),
    close: () => {
      socket.destroy();
    },
  };
}

/** For terminals and other devices, and for whatever else Node cannot wait for. */
function retryingConnection(fd: number, own: boolean): StreamConnection {
  let timer: NodeJS.Timeout | undefined;
  const writeAll = (bytes: Uint8Array, done: (error?: Error | null) => void): void => {
    try {
      const rest = bytes.subarray(writeUntilFull(fd, bytes));
      if (rest.length === 0) done();
      else timer = setTimeout(() => writeAll(rest, done), terminalRetryMs);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    writeNow: (bytes) => writeUntilFull(fd, bytes),
    writeAll,
    take: null,
    close: () => {
      clearTimeout(timer);
      if (own) closeSync(fd);
    },
  };
}
