/**
 * A set of descriptors of which the kernel says which can be read, without reading them. The set is itself a descriptor
 * that can be read while one of its members can, so whoever can wait for one descriptor can wait for them all.
 */

import { closeSync } from 'node:fs';
import { checked, nativeCall } from './libc.ts';

const epollCreate = nativeCall<[flags: number], number>('int epoll_create1(int flags)');
const epollControl = nativeCall<[epoll: number, operation: number, fd: number, event: Buffer], number>(
  'int epoll_ctl(int epoll, int operation, int fd, void *event)',
);
const epollWait = nativeCall<[epoll: number, events: Buffer, count: number, timeout: number], number>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
);

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
/** The record is packed on x86-64 only. */
const eventBytes = process.arch === 'x64' ? 12 : 16;
const dataOffset = eventBytes - 8;
/** Of more than these the rest is told of with the next question: the kernel takes turns. */
const batch = 256;

export class EpollSet {
  readonly fd: number;
  readonly #event = Buffer.alloc(eventBytes);
  readonly #events = Buffer.alloc(eventBytes * batch);

  /** Throws `SystemError` (EMFILE). */
  constructor() {
    this.fd = checked('epoll_create1', epollCreate(EPOLL_CLOEXEC));
  }

  /** Throws `SystemError` (EPERM) for what is always readable, such as a file. */
  add(fd: number): void {
    this.#control(EPOLL_CTL_ADD, fd);
  }

  /** Must come before the descriptor is closed: others may have the same pipe open, and it would be reported on. */
  remove(fd: number): void {
    this.#control(EPOLL_CTL_DEL, fd);
  }

  /** Those that can be read, or have ended, at this moment. */
  ready(): readonly number[] {
    const count = epollWait(this.fd, this.#events, batch, 0);
    const descriptors: number[] = [];
    for (let index = 0; index < count; index += 1) {
      descriptors.push(this.#events.readInt32LE(index * eventBytes + dataOffset));
    }
    return descriptors;
  }

  close(): void {
    closeSync(this.fd);
  }

  #control(operation: number, fd: number): void {
    this.#event.fill(0);
    this.#event.writeUInt32LE(EPOLLIN, 0);
    this.#event.writeInt32LE(fd, dataOffset);
    checked('epoll_ctl', epollControl(this.fd, operation, fd, this.#event));
  }
}
