/**
 * Reads what a program writes into a pipe and brings it to its log, byte for byte and in order. When the log takes no
 * more, reading stops and the program waits; when the program has ended, what it left in the pipe is still read.
 */

import { readSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { AnsiStripper } from './ansi-stripper.ts';
import { CaptureBuffer, type CapturePiece, CaptureScanner } from './capture.ts';
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
  /** What lies between communication tokens is kept out of the log; null = tokens are output like any other. */
  readonly capture?: CaptureOptions | null;
  /**
   * Called with each chunk: `logged` after it was given to the log, as it stands there; `captured` when it was not, since
   * it lies between tokens; `released` when it was captured before and is logged after all. Valid only during the call.
   */
  readonly onBytes: (bytes: Uint8Array, fate: OutputFate) => void;
  /** Called when the last writer has closed the pipe, if that comes before `finish`. */
  readonly onEnd?: () => void;
  readonly onProblem: ReportProblem;
}

export type OutputFate = 'logged' | 'captured' | 'released';

export interface CaptureOptions {
  /** Of a longer capture the end is kept. */
  readonly maxBytes: number;
  /** Called at each end token. */
  readonly onCapture: (captured: Uint8Array) => void;
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
  readonly #capture: Capture | null;
  readonly #socket: Socket;
  #pipeEnded = false;
  #finished = false;

  constructor(options: OutputChannelOptions) {
    this.#options = options;
    this.#stripper = options.stripAnsi ? new AnsiStripper() : null;
    this.#capture = options.capture ? new Capture(options.capture) : null;
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
    this.#flush();
    this.#socket.destroy();
    this.#options.target?.close();
  }

  /** Returns false to stop reading until the log has room again. */
  #read(bytes: Uint8Array): boolean {
    if (this.#receive(bytes)) return true;
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
        this.#receive(buffer.subarray(0, count));
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
    this.#flush();
    this.#options.onEnd?.();
  }

  #receive(bytes: Uint8Array): boolean {
    if (this.#capture === null) return this.#deliver(this.#stripper?.push(bytes) ?? bytes);
    return this.#route(this.#capture, this.#capture.scanner.push(bytes));
  }

  /** Escape sequences are removed piece by piece, so that none can hide a token. */
  #route(capture: Capture, pieces: readonly CapturePiece[]): boolean {
    let accepted = true;
    for (const piece of pieces) {
      if (piece.kind === 'text') {
        const bytes = this.#stripper?.push(piece.bytes) ?? piece.bytes;
        accepted = (piece.captured ? this.#keep(capture, bytes) : this.#deliver(bytes)) && accepted;
        continue;
      }
      const rest = this.#stripper?.end() ?? nothing;
      if (piece.kind === 'begin') accepted = this.#deliver(rest) && accepted;
      else {
        this.#keep(capture, rest);
        capture.options.onCapture(capture.buffer.take());
      }
    }
    return accepted;
  }

  #keep(capture: Capture, bytes: Uint8Array): true {
    if (bytes.length > 0) {
      capture.buffer.append(bytes);
      this.#options.onBytes(bytes, 'captured');
    }
    return true;
  }

  /** At the end of the output. A capture that was not ended is no message: it goes where other output goes. */
  #flush(): void {
    if (this.#capture !== null) {
      this.#route(this.#capture, this.#capture.scanner.end());
      this.#deliver(this.#capture.buffer.take(), 'released');
    }
    if (this.#stripper !== null) this.#deliver(this.#stripper.end());
  }

  #deliver(bytes: Uint8Array, fate: OutputFate = 'logged'): boolean {
    if (bytes.length === 0) return true;
    const accepted = this.#options.target?.write(bytes) ?? true;
    this.#options.onBytes(bytes, fate);
    return accepted;
  }
}

const nothing = new Uint8Array(0);

/** One channel's place in the conversation of tokens. */
class Capture {
  readonly options: CaptureOptions;
  readonly scanner = new CaptureScanner();
  readonly buffer: CaptureBuffer;

  constructor(options: CaptureOptions) {
    this.options = options;
    this.buffer = new CaptureBuffer(options.maxBytes);
  }
}
