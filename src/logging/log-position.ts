/**
 * Places in a log that hold across rotation: which file, and how far into it. Whoever has read up to one of them can read
 * on from there later, from whatever that file is called by then.
 */

import { closeSync, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The present end of a log, as text that only `readFrom` understands; null if there is no such file. */
export function endOf(path: string): string | null {
  const status = statSync(path, { throwIfNoEntry: false });
  return status?.isFile() ? `${identityOf(status)}:${status.size}` : null;
}

/**
 * What was written since that place, the last `maxBytes` of it at most, and from `path` alone where the file of that place
 * is gone; null if the text is no place.
 */
export function readFrom(path: string, place: string, maxBytes: number): Uint8Array | null {
  const match = /^(\d+:\d+):(\d{1,15})$/.exec(place);
  if (match === null) return null;
  const [, identity, offset] = match;
  const files = filesOf(path);
  const first = files.findIndex((file) => file.identity === identity);
  const parts = first < 0 ? files.slice(-1) : files.slice(first);
  const skipped = first < 0 ? 0 : Number(offset);
  let wanted = maxBytes;
  const chunks: Uint8Array[] = [];
  for (const [index, { name, size }] of [...parts.entries()].reverse()) {
    // A file that has become shorter was begun anew.
    const from = index === 0 && skipped <= size ? skipped : 0;
    const bytes = readRange(name, Math.max(from, size - wanted), size);
    chunks.unshift(bytes);
    wanted -= bytes.length;
  }
  return Buffer.concat(chunks);
}

export interface LogFile {
  readonly name: string;
  readonly identity: string;
  readonly size: number;
}

const identityOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/** The log and its backups, the oldest first. */
export function filesOf(path: string): readonly LogFile[] {
  const beginning = `${basename(path)}.`;
  const numbers = namesIn(dirname(path))
    .filter((name) => name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length)))
    .map((name) => Number(name.slice(beginning.length)))
    .sort((one, other) => other - one);
  return [...numbers.map((number) => `${path}.${number}`), path].flatMap((name) => {
    const status = statSync(name, { throwIfNoEntry: false });
    return status?.isFile() ? [{ name, identity: identityOf(status), size: status.size }] : [];
  });
}

/** None where the directory is gone, or must not be read. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Nothing where the file is gone by now, or must not be read. */
export function readRange(name: string, from: number, to: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, to - from));
  let fd: number | null = null;
  try {
    fd = openSync(name, 'r');
    // It may have been renamed since, and the name be another one's.
    if (fstatSync(fd).size < from) return bytes.subarray(0, 0);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } catch {
    return bytes.subarray(0, 0);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
