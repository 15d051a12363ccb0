/**
 * Whole lines into a log that may stop taking any. The daemon cannot wait for the reader of its log, nor keep all that
 * it would say: beyond a bound lines are dropped, and their number is told when there is room again.
 */

import type { LogTarget } from './log-target.ts';

/** Bytes written after the target has asked to pause, before lines are dropped. */
const patienceBytes = 1024 * 1024;

export class LineOutput {
  readonly target: LogTarget;
  readonly #warn: (message: string) => void;
  #full = false;
  #overrunBytes = 0;
  #dropped = 0;

  constructor(target: LogTarget, warn: (message: string) => void) {
    this.target = target;
    this.#warn = warn;
  }

  write(line: Uint8Array): void {
    if (this.#full && this.#overrunBytes > patienceBytes) {
      this.#dropped += 1;
      return;
    }
    if (this.#full) this.#overrunBytes += line.length;
    if (this.target.write(line) || this.#full) return;
    this.#full = true;
    this.target.onDrain(() => this.#goOn());
  }

  #goOn(): void {
    const dropped = this.#dropped;
    this.#full = false;
    this.#overrunBytes = 0;
    this.#dropped = 0;
    if (dropped > 0) this.#warn(`log '${this.target.path}' was not read in time; ${dropped} messages were dropped`);
  }
}
