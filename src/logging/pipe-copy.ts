/**
 * Looks at the bytes in a pipe and leaves them there, so that they can be taken out when they have got to where they
 * belong. All channels share one spare pipe and one way out of it, both opened with the first use.
 */

import { openSync, readSync } from 'node:fs';
import { copyFront, growPipe, type Moved, moveBytes } from '../os/fifo.ts';
import { pipe } from '../os/native.ts';
import { errorCode, errorText } from '../os/system-error.ts';

const sparePipeBytes = 1024 * 1024;

let spare: ReturnType<typeof pipe> | null = null;
let nowhere: number | null = null;

/** Opens now what is needed later, when there may be no descriptors left; a failure only means another attempt then. */
export function prepareCopies(): void {
  try {
    spare ??= openSparePipe();
    nowhere ??= openNowhere();
  } catch {
    // The next use tells.
  }
}

/** Fills `buffer` from the front of a pipe, up to `count` bytes, which stay in the pipe. */
export function readFront(pipeFd: number, buffer: Uint8Array, count: number): Moved {
  try {
    spare ??= openSparePipe();
    const copied = copyFront(pipeFd, spare.writeFd, count);
    if (typeof copied === 'number') readFully(spare.readFd, buffer, copied);
    return copied;
  } catch (error) {
    return { error: errorCode(error) ?? errorText(error) };
  }
}

/** Takes `count` bytes, that are known to be there, off the front of a pipe. */
export function dropFront(pipeFd: number, count: number): void {
  for (let left = count; left > 0; ) {
    const dropped = dropBytes(pipeFd, left);
    if (typeof dropped !== 'number') return;
    left -= dropped;
  }
}

/** Takes up to `count` bytes off the front of a pipe. */
export function dropBytes(pipeFd: number, count: number): Moved {
  try {
    nowhere ??= openNowhere();
    return moveBytes(pipeFd, nowhere, count);
  } catch (error) {
    return { error: errorCode(error) ?? errorText(error) };
  }
}

/** Takes bytes out of a pipe in the plain way. */
export function readOut(pipeFd: number, buffer: Uint8Array, count: number): Moved {
  try {
    const read = readSync(pipeFd, buffer, 0, count, null);
    return read === 0 ? 'ended' : read;
  } catch (error) {
    const code = errorCode(error);
    return code === 'EAGAIN' || code === 'EINTR' ? 'empty' : { error: code ?? errorText(error) };
  }
}

const openNowhere = (): number => openSync('/dev/null', 'w');

function openSparePipe(): ReturnType<typeof pipe> {
  const opened = pipe();
  // A refusal is no matter: less is copied at once then.
  growPipe(opened.writeFd, sparePipeBytes);
  return opened;
}

function readFully(fd: number, buffer: Uint8Array, count: number): void {
  for (let filled = 0; filled < count; ) filled += readSync(fd, buffer, filled, count - filled, null);
}
