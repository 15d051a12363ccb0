/**
 * A log that is opened with the first bytes for it: most channels have none while their program does not run. One that
 * cannot be opened is tried again; what is meant for it meanwhile had better wait where it is, and is held as far as there
 * is room.
 */

import { bytesWaiting } from '../os/fifo.ts';
import { HeldBytes } from './held-bytes.ts';
import type { ReportProblem, Taken } from './log-sink.ts';
import type { LogTarget } from './log-target.ts';

export type OutputLog = Pick<LogTarget, 'write' | 'take' | 'isWritable' | 'onDrain' | 'close'>;

export interface LazyLogOptions {
  /** Of which log reports speak: `the stdout log of 'worker'`. */
  readonly name: string;
  /** null when there is nothing to open; a failure carries the symbolic errno. */
  readonly open: () => LogTarget | null | { readonly error: string };
  /** Called once when it cannot be opened, and once when that is over, or cost something. */
  readonly report: ReportProblem;
}

export class LazyLog implements OutputLog {
  readonly #options: LazyLogOptions;
  readonly #held = new HeldBytes();
  #opened: LogTarget | null | undefined;
  #isRefused = false;

  constructor(options: LazyLogOptions) {
    this.#options = options;
  }

  /** Opens it now. null when there is no log, or when it cannot be opened for now. */
  open(): LogTarget | null {
    if (this.#opened !== undefined) return this.#opened;
    const { name, open, report } = this.#options;
    const opened = open();
    if (opened !== null && 'error' in opened) {
      if (!this.#isRefused) report(`cannot open ${name}: ${opened.error}`);
      this.#isRefused = true;
      return null;
    }
    this.#opened = opened;
    if (this.#isRefused) this.#goOn(opened);
    return opened;
  }

  write(bytes: Uint8Array): boolean {
    const target = this.open();
    if (this.#isRefused) this.#held.add(bytes);
    return target?.write(bytes) ?? true;
  }

  take(pipeFd: number, count: number): Taken {
    // A look at an empty pipe is no reason to open anything.
    if (this.#opened === undefined && bytesWaiting(pipeFd) === 0) return 'empty';
    return this.open()?.take(pipeFd, count) ?? 'refused';
  }

  isWritable(): boolean {
    if (this.#isRefused) this.open();
    return !this.#isRefused && (this.#opened?.isWritable() ?? true);
  }

  onDrain(listener: () => void): void {
    this.open()?.onDrain(listener);
  }

  close(): void {
    if (this.#isRefused) this.open();
    const missing = this.#held.length + this.#held.lost;
    if (missing > 0) this.#options.report(`${this.#options.name} could not be opened; ${missing} bytes are lost`);
    this.#opened?.close();
    this.#opened = null;
    this.#isRefused = false;
  }

  #goOn(opened: LogTarget | null): void {
    const { name, report } = this.#options;
    this.#isRefused = false;
    report(`${name} can be opened again; ${this.#held.lost} bytes are lost`);
    this.#held.drain((bytes) => {
      opened?.write(bytes);
      return bytes.length;
    });
    this.#held.clear();
  }
}
