/** How much has been written to a log, from looks at its name alone: the file behind it changes with each rotation. */

import { statSync } from 'node:fs';

/** Counts what goes through a log that is rotated; what was rotated away between two looks is not counted. */
export class LogMeter {
  readonly #path: string;
  readonly #fileBytes: number;
  #inode = 0;
  #seen = 0;
  #total = 0;

  /** @param fileBytes - Size at which the log is rotated. */
  constructor(path: string, fileBytes: number) {
    this.#path = path;
    this.#fileBytes = fileBytes;
  }

  /** Bytes so far, rather fewer than more. */
  read(): number {
    // For a moment of each rotation there is no such file.
    const { ino, size } = statSync(this.#path, { throwIfNoEntry: false }) ?? { ino: 0, size: 0 };
    if (ino !== this.#inode) {
      // The rest of the file before has been rotated away with it.
      this.#total += this.#inode === 0 ? 0 : Math.max(0, this.#fileBytes - this.#seen);
      this.#seen = 0;
      this.#inode = ino;
    }
    this.#total += Math.max(0, size - this.#seen);
    this.#seen = size;
    return this.#total;
  }
}
