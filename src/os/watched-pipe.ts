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

/** A way to watch a pipe. */
export interface PipeWatching {
  /** Whether the descriptor belongs to the watch and is closed by it. */
  readonly takesDescriptor: boolean;
  readonly watch: (fd: number, onReady: () => void) => Watch;
}

export class OwnedPipe implements WatchedPipe {
  readonly fd: number;
  readonly #onClose: (pipe: OwnedPipe) => void;
  #watching: PipeWatching;
  #watch: Watch | null = null;
  #listener: (() => void) | null = null;
  #paused = false;
  #closed = false;
  #retired = false;

  constructor(fd: number, watching: PipeWatching, onClose: (pipe: OwnedPipe) => void) {
    this.fd = fd;
    this.#watching = watching;
    this.#onClose = onClose;
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
    this.#closed = true;
    this.#listener = null;
    const closesItself = this.#watch !== null && this.#watching.takesDescriptor;
    this.#watch?.close();
    if (!closesItself) closeSync(this.fd);
    this.#onClose(this);
  }

  /** From now on it is watched in another way, which must not be worse: a descriptor once given away stays there. */
  change(watching: PipeWatching): void {
    if (this.#watch !== null) {
      if (this.#watching.takesDescriptor) return;
      this.#watch.close();
      this.#watch = null;
    }
    this.#watching = watching;
    this.#update();
  }

  /** It is never watched again, whoever listens. */
  retire(): void {
    this.#retired = true;
    this.#watch?.pause();
  }

  #update(): void {
    if (this.#closed || this.#retired) return;
    const wanted = this.#listener !== null && !this.#paused;
    if (this.#watch !== null) {
      if (wanted) this.#watch.resume();
      else this.#watch.pause();
    } else if (wanted) this.#watch = this.#watching.watch(this.fd, () => this.#listener?.());
  }
}
