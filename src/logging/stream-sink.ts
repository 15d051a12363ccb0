/**
 * A log that goes into a pipe, a socket or a terminal: in order, as fast as the other side reads. Writers are told to
 * wait when it does not read; a side that has gone away costs its bytes, one report, and nothing else.
 */

import { bytesWaiting } from '../os/fifo.ts';
import { errorText } from '../os/system-error.ts';
import type { LogSink, ReportProblem, Taken } from './log-sink.ts';
import { connectStream, type StreamAddress, type StreamConnection } from './stream-connection.ts';

/** Bytes that may wait before writers are asked to pause, and how few must be left before they may go on. */
const pauseAboveBytes = 256 * 1024;
const resumeBelowBytes = 64 * 1024;

export interface StreamSinkOptions {
  readonly address: StreamAddress;
  /** For messages. */
  readonly path: string;
  readonly report: ReportProblem;
}

export class StreamSink implements LogSink {
  readonly #address: StreamAddress;
  readonly #path: string;
  readonly #report: ReportProblem;
  /** null after it has broken; the next write tries a new one. */
  #connection: StreamConnection | null;
  #queue: Uint8Array[] = [];
  /** Queued or handed to the connection, but not written yet. */
  #waitingBytes = 0;
  #writing = false;
  #broken = false;
  #lostBytes = 0;
  #drainListeners: (() => void)[] = [];
  #writtenListeners: (() => void)[] = [];

  /** Throws the system's error when there is nothing to write to. */
  constructor({ address, path, report }: StreamSinkOptions) {
    this.#address = address;
    this.#path = path;
    this.#report = report;
    this.#connection = connectStream(address);
  }

  write(bytes: Uint8Array): boolean {
    const rest = this.#waitingBytes === 0 ? this.#writeNow(bytes) : bytes;
    if (rest.length > 0) {
      this.#queue.push(new Uint8Array(rest));
      this.#waitingBytes += rest.length;
      this.#writeQueue();
    }
    return this.#waitingBytes <= pauseAboveBytes;
  }

  take(pipeFd: number, count: number): Taken {
    if (this.#waitingBytes > 0) return 'full';
    if (this.#broken || this.#connection === null || this.#connection.take === null) return 'refused';
    const moved = this.#connection.take(pipeFd, count);
    if (moved === 'empty') return bytesWaiting(pipeFd) > 0 ? 'full' : 'empty';
    // Writing meets the same error, and reports it.
    return typeof moved === 'object' ? 'refused' : moved;
  }

  isWritable(): boolean {
    // What a stream refuses is lost: nobody knows whether there will ever be another reader.
    return true;
  }

  onDrain(listener: () => void): void {
    if (this.#waitingBytes === 0) listener();
    else this.#drainListeners.push(listener);
  }

  onceWritten(listener: () => void): void {
    if (this.#waitingBytes === 0) listener();
    else this.#writtenListeners.push(listener);
  }

  reopen(): void {
    // Nobody rotates a stream: there is nothing to open anew.
  }

  clear(): void {
    // What has gone into a stream is gone.
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Returns what did not fit. */
  #writeNow(bytes: Uint8Array): Uint8Array {
    try {
      this.#connection ??= connectStream(this.#address);
      const rest = bytes.subarray(this.#connection.writeNow(bytes));
      if (this.#broken && rest.length < bytes.length) this.#recover();
      return rest;
    } catch (error) {
      this.#break(error, bytes.length);
      return bytes.subarray(bytes.length);
    }
  }

  #writeQueue(): void {
    if (this.#writing || this.#queue.length === 0 || this.#connection === null) return;
    const chunk = Buffer.concat(this.#queue);
    this.#queue = [];
    this.#writing = true;
    this.#connection.writeAll(chunk, (error) => {
      this.#writing = false;
      if (error) this.#abandon(error);
      else {
        this.#waitingBytes -= chunk.length;
        this.#writeQueue();
      }
      this.#tellWaiting();
    });
  }

  /** The connection has failed under what was waiting. */
  #abandon(error: Error): void {
    this.#connection?.close();
    this.#connection = null;
    this.#break(error, this.#waitingBytes);
    this.#queue = [];
    this.#waitingBytes = 0;
  }

  #break(error: unknown, lostBytes: number): void {
    this.#lostBytes += lostBytes;
    if (this.#broken) return;
    this.#broken = true;
    this.#report(`cannot write to log '${this.#path}', its output is discarded: ${errorText(error)}`);
  }

  #recover(): void {
    this.#report(`log '${this.#path}' can be written again; ${this.#lostBytes} bytes are lost`);
    this.#broken = false;
    this.#lostBytes = 0;
  }

  #tellWaiting(): void {
    if (this.#waitingBytes <= resumeBelowBytes) {
      const listeners = this.#drainListeners;
      this.#drainListeners = [];
      for (const listener of listeners) listener();
    }
    if (this.#waitingBytes === 0) {
      const listeners = this.#writtenListeners;
      this.#writtenListeners = [];
      for (const listener of listeners) listener();
    }
  }
}
