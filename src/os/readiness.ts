/**
 * Tells when descriptors can be read, without reading: Node's own streams would take the bytes. The kernel keeps the set of
 * them all, and only the set is waited for.
 */

import { EpollSet } from './epoll-set.ts';
import { takesFastPath } from './fast-paths.ts';
import type { Waiting } from './waiting.ts';
import { tryStream, waitByStream } from './waiting-stream.ts';
import { waitByThread } from './waiting-thread.ts';
import type { Watch } from './watch.ts';
import { type Watched, WatchedDescriptor, type WatchedPipe } from './watched-pipe.ts';

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
  /** Whether to wait on a thread in any case. */
  readonly plain?: boolean;
}

/** Throws `SystemError` (EMFILE). */
export function createReadiness({ onDefect, plain = !takesFastPath('readiness') }: ReadinessOptions): Readiness {
  const set = new EpollSet();
  const watched = new Map<number, Watched>();
  let waiting: Waiting | null = null;
  let closed = false;

  const members = {
    enter: (one: Watched): void => {
      if (closed) return;
      set.add(one.fd);
      watched.set(one.fd, one);
    },
    leave: (one: Watched): void => {
      // The descriptor may be closed already, and its number be another file's.
      if (closed) return;
      watched.delete(one.fd);
      set.remove(one.fd);
    },
  };

  const report = (one: Watched | undefined): void => {
    // What was reported before may have ended this one, and its number be another's.
    if (one === undefined || watched.get(one.fd) !== one) return;
    try {
      one.report();
    } catch (error) {
      onDefect(error);
    }
  };

  /**
   * Which one it will be. A program that writes a line now and then is mostly the only one at its time: its line is in the
   * log before the kernel is asked who has written. A wrong guess costs a look into an empty pipe.
   */
  let guess: Watched | undefined;
  let lastSole: Watched | undefined;

  const deliver = (): boolean => {
    if (closed) return false;
    const guessed = guess;
    if (guessed !== undefined) report(guessed);
    if (closed) return true;
    const ready = set.ready().map((fd) => watched.get(fd));
    // The guessed one has had its turn.
    for (const one of ready) if (one !== guessed) report(one);
    if (ready.length > 0) {
      const sole = ready.length === 1 ? ready[0] : undefined;
      guess = !plain && sole !== undefined && sole === lastSole && sole.bearsGuesses ? sole : undefined;
      lastSole = sole;
    }
    return ready.length > 0;
  };

  const begin = (byStream: boolean): void => {
    const wait = byStream ? waitByStream : waitByThread;
    waiting = wait({ fd: set.fd, onReady: deliver, onDefect });
  };
  // What is ready until it is known stays so.
  const endTrial = plain ? null : tryStream(begin);
  if (plain) begin(false);

  return {
    watch: (fd, onReady) => {
      const one = new WatchedDescriptor(fd, members, false);
      one.listen(onReady);
      return one;
    },
    own: (fd) => new WatchedDescriptor(fd, members, true),
    close: () => {
      if (closed) return;
      closed = true;
      watched.clear();
      endTrial?.();
      if (waiting === null) set.close();
      else waiting.close();
    },
  };
}
