/**
 * Tells when descriptors can be read, without reading: Node's own streams would take the bytes. Pipes are left to Node's
 * event loop where that is possible, and all others to a thread that waits in the kernel.
 */

import { closeSync, writeSync } from 'node:fs';
import { createEpoll } from './epoll.ts';
import { bytesWaiting } from './fifo.ts';
import { pipe } from './native.ts';
import { watchByStream } from './roomless-stream.ts';
import type { Watch } from './watch.ts';
import { OwnedPipe, type PipeWatching, type WatchedPipe } from './watched-pipe.ts';

export interface Readiness {
  /**
   * Calls `onReady` while `fd` has something to read, or has ended, until the watch is closed or paused. The descriptor
   * must stay open as long as it is watched.
   */
  watch(fd: number, onReady: () => void): Watch;
  /** Takes the read end of a pipe, to watch it when there is somebody to hear of it. */
  own(fd: number): WatchedPipe;
  /** Nothing is reported any more, of watches that begin later neither. */
  close(): void;
}

export type { Watch } from './watch.ts';

export interface ReadinessOptions {
  /** Hears what a listener throws; the others are served all the same. */
  readonly onDefect: (error: unknown) => void;
}

/** Throws `SystemError` (EMFILE). */
export function createReadiness({ onDefect }: ReadinessOptions): Readiness {
  const epoll = createEpoll({ onDefect });
  const owned = new Set<OwnedPipe>();
  const byStream: PipeWatching = {
    takesDescriptor: true,
    watch: (fd, onReady) => watchByStream({ fd, onReady: guarded(onReady, onDefect), onDefect }),
  };
  let pipeWatching: PipeWatching = { takesDescriptor: false, watch: epoll.watch };
  const endTrial = tryStreams(onDefect, () => {
    pipeWatching = byStream;
    for (const one of owned) one.change(byStream);
  });
  let closed = false;

  return {
    watch: epoll.watch,
    own: (fd) => {
      const one = new OwnedPipe(fd, pipeWatching, () => owned.delete(one));
      if (closed) one.retire();
      else owned.add(one);
      return one;
    },
    close: () => {
      closed = true;
      endTrial();
      for (const one of owned) one.retire();
      epoll.close();
    },
  };
}

const guarded = (onReady: () => void, onDefect: ReadinessOptions['onDefect']) => (): void => {
  try {
    onReady();
  } catch (error) {
    onDefect(error);
  }
};

/** Finds out whether a pipe can be watched by a stream that takes nothing out of it. Returns what breaks that off. */
function tryStreams(onDefect: (error: unknown) => void, onSuccess: () => void): () => void {
  const { readFd, writeFd } = pipe();
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    trial.close();
    closeSync(writeFd);
  };
  writeSync(writeFd, '!');
  const trial = watchByStream({
    fd: readFd,
    onReady: () => {
      const untouched = bytesWaiting(readFd) === 1;
      end();
      if (untouched) onSuccess();
    },
    onDefect: (error) => {
      end();
      onDefect(error);
    },
  });
  return end;
}
