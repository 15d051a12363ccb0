/**
 * Waits for an epoll set on a thread, which sleeps in the kernel while nothing is ready. It costs twice what a waiting
 * stream does, most of it for waking the thread and being woken by it, but works with any Node.
 */

import { closeSync } from 'node:fs';
import { EpollSet } from './epoll-set.ts';
import { checked, nativeCall, waitingNativeCall } from './libc.ts';
import type { Waiting, WaitingOptions } from './waiting.ts';

const epollWait = waitingNativeCall<[epoll: number, events: Buffer, count: number, timeout: number]>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
);
const eventfd = nativeCall<[initial: number, flags: number], number>('int eventfd(uint initial, int flags)');

const EFD_CLOEXEC = 0o2000000;
const forEver = -1;

/** Throws `SystemError` (EMFILE). */
export function waitByThread({ fd, onReady, onDefect }: WaitingOptions): Waiting {
  // The thread waits for a set of its own with two members: the set in question, and a bell that can wake it.
  const either = new EpollSet();
  either.add(fd);
  const bell = openBell();
  const event = Buffer.alloc(16);
  let closed = false;
  let rung = false;

  const end = (): void => {
    either.close();
    for (const one of [fd, bell]) closeSync(one);
  };
  /** Serves what is ready now, and lets the rest of the daemon have its turn before the next look. */
  const serve = (): void => {
    if (closed) end();
    else if (onReady()) setImmediate(serve);
    else epollWait(either.fd, event, 1, forEver).then(serve, onDefect);
  };
  // Node waits for its threads when the process ends, and this one would wait for ever.
  const wake = (): void => {
    if (!rung) either.add(bell);
    rung = true;
  };
  process.once('exit', wake);
  setImmediate(serve);

  return {
    close: () => {
      if (closed) return;
      closed = true;
      process.off('exit', wake);
      wake();
    },
  };
}

/** Something that can always be read. Throws `SystemError` (EMFILE). */
export const openBell = (): number => checked('eventfd', eventfd(1, EFD_CLOEXEC));
