/**
 * The runtime directory as long as the daemon lives: whoever tidies it away takes the next daemon's knowledge, so it is made
 * anew at once, and what belongs in it is written again. Programs keep their pipes, which can be found through them.
 */

import type { DirectoryWatch, WatchDirectory } from '../os/directory-watch.ts';
import { openRuntimeDirectory, type RuntimeDirectory } from '../os/runtime-directory.ts';

/** What is written in the directory. */
export interface Contents {
  isWhole(): boolean;
  /** Writes again what is missing. False if that failed. */
  heal(): boolean;
}

/** Milliseconds from a sign that something is missing to the look at it: signs come in swarms. */
const lookAfterMs = 50;
/** Milliseconds between two attempts to make it again. */
const tryAgainMs = 1000;

export class WatchedDirectory {
  readonly #log: { warn(message: string): void };
  readonly #watchDirectory: WatchDirectory;
  #directory: RuntimeDirectory;
  #contents: Contents | null = null;
  #watcher: DirectoryWatch | null = null;
  #looking: NodeJS.Timeout | null = null;
  #isMissing = false;

  constructor(directory: RuntimeDirectory, log: { warn(message: string): void }, watchDirectory: WatchDirectory) {
    this.#directory = directory;
    this.#watchDirectory = watchDirectory;
    this.#log = log;
  }

  /** The present one. */
  get directory(): RuntimeDirectory {
    return this.#directory;
  }

  begin(contents: Contents): void {
    this.#contents = contents;
    this.#watch();
  }

  /** Has it made anew if it is gone, without waiting for a sign of that. */
  ensure(): void {
    if (!this.#directory.stillThere()) this.#restore();
  }

  /** From now on nothing is made anew. */
  end(): void {
    this.#watcher?.close();
    if (this.#looking !== null) clearTimeout(this.#looking);
  }

  #watch(): void {
    this.#watcher?.close();
    this.#watcher = null;
    try {
      this.#watcher = this.#watchDirectory(this.#directory.path, () => this.#lookIn(lookAfterMs));
    } catch {
      // Too many watches, say. What is missing is noticed with the next change then.
    }
  }

  #lookIn(milliseconds: number): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = null;
      this.#restore();
    }, milliseconds).unref();
  }

  #restore(): void {
    if (this.#contents === null) return;
    if (!this.#directory.stillThere()) {
      const { path } = this.#directory;
      // Programs and clients are not to wait for it.
      const opened = openRuntimeDirectory(path, { patience: 0 });
      if (opened.kind !== 'open') {
        if (!this.#isMissing) this.#log.warn(`the runtime directory ${path} is gone, and cannot be made again`);
        this.#isMissing = true;
        this.#lookIn(tryAgainMs);
        return;
      }
      this.#directory.close();
      this.#directory = opened.directory;
      this.#isMissing = false;
      this.#log.warn(`the runtime directory ${path} was removed; it is made again`);
      this.#watch();
    }
    if (!this.#contents.isWhole() && !this.#contents.heal()) this.#lookIn(tryAgainMs);
  }
}
