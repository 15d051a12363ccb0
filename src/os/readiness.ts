/**
 * Tells when descriptors can be read, without reading: Node's own streams would take the bytes. Pipes are left to Node's
 * event loop where that is possible; one epoll instance holds all others, for which one thread waits in the kernel.
 */

import { closeSync, writeSync } from 'node:fs';
import { bytesWaiting } from './fifo.ts';
import { checked, nativeCall, waitingNativeCall } from './libc.ts';
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
  /** Ends the waiting thread. Nothing is reported any more, of watches that begin later neither. */
  close(): void;
}

export type { Watch } from './watch.ts';

const epollCreate = nativeCall<[flags: number], number>('int epoll_create1(int flags)');
const epollControl = nativeCall<[epoll: number, operation: number, fd: number, event: Buffer], number>(
  'int epoll_ctl(int epoll, int operation, int fd, void *event)',
);
const epollWaitNow = nativeCall<[epoll: number, events: Buffer, count: number, timeout: number], number>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
);
const epollWait = waitingNativeCall<[epoll: number, events: Buffer, count: number, timeout: number]>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
);
const eventfd = nativeCall<[initial: number, flags: number], number>('int eventfd(uint initial, int flags)');

const EPOLL_CLOEXEC = 0o2000000;
const EFD_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
/** The record is packed on x86-64 only. */
const eventBytes = process.arch === 'x64' ? 12 : 16;
const dataOffset = eventBytes - 8;
const batch = 256;

interface Watched {
  readonly fd: number;
  readonly onReady: () => void;
  paused: boolean;
  closed: boolean;
}

export interface ReadinessOptions {
  /** Hears what a listener throws; the others are served all the same. */
  readonly onDefect: (error: unknown) => void;
}

/** Throws `SystemError` (EMFILE). */
export function createReadiness({ onDefect }: ReadinessOptions): Readiness {
  const epoll = checked('epoll_create1', epollCreate(EPOLL_CLOEXEC));
  // Something always ready, added to wake the waiting thread when the set is no longer wanted.
  const bell = checked('eventfd', eventfd(1, EFD_CLOEXEC));
  const events = Buffer.alloc(eventBytes * batch);
  const event = Buffer.alloc(eventBytes);
  const watched = new Map<number, Watched>();
  let waiting = false;
  let closed = false;
  let rung = false;
  const control = (operation: number, fd: number): void => {
    // The descriptor may be closed already, and its number be another file's.
    if (closed) return;
    event.fill(0);
    event.writeUInt32LE(EPOLLIN, 0);
    event.writeInt32LE(fd, dataOffset);
    checked('epoll_ctl', epollControl(epoll, operation, fd, event));
  };

  const guarded = (onReady: () => void): void => {
    try {
      onReady();
    } catch (error) {
      onDefect(error);
    }
  };

  const deliver = (count: number): void => {
    const ready: (Watched | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      ready.push(watched.get(events.readInt32LE(index * eventBytes + dataOffset)));
    }
    for (const entry of ready) {
      if (entry === undefined || entry.closed || entry.paused) continue;
      guarded(entry.onReady);
    }
  };

  /** Serves what is ready now, and lets the rest of the daemon have its turn before the next look. */
  const serve = (count: number): void => {
    waiting = false;
    if (count > 0 && !closed) deliver(count);
    if (closed) {
      end();
      return;
    }
    const more = epollWaitNow(epoll, events, batch, 0);
    waiting = true;
    if (more > 0) setImmediate(serve, more);
    else wait();
  };

  const wait = (): void => {
    epollWait(epoll, events, batch, -1).then(serve, (error: unknown) => {
      waiting = false;
      onDefect(error);
    });
  };

  // Node waits for its threads when the process ends, and this one would wait for ever.
  const wake = (): void => {
    if (!waiting || rung) return;
    rung = true;
    control(EPOLL_CTL_ADD, bell);
  };
  process.once('exit', wake);

  const end = (): void => {
    process.off('exit', wake);
    closeSync(epoll);
    closeSync(bell);
  };

  const watch = (fd: number, onReady: () => void): Watch => {
    const entry: Watched = { fd, onReady, paused: false, closed: false };
    control(EPOLL_CTL_ADD, fd);
    watched.set(fd, entry);
    if (!waiting && !closed) {
      waiting = true;
      wait();
    }
    return {
      pause: () => {
        if (entry.closed || entry.paused) return;
        entry.paused = true;
        control(EPOLL_CTL_DEL, fd);
      },
      resume: () => {
        if (entry.closed || !entry.paused) return;
        entry.paused = false;
        control(EPOLL_CTL_ADD, fd);
      },
      close: () => {
        if (entry.closed) return;
        entry.closed = true;
        if (!entry.paused) control(EPOLL_CTL_DEL, fd);
        if (watched.get(fd) === entry) watched.delete(fd);
      },
    };
  };

  const owned = new Set<OwnedPipe>();
  const byStream: PipeWatching = {
    takesDescriptor: true,
    watch: (fd, onReady) => watchByStream({ fd, onReady: () => guarded(onReady), onDefect }),
  };
  let pipeWatching: PipeWatching = { takesDescriptor: false, watch };
  const endTrial = tryStreams(onDefect, () => {
    pipeWatching = byStream;
    for (const one of owned) one.change(byStream);
  });

  return {
    watch,
    own: (fd) => {
      const one = new OwnedPipe(fd, pipeWatching, () => owned.delete(one));
      if (closed) one.retire();
      else owned.add(one);
      return one;
    },
    close: () => {
      if (closed) return;
      endTrial();
      wake();
      closed = true;
      for (const one of owned) one.retire();
      if (!waiting) end();
    },
  };
}

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
