/**
 * Tells of a log that cannot be written: once when it begins, once when it is over. Where one outage follows the last one
 * soon, as on a disk that is nearly full, the end is told only when it has lasted, so that the two do not alternate.
 */

import type { ReportProblem } from './log-sink.ts';

export interface OutageReportOptions {
  readonly path: string;
  readonly report: ReportProblem;
  /** Milliseconds within which another outage counts as the same one. */
  readonly calmMs: number;
}

export class OutageReport {
  readonly #options: OutageReportOptions;
  #isTold = false;
  #lost = 0;
  #calm: NodeJS.Timeout | undefined;
  /** By the steady clock; null if no end was told yet. */
  #endToldAt: number | null = null;
  #isRepeated = false;

  constructor(options: OutageReportOptions) {
    this.#options = options;
  }

  /** The system refuses to write. */
  began(error: string): void {
    this.#stopWaiting();
    if (this.#isTold) return;
    this.#isTold = true;
    const { path, report, calmMs } = this.#options;
    this.#isRepeated = this.#endToldAt !== null && performance.now() - this.#endToldAt < calmMs;
    report(`cannot write to log '${path}': ${error}`);
  }

  /** Everything that was held is written. */
  ended(lostBytes: number): void {
    this.#lost += lostBytes;
    if (!this.#isRepeated) {
      this.#tellEnd();
      return;
    }
    this.#stopWaiting();
    this.#calm = setTimeout(() => this.#tellEnd(), this.#options.calmMs).unref();
  }

  /** What was missing is not wanted any more. */
  forget(): void {
    this.#stopWaiting();
    this.#isTold = false;
    this.#lost = 0;
  }

  /** The log is closed; `missingBytes` of it could not be written. */
  closed(missingBytes: number): void {
    const { path, report } = this.#options;
    if (missingBytes > 0) {
      report(`log '${path}' could not be written to its end; ${missingBytes + this.#lost} bytes are lost`);
    } else if (this.#calm !== undefined) this.#tellEnd();
    this.forget();
  }

  #tellEnd(): void {
    const { path, report } = this.#options;
    const lost = this.#lost;
    this.forget();
    this.#endToldAt = performance.now();
    report(`log '${path}' can be written again; ${lost} bytes are lost`);
  }

  #stopWaiting(): void {
    clearTimeout(this.#calm);
    this.#calm = undefined;
  }
}
