/**
 * Reads files of /proc with one small buffer. Node's own reading takes 64 KiB for each piece that the system hands out, which is
 * a lot for many small files in a row, and for a long one.
 */

import { closeSync, openSync, readSync } from 'node:fs';

/** Longer than any line that begins with a path, which has at most 4,096 bytes. */
const buffer = Buffer.alloc(8192);

/** At most the first `length` bytes, up to 8,192. Throws the system's error. */
export function startOf(path: string, length: number): string {
  const fd = openSync(path, 'r');
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, Math.min(length, buffer.length), 0));
  } finally {
    closeSync(fd);
  }
}

const lineFeed = 10;

/**
 * The lines whose first byte is wanted, without their ends; of the others nothing is made. Longer ones than 8,191 bytes are
 * cut. Throws the system's error.
 */
export function eachLine(path: string, isWanted: (firstByte: number) => boolean, take: (line: string) => void): void {
  const fd = openSync(path, 'r');
  try {
    let held = 0;
    /** Of a line that is longer than the buffer, the rest is passed over. */
    let isCut = false;
    const hand = (from: number, to: number): void => {
      if (!isCut && to > from && isWanted(buffer[from] ?? 0)) take(buffer.toString('latin1', from, to));
    };
    for (;;) {
      const size = readSync(fd, buffer, held, buffer.length - held, null);
      if (size === 0) break;
      const end = held + size;
      let from = 0;
      for (let at = feedIn(from, end); at !== -1; at = feedIn(from, end)) {
        hand(from, at);
        isCut = false;
        from = at + 1;
      }
      if (from === 0 && end === buffer.length) {
        hand(0, end);
        isCut = true;
        held = 0;
      } else {
        buffer.copyWithin(0, from, end);
        held = end - from;
      }
    }
    hand(0, held);
  } finally {
    closeSync(fd);
  }
}

/** Where the next line ends, or -1 if that is not before `end`. */
function feedIn(from: number, end: number): number {
  const at = buffer.indexOf(lineFeed, from);
  return at < end ? at : -1;
}
