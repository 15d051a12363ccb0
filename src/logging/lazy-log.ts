/**
 * A log that is opened with the first bytes for it: most channels have none while their program does not run. One that
 * cannot be opened costs its bytes and one report.
 */

import { bytesWaiting } from '../os/fifo.ts';
import type { ReportProblem, Taken } from './log-sink.ts';
import type { LogTarget } from './log-target.ts';

export type OutputLog = Pick<LogTarget, 'write' | 'take' | 'onDrain' | 'close'>;

export interface LazyLogOptions {
  /** null when there is nothing to open; a failure carries the symbolic errno. */
  readonly open: () => LogTarget | null | { readonly error: string };
  /** Called with the errno when it cannot be opened. */
  readonly onProblem: ReportProblem;
}

export class LazyLog implements OutputLog {
  readonly #options: LazyLogOptions;
  #opened: LogTarget | null | undefined;

  constructor(options: LazyLogOptions) {
    this.#options = options;
  }

  write(bytes: Uint8Array): boolean {
    return this.#target()?.write(bytes) ?? true;
  }

  take(pipeFd: number, count: number): Taken {
    // A look at an empty pipe is no reason to open anything.
    if (this.#opened === undefined && bytesWaiting(pipeFd) === 0) return 'empty';
    return this.#target()?.take(pipeFd, count) ?? 'refused';
  }

  onDrain(listener: () => void): void {
    this.#target()?.onDrain(listener);
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
  }

  #target(): LogTarget | null {
    if (this.#opened === undefined) {
      const opened = this.#options.open();
      const failed = opened !== null && 'error' in opened;
      this.#opened = failed ? null : opened;
      if (failed) this.#options.onProblem(opened.error);
    }
    return this.#opened;
  }
}
