/**
 * The named pipe that is a program's standard input. It is made anew with each attempt: nobody gets input that was meant
 * for another one.
 */

import { constants } from 'node:fs';
import { openFifoForProgram, openFifoToWrite } from '../os/fifo.ts';
import { failureOf, makeFreshFifo, openDeletedFifo, removeName } from '../os/lasting-pipe.ts';
import type { Failure, Os } from '../os/os.ts';

export interface ProgramInput {
  readonly programFd: number;
  /** The other end, which never blocks; null when it is no pipe. */
  readonly daemonFd: number | null;
}

const descriptorNumber = 0;

/** `pipes`: where the pipes of the process are, without their endings. */
const pathOf = (pipes: string): string => `${pipes}.in`;

export function openNamedInput(pipes: string, os: Pick<Os, 'closeDescriptor'>): ProgramInput | Failure {
  const path = pathOf(pipes);
  const failure = makeFreshFifo(path);
  if (failure !== null) return failure;
  let programFd: number | null = null;
  try {
    programFd = openFifoForProgram(path);
    return { programFd, daemonFd: openFifoToWrite(path) };
  } catch (error) {
    if (programFd !== null) os.closeDescriptor(programFd);
    return failureOf(error);
  }
}

/** The daemon's end for a program that runs; null when it has closed its standard input, or nothing leads there any more. */
export function findNamedInput(pipes: string, pid: number): number | null {
  const path = pathOf(pipes);
  try {
    return openFifoToWrite(path);
  } catch {
    return openDeletedFifo(path, { pid, fd: descriptorNumber }, constants.O_WRONLY);
  }
}

export function removeNamedInput(pipes: string): void {
  try {
    removeName(pathOf(pipes));
  } catch {
    // The directory goes as a whole when the daemon ends, and says then what cannot be removed.
  }
}
