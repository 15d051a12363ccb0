/** Places for tests of logs: a folder of their own, and real pipes in it. */

import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { createReadiness, type Readiness } from '../../src/os/readiness.ts';

/** A function from a name to a path in a folder that exists during one test. */
export function useFolder(): (name: string) => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statevisor-logging-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** What tells channels that there is something to read, for all tests of a file. */
export function useReadiness(): Readiness {
  const readiness = createReadiness({
    onDefect: (error) => {
      throw error;
    },
  });
  afterAll(() => readiness.close());
  return readiness;
}

export interface TestPipe {
  readonly readFd: number;
  /** Blocking, as a child's standard output. */
  readonly writeFd: number;
}

/** A pipe of the default capacity, made of a named pipe at `path`, since Node makes none without native code. */
export function makePipe(path: string): TestPipe {
  makeNamedPipe(path);
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { readFd, writeFd: openSync(path, constants.O_WRONLY) };
}

export function makeNamedPipe(path: string): void {
  execFileSync('mkfifo', [path]);
}

/** A reader of a named pipe that reads only when asked to. */
export class SlowReader {
  readonly #fd: number;
  readonly #chunks: Buffer[] = [];

  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Takes what is in the pipe now, and returns all that was read so far. */
  read(): Buffer {
    const buffer = Buffer.alloc(64 * 1024);
    try {
      for (let count = readSync(this.#fd, buffer); count > 0; count = readSync(this.#fd, buffer)) {
        this.#chunks.push(Buffer.from(buffer.subarray(0, count)));
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
    return Buffer.concat(this.#chunks);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** All of a rotated log's files that exist, oldest first. */
export function readRotated(path: string, mostBackups: number): Buffer {
  const numbers = Array.from({ length: mostBackups }, (_, index) => mostBackups - index);
  return Buffer.concat([...numbers.map((number) => `${path}.${number}`), path].map(readIfThere));
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** `count` numbered lines, each different, so that a loss, a repetition and a change of order are all seen. */
export function numberedLines(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => `line ${index}\n`).join(''));
}
