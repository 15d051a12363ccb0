/**
 * Reads what a program writes into a pipe and brings it to its log, byte for byte and in order. When the log takes no
 * more, reading stops and the program waits; when the program has ended, what it left in the pipe is still read.
 */

import { readSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { AnsiStripper } from './ansi-stripper.ts';
import type { ReportProblem } from './log-sink.ts';
import type { LogTarget } from './log-target.ts';
import { errorCode, errorText } from './system-error.ts';

/** One buffer for all channels: it is filled and emptied again within one callback. */
const sharedBuffer = Buffer.allocUnsafeSlow(128 * 1024);

/**
 * Bytes read at most after the end of the program: as much as the largest pipe holds (Linux's pipe-max-size). A program
 * that lives on in the background and writes without pause must not hold up the daemon.
 */
const finishLimitBytes = 1024 * 1024;
const finishStepBytes = 64 * 1024;

export interface OutputChannelOptions {
  /** Read end of a pipe; the channel makes it non-blocking and closes it. */
  readonly fd: number;
  /** Closed by the channel; null = the output is read and not logged. */
  readonly target: LogTarget | null;
  readonly stripAnsi: boolean;
  /** Called with each chunk after it was given to the log, as it stands there; valid only during the call. */
  readonly onBytes: (bytes: Uint8Array) => void;
  /** Called when the last writer has closed the pipe, if that comes before `finish`. */
  readonly onEnd?: () => void;
  readonly onProblem: ReportProblem;
}

export interface OutputChannel {
  /**
   * Ends the channel, after the program has ended: reads at once what is in the pipe, without waiting for others that
   * may hold it open, and closes pipe and log.
   */
  finish(): void;
}

export function openOutputChannel(options: OutputChannelOptions): OutputChannel {
  return new PipeReader(options);
}

class PipeReader implements OutputChannel {
  readonly #options: OutputChannelOptions;
  readonly #stripper: AnsiStripper | null;
  readonly #socket: Socket;
  #pipeEnded = false;
  #finished = false;

  constructor(options: OutputChannelOptions) {
    this.#options = options;
    this.#stripper = options.stripAnsi ? new AnsiStripper() : null;
    const source: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd: options.fd,
      readable: true,
      writable: false,
      onread: { buffer: sharedBuffer, callback: (count) => this.#read(sharedBuffer.subarray(0, count)) },
    };
    this.#socket = new Socket(source);
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', (error) => {
      this.#options.onProblem(`cannot read the output of a program: ${errorText(error)}`);
      this.#end();
    });
  }

  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    // The event loop reads only between callbacks, so nothing is on its way while this runs.
    this.#socket.pause();
    if (!this.#pipeEnded) this.#readRest();
    this.#flushStripper();
    this.#socket.destroy();
    this.#options.target?.close();
  }

  /** Returns false to stop reading until the log has room again. */
  #read(bytes: Uint8Array): boolean {
    if (this.#deliver(this.#stripper?.push(bytes) ?? bytes)) return true;
    this.#options.target?.onDrain(() => {
      if (!this.#finished) this.#socket.resume();
    });
    return false;
  }

  #readRest(): void {
    const buffer = Buffer.allocUnsafeSlow(finishStepBytes);
    try {
      for (let total = 0; total < finishLimitBytes; ) {
        const count = readSync(this.#options.fd, buffer);
        if (count === 0) return;
        total += count;
        const bytes = buffer.subarray(0, count);
        this.#deliver(this.#stripper?.push(bytes) ?? bytes);
      }
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') return;
      this.#options.onProblem(`cannot read the output of a program: ${errorText(error)}`);
    }
  }

  /** Nothing more can be read; Node closes the descriptor, whose number may soon be another file's. */
  #end(): void {
    if (this.#pipeEnded || this.#finished) return;
    this.#pipeEnded = true;
    this.#flushStripper();
    this.#options.onEnd?.();
  }

  #flushStripper(): void {
    if (this.#stripper !== null) this.#deliver(this.#stripper.end());
  }

  #deliver(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    const accepted = this.#options.target?.write(bytes) ?? true;
    this.#options.onBytes(bytes);
    return accepted;
  }
}
