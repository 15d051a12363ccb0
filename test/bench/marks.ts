/**
 * Where programs say that they run: a FIFO that every one of them writes one line to. The line carries the instant, so nothing
 * here needs to be quick.
 */

import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/** Longest wait in milliseconds for what a supervisor should do within seconds; the slowest needs most of a minute. */
const patienceMs = 180_000;

/** The index that a command, not a program, tells. */
export const commandIndex = -1;

export interface Mark {
  readonly index: number;
  readonly pid: number;
  /** Of `process.hrtime.bigint()`, in milliseconds. */
  readonly atMs: number;
}

export interface Marks {
  readonly path: string;
  /** Everything told so far. */
  readonly all: readonly Mark[];
  /** Resolves with the first `count` that fit among those told since there were `from`. */
  take(count: number, fits: (mark: Mark) => boolean, from?: number): Promise<readonly Mark[]>;
  close(): void;
}

export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export function openMarks(path: string): Marks {
  execFileSync('mkfifo', [path]);
  const all: Mark[] = [];
  const waiting = new Set<() => void>();
  // Open for writing, too: so there is no end of file while nobody else has it open.
  const fifo = new Socket({
    fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  let rest = '';
  fifo.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) all.push(readMark(line));
    for (const look of waiting) look();
  });
  const take: Marks['take'] = (count, fits, from = 0) =>
    new Promise((resolve, reject) => {
      const found: Mark[] = [];
      let seen = from;
      const patience = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`${found.length} of ${count} programs said that they run`));
      }, patienceMs);
      const look = (): void => {
        for (; seen < all.length && found.length < count; seen += 1) {
          const mark = all[seen];
          if (mark !== undefined && fits(mark)) found.push(mark);
        }
        if (found.length < count) return;
        clearTimeout(patience);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { path, all, take, close: () => fifo.destroy() };
}

/** A line of `child`, or of the shell script in its place, which knows no instant and says 0. */
function readMark(line: string): Mark {
  const [index, pid, at] = line.split(' ').map(Number);
  return { index: index ?? commandIndex, pid: pid ?? 0, atMs: at === undefined || at === 0 ? nowMs() : at / 1e6 };
}
