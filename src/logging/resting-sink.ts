/**
 * A regular log file that is open only from its first bytes on. Most programs say nothing for most of the time, and each
 * descriptor that the daemon holds has to be copied and closed again whenever it starts another program: two for each of
 * thousands of programs took longer than the starts themselves.
 */

import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { bytesWaiting } from '../os/fifo.ts';
import { openOrCreate } from './file-sink.ts';
import type { LogSink, ReportProblem, RotationLimits, Taken } from './log-sink.ts';
import { errorText } from './system-error.ts';

/** Milliseconds between two attempts to open a file that could not be opened. */
const tryAgainMs = 1000;

export interface RestingSinkOptions {
  readonly path: string;
  readonly report: ReportProblem;
  /** Opens the file for good, whatever it has become meanwhile. Throws the system's error. */
  readonly open: () => LogSink;
}

export class RestingSink implements LogSink {
  readonly #options: RestingSinkOptions;
  /** The file's permission bits: when it has to be made again, it gets the same. */
  readonly #mode: number;
  /** null as long as it rests. */
  #awake: LogSink | null = null;
  /** By the steady clock; null when it could be opened. */
  #failedAt: number | null = null;

  /** Throws the system's error when the file cannot be opened. */
  constructor(options: RestingSinkOptions) {
    this.#options = options;
    const fd = openSync(options.path, 'a');
    this.#mode = fstatSync(fd).mode;
    closeSync(fd);
  }

  write(bytes: Uint8Array, limits: RotationLimits): boolean {
    return this.#wake()?.write(bytes, limits) ?? true;
  }

  take(pipeFd: number, count: number, limits: RotationLimits): Taken {
    // A look at an empty pipe is no reason to wake up.
    if (this.#awake === null && bytesWaiting(pipeFd) === 0) return 'empty';
    return this.#wake()?.take(pipeFd, count, limits) ?? 'refused';
  }

  onDrain(listener: () => void): void {
    if (this.#awake === null) listener();
    else this.#awake.onDrain(listener);
  }

  reopen(): void {
    if (this.#awake !== null) {
      this.#awake.reopen();
      return;
    }
    try {
      closeSync(openOrCreate(this.#options.path, this.#mode));
    } catch (error) {
      this.#fail(error);
    }
  }

  clear(): void {
    if (this.#awake !== null) {
      this.#awake.clear();
      return;
    }
    this.#makeAgain();
    const sink = this.#options.open();
    try {
      sink.clear();
    } finally {
      sink.close();
    }
  }

  onceWritten(listener: () => void): void {
    if (this.#awake === null) listener();
    else this.#awake.onceWritten(listener);
  }

  close(): void {
    this.#awake?.close();
    this.#awake = null;
  }

  /** null when it cannot be opened: what was meant for it is lost, and reported once. */
  #wake(): LogSink | null {
    if (this.#awake !== null) return this.#awake;
    if (this.#failedAt !== null && performance.now() - this.#failedAt < tryAgainMs) return null;
    const { path, report, open } = this.#options;
    try {
      const isMade = this.#makeAgain();
      this.#awake = open();
      if (isMade) report(`log '${path}' was removed; it is created again`);
      else if (this.#failedAt !== null) report(`log '${path}' can be opened again`);
      this.#failedAt = null;
      return this.#awake;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #fail(error: unknown): void {
    const { path, report } = this.#options;
    if (this.#failedAt === null) report(`cannot open log '${path}' again: ${errorText(error)}`);
    this.#failedAt = performance.now();
  }

  /** Whether somebody had removed the file. */
  #makeAgain(): boolean {
    const { path } = this.#options;
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return false;
    closeSync(openOrCreate(path, this.#mode));
    return true;
  }
}
