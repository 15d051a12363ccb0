/**
 * Tells when a pipe can be read, without reading, by means of Node's own event loop: a stream is given no room to read
 * into, so that it reports each time that there would be something, and takes nothing. It costs half of what a waiting
 * thread does. Since no document promises it, it is tried first, and where it does not work there are other ways.
 */

import { closeSync, writeSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { bytesWaiting, duplicate } from './fifo.ts';
import { pipe } from './native.ts';
import type { Watch } from './readiness.ts';

export interface PipeReadiness {
  /** Whether it is known to work; false until it has been tried. */
  works(): boolean;
  /** As `Readiness.watch`, for pipes and sockets. Throws `SystemError` (EMFILE). */
  watch(fd: number, onReady: () => void): Watch;
  close(): void;
}

const noRoom = new Uint8Array(0);

export interface PipeReadinessOptions {
  /** Called once, when it is known to work. */
  readonly onProven: () => void;
  /** Hears what a listener throws, and why a pipe cannot be watched any more. */
  readonly onDefect: (error: unknown) => void;
}

export function createPipeReadiness({ onProven, onDefect }: PipeReadinessOptions): PipeReadiness {
  const open = new Set<Watch>();
  let proven = false;

  const watch = (fd: number, onReady: () => void): Watch => {
    // The stream closes what it is given.
    const source: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd: duplicate(fd),
      readable: true,
      writable: false,
      onread: { buffer: noRoom, callback: () => true },
    };
    const socket = new Socket(source);
    const end = socket.destroy.bind(socket);
    // What the stream takes for a fatal error is what it is wanted for.
    socket.destroy = (error) => {
      if (!isLackOfRoom(error)) {
        if (error !== undefined) onDefect(error);
        return end();
      }
      try {
        onReady();
      } catch (defect) {
        onDefect(defect);
      }
      return socket;
    };
    const watched: Watch = {
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      close: () => {
        if (open.delete(watched)) end();
      },
    };
    open.add(watched);
    return watched;
  };

  const { readFd, writeFd } = pipe();
  writeSync(writeFd, '!');
  const trial = watch(readFd, () => {
    proven = bytesWaiting(readFd) === 1;
    endTrial();
    if (proven) onProven();
  });
  const endTrial = (): void => {
    if (!open.has(trial)) return;
    trial.close();
    closeSync(readFd);
    closeSync(writeFd);
  };

  return {
    works: () => proven,
    watch,
    close: () => {
      endTrial();
      for (const watched of [...open]) watched.close();
    },
  };
}

const isLackOfRoom = (error: Error | undefined): boolean =>
  error !== undefined && 'code' in error && error.code === 'ENOBUFS';
