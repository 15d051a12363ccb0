/**
 * Tells when descriptors of any kind can be read, without reading. One epoll instance holds them all; while nothing is
 * ready, one thread waits in the kernel and nothing wakes up.
 */

import { closeSync } from 'node:fs';
import { checked, nativeCall, waitingNativeCall } from './libc.ts';
import type { Watch } from './watch.ts';

export interface Epoll {
  /** See `Readiness`. */
  watch(fd: number, onReady: () => void): Watch;
  /** Ends the waiting thread. Nothing is reported any more, of watches that begin later neither. */
  close(): void;
}

export interface EpollOptions {
  /** Hears what a listener throws; the others are served all the same. */
  readonly onDefect: (error: unknown) => void;
}

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

/** Throws `SystemError` (EMFILE). */
export function createEpoll({ onDefect }: EpollOptions): Epoll {
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

  const deliver = (count: number): void => {
    const ready: (Watched | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      ready.push(watched.get(events.readInt32LE(index * eventBytes + dataOffset)));
    }
    for (const entry of ready) {
      if (entry === undefined || entry.closed || entry.paused) continue;
      try {
        entry.onReady();
      } catch (error) {
        onDefect(error);
      }
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

  return {
    watch,
    close: () => {
      if (closed) return;
      wake();
      closed = true;
      if (!waiting) end();
    },
  };
}
