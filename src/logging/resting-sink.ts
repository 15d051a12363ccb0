/**
 * A regular log file that is open only from its first bytes on. Most programs say nothing for most of the time, and each
 * descriptor that the daemon holds has to be copied and closed again whenever it starts another program: two for each of
 * thousands of programs took longer than the starts themselves.
 */

import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { endPromise, promiseDescriptor } from '../os/descriptors.ts';
import { bytesWaiting } from '../os/fifo.ts';
import { errorText } from '../os/system-error.ts';
import { openOrCreate } from './file-sink.ts';
import { HeldBytes } from './held-bytes.ts';
import type { LogSink, ReportProblem, RotationLimits, Taken } from './log-sink.ts';

/** Milliseconds between two attempts to open a file that could not be opened. */
const tryAgainMs = 1000;

/** For the last words of a log that is closed: nothing is rotated any more. */
const noLimits: RotationLimits = { maxBytes: 0, backups: 0 };

/** A file that cannot be opened: what has come meanwhile, and the attempts. */
interface Outage {
  readonly held: HeldBytes;
  readonly attempts: NodeJS.Timeout;
}

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
  /** null unless it was to be opened and could not be. */
  #outage: Outage | null = null;
  #isClosed = false;

  /** Throws the system's error when the file cannot be opened. */
  constructor(options: RestingSinkOptions) {
    this.#options = options;
    const fd = openSync(options.path, 'a');
    this.#mode = fstatSync(fd).mode;
    closeSync(fd);
    promiseDescriptor();
  }

  write(bytes: Uint8Array, limits: RotationLimits): boolean {
    const sink = this.#outage === null ? this.#wake(limits) : null;
    if (sink !== null) return sink.write(bytes, limits);
    this.#outage?.held.add(bytes);
    return true;
  }

  take(pipeFd: number, count: number, limits: RotationLimits): Taken {
    // A look at an empty pipe is no reason to wake up.
    if (this.#awake === null && bytesWaiting(pipeFd) === 0) return 'empty';
    const sink = this.#outage === null ? this.#wake(limits) : null;
    return sink?.take(pipeFd, count, limits) ?? 'refused';
  }

  isWritable(): boolean {
    return this.#outage === null && (this.#awake?.isWritable() ?? true);
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
      this.#reportRefusal(error);
    }
  }

  clear(): void {
    if (this.#awake !== null) {
      this.#awake.clear();
      return;
    }
    this.#makeAgain();
    const sink = this.#options.open();
    this.#outage?.held.clear();
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
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#outage !== null) this.#wake(noLimits);
    if (this.#awake === null) endPromise();
    this.#awake?.close();
    this.#awake = null;
    if (this.#outage === null) return;
    const { held, attempts } = this.#outage;
    clearInterval(attempts);
    const missing = held.length + held.lost;
    const { path, report } = this.#options;
    if (missing > 0) report(`log '${path}' could not be written to its end; ${missing} bytes are lost`);
  }

  /** null when it cannot be opened: what is meant for it is held, as far as there is room, until it can. */
  #wake(limits: RotationLimits): LogSink | null {
    if (this.#awake !== null) return this.#awake;
    const { path, report, open } = this.#options;
    try {
      const isMade = this.#makeAgain();
      this.#awake = open();
      endPromise();
      if (isMade) report(`log '${path}' was removed; it is created again`);
    } catch (error) {
      if (this.#outage !== null) return null;
      this.#reportRefusal(error);
      const attempts = setInterval(() => this.#wake(limits), tryAgainMs).unref();
      this.#outage = { held: new HeldBytes(), attempts };
      return null;
    }
    if (this.#outage !== null) this.#endOutage(this.#awake, this.#outage, limits);
    return this.#awake;
  }

  #endOutage(sink: LogSink, { held, attempts }: Outage, limits: RotationLimits): void {
    clearInterval(attempts);
    this.#outage = null;
    const { lost } = held;
    held.drain((bytes) => {
      sink.write(bytes, limits);
      return bytes.length;
    });
    this.#options.report(`log '${this.#options.path}' can be opened again; ${lost} bytes are lost`);
  }

  #reportRefusal(error: unknown): void {
    this.#options.report(`cannot open log '${this.#options.path}' again: ${errorText(error)}`);
  }

  /** Whether somebody had removed the file. */
  #makeAgain(): boolean {
    const { path } = this.#options;
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return false;
    closeSync(openOrCreate(path, this.#mode));
    return true;
  }
}
