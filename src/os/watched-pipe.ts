/**
 * The daemon's end of a pipe, and how it learns that there is something in it. Whoever is to hear of it may change; the
 * pipe is watched only as long as there is somebody.
 */

import { closeSync } from 'node:fs';
import type { Watch } from './watch.ts';

export interface WatchedPipe extends Watch {
  readonly fd: number;
  /** Has `onReady` called, and nobody else, while there is something in the pipe or it has ended. */
  listen(onReady: () => void): void;
  /** Nobody hears of it any more. */
  leave(): void;
  /** Closes the descriptor as well. */
  close(): void;
}

/** What can be in the set of all that is watched. */
export interface Watched {
  readonly fd: number;
  /** Whether it may be told that there is something when there is nothing: who reads a pipe finds that out. */
  readonly bearsGuesses: boolean;
  report(): void;
}

/** The set of all that is watched now. */
export interface WatchedSet {
  enter(one: Watched): void;
  leave(one: Watched): void;
}

export class WatchedDescriptor implements WatchedPipe, Watched {
  readonly fd: number;
  readonly #set: WatchedSet;
  readonly #isOwned: boolean;
  #listener: (() => void) | null = null;
  #paused = false;
  #entered = false;
  #closed = false;

  /** `isOwned`: whether the descriptor is closed together with this. */
  constructor(fd: number, set: WatchedSet, isOwned: boolean) {
    this.fd = fd;
    this.#set = set;
    this.#isOwned = isOwned;
  }

  get bearsGuesses(): boolean {
    return this.#isOwned;
  }

  listen(onReady: () => void): void {
    this.#listener = onReady;
    this.#paused = false;
    this.#update();
  }

  leave(): void {
    this.#listener = null;
    this.#update();
  }

  pause(): void {
    this.#paused = true;
    this.#update();
  }

  resume(): void {
    this.#paused = false;
    this.#update();
  }

  close(): void {
    if (this.#closed) return;
    this.leave();
    this.#closed = true;
    if (this.#isOwned) closeSync(this.fd);
  }

  report(): void {
    this.#listener?.();
  }

  #update(): void {
    if (this.#closed) return;
    const wanted = this.#listener !== null && !this.#paused;
    if (wanted === this.#entered) return;
    this.#entered = wanted;
    if (wanted) this.#set.enter(this);
    else this.#set.leave(this);
  }
}
