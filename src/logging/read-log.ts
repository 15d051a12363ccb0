/**
 * Slices of log files for clients, with Supervisor's rules for offset and length. Only the slice is read, whatever the
 * file's size, and never a pipe or a terminal, which would have to be waited for.
 */

import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

export type LogSlice =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  /** A negative length, or a negative offset together with a length. */
  | { readonly kind: 'bad-arguments' }
  /** More bytes than `largestSliceBytes`. */
  | { readonly kind: 'too-long'; readonly length: number }
  | { readonly kind: 'no-file' }
  /** The file is there but cannot be read. */
  | { readonly kind: 'failed' };

export type LogTail =
  | {
      readonly kind: 'ok';
      readonly bytes: Uint8Array;
      /** The file's size in bytes, to be given as offset the next time. */
      readonly offset: number;
      /** The file has grown beyond offset + length. */
      readonly overflow: boolean;
    }
  | { readonly kind: 'no-file' }
  | { readonly kind: 'failed' };

/** A slice is held in memory as a whole, several times over while it is sent. */
export const largestSliceBytes = 64 * 1024 * 1024;

/** Linux's device number of /dev/null, which reads as an empty file. */
const nullDevice = 0x103;

const nothing = new Uint8Array(0);

/**
 * Reads from a log as `readLog` and its relatives do.
 *
 * @param offset - In bytes from the beginning; negative: that many of the last bytes, and `length` must be 0.
 * @param length - In bytes; 0 = to the end.
 */
export function readLog(path: string, offset: number, length: number): LogSlice {
  return withLog<LogSlice>(path, {
    missing: { kind: 'no-file' },
    unreadable: { kind: 'failed' },
    readable: (log) => {
      if (length < 0 || (offset < 0 && length !== 0)) return { kind: 'bad-arguments' };
      const from = offset < 0 ? log.size + offset : offset;
      const to = offset < 0 || length === 0 ? log.size : offset + length;
      const count = Math.min(to, log.size) - Math.max(from, 0);
      if (count > largestSliceBytes) return { kind: 'too-long', length: count };
      return { kind: 'ok', bytes: log.read(from, to) };
    },
  });
}

/**
 * Reads the end of a log as `tailProcessStdoutLog` and its relatives do: whenever the file is longer than `offset`,
 * its last `length` bytes, and not those behind `offset`; never more than `largestSliceBytes`.
 */
export function tailLog(path: string, offset: number, length: number): LogTail {
  return withLog<LogTail>(path, {
    missing: { kind: 'no-file' },
    unreadable: { kind: 'failed' },
    readable: (log) => {
      const overflow = log.size > offset + length;
      const wanted = offset < log.size || overflow ? Math.min(Math.max(length, 0), largestSliceBytes) : 0;
      return { kind: 'ok', bytes: log.read(log.size - wanted, log.size), offset: log.size, overflow };
    },
  });
}

/** The last `count` bytes of a log, or all of a shorter one; null if there is none that can be read. */
export function lastBytes(path: string, count: number): Uint8Array | null {
  return withLog<Uint8Array | null>(path, {
    missing: null,
    unreadable: null,
    readable: (log) => log.read(log.size - count, log.size),
  });
}

/** Text for clients: what is not valid UTF-8, such as a character cut in its middle, becomes U+FFFD. */
export function decodeLog(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

interface ReadableLog {
  /** In bytes, when it was opened. */
  readonly size: number;
  /** The bytes from one position to before another, as far as the file has them. */
  read(from: number, to: number): Uint8Array;
}

interface LogOutcomes<T> {
  readonly missing: T;
  readonly unreadable: T;
  readonly readable: (log: ReadableLog) => T;
}

function withLog<T>(path: string, outcomes: LogOutcomes<T>): T {
  let fd: number | undefined;
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return outcomes.missing;
    if (isNullDevice(status)) return outcomes.readable({ size: 0, read: () => nothing });
    if (!status.isFile()) return outcomes.unreadable;
    const opened = openSync(path, 'r');
    fd = opened;
    const { size } = fstatSync(opened);
    return outcomes.readable({
      size,
      read: (from, to) => readRange(opened, Math.max(from, 0), Math.min(to, size)),
    });
  } catch {
    return outcomes.unreadable;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function isNullDevice(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === nullDevice;
}

function readRange(fd: number, from: number, to: number): Uint8Array {
  if (to <= from) return nothing;
  const bytes = Buffer.allocUnsafeSlow(to - from);
  let length = 0;
  for (;;) {
    const count = readSync(fd, bytes, length, bytes.length - length, from + length);
    length += count;
    // Shorter than it was when somebody truncates it meanwhile.
    if (count === 0 || length === bytes.length) return bytes.subarray(0, length);
  }
}
