/**
 * A named pipe that lasts as long as its process is known, through all attempts to start it: the daemon's end is open all
 * the time, a program's end with each attempt. Its name lets another daemon open the same pipe.
 */

import { constants, fstatSync, lstatSync, openSync, readlinkSync, unlinkSync } from 'node:fs';
import { makeFifo, openFifoForProgram, openFifoToRead, tryMakeFifo } from './fifo.ts';
import { SystemError } from './libc.ts';
import type { Failure } from './os.ts';
import type { WatchedPipe } from './watched-pipe.ts';

/** As `Readiness` has it. */
type OwnPipe = (fd: number) => WatchedPipe;

export class LastingPipe {
  readonly path: string;
  /** The daemon's end for reading; never blocks, and nobody can close the other end. */
  readonly end: WatchedPipe;
  /** Which pipe it is, once that was asked. */
  #identity: { readonly ino: number; readonly dev: number } | null = null;

  private constructor(path: string, end: WatchedPipe) {
    this.path = path;
    this.end = end;
  }

  /** Opens the pipe with what may be in it already, or makes it. */
  static open(path: string, own: OwnPipe): LastingPipe | Failure {
    try {
      makeFifoUnlessThere(path);
      return new LastingPipe(path, own(openFifoToRead(path)));
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Opens the pipe only if it exists; null if it does not, or cannot be opened. */
  static openExisting(path: string, own: OwnPipe): LastingPipe | null {
    try {
      return isFifo(path) ? new LastingPipe(path, own(openFifoToRead(path))) : null;
    } catch {
      return null;
    }
  }

  /**
   * Opens the pipe of a name that has been deleted, through a process that still has it open under that number; null
   * unless it is just that pipe.
   */
  static openDeleted(path: string, holder: DescriptorOf, own: OwnPipe): LastingPipe | null {
    const fd = openDeletedFifo(path, holder, constants.O_RDWR);
    return fd === null ? null : new LastingPipe(path, own(fd));
  }

  /** Whether the name leads to this pipe: it may have been deleted, and another one been made. */
  isStillThere(): boolean {
    const present = lstatSync(this.path, { throwIfNoEntry: false });
    if (present === undefined) return false;
    if (this.#identity === null) {
      const { ino, dev } = fstatSync(this.end.fd);
      this.#identity = { ino, dev };
    }
    return present.ino === this.#identity.ino && present.dev === this.#identity.dev;
  }

  openForProgram(): number | Failure {
    try {
      return openFifoForProgram(this.path);
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Closes the daemon's end. What is in the pipe stays there as long as somebody else has it open. */
  close(): void {
    this.end.close();
  }

  /** Closes the daemon's end and takes the name away. */
  remove(): void {
    if (this.isStillThere()) removeName(this.path);
    this.close();
  }
}

/** A descriptor of another process. */
export interface DescriptorOf {
  readonly pid: number;
  readonly fd: number;
}

/** null unless the process has just the pipe open that once had this name. Never blocks. */
export function openDeletedFifo(path: string, { pid, fd }: DescriptorOf, access: number): number | null {
  const name = `/proc/${pid}/fd/${fd}`;
  try {
    return readlinkSync(name) === `${path} (deleted)` ? openSync(name, access | constants.O_NONBLOCK) : null;
  } catch {
    return null;
  }
}

/** A pipe that nobody has open, in the place of whatever has the name. */
export function makeFreshFifo(path: string): Failure | null {
  try {
    if (tryMakeFifo(path, 0o600)) return null;
    removeName(path);
    makeFifo(path, 0o600);
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

/** Removes a name, if it is there. Throws Node's system error. */
export function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (failureOf(error).error !== 'ENOENT') throw error;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof SystemError) return { error: error.code };
  return { error: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
}

function makeFifoUnlessThere(path: string): void {
  if (tryMakeFifo(path, 0o600) || isFifo(path)) return;
  removeName(path);
  makeFifo(path, 0o600);
}

const isFifo = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
