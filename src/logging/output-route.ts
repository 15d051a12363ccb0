/**
 * The way of a program's bytes once they have been read: escape sequences are stripped and what lies between tokens is
 * captured, where that is configured; the rest goes to the log, and to those who look at it.
 */

import { AnsiStripper } from './ansi-stripper.ts';
import { CaptureBuffer, type CapturePiece, CaptureScanner } from './capture.ts';
import type { OutputLog } from './lazy-log.ts';

export type OutputFate = 'logged' | 'captured' | 'released';

export interface CaptureOptions {
  /** Of a longer capture the end is kept. */
  readonly maxBytes: number;
  /** Called at each end token. */
  readonly onCapture: (captured: Uint8Array) => void;
}

export interface OutputRouteOptions {
  /** null = the output is not logged. */
  readonly target: OutputLog | null;
  readonly stripAnsi: boolean;
  /** What lies between communication tokens is kept out of the log; null = tokens are output like any other. */
  readonly capture?: CaptureOptions | null;
  /**
   * Called with each chunk: `logged` after it was given to the log, as it stands there; `captured` when it was not, since
   * it lies between tokens; `released` when it was captured before and is logged after all. Valid only during the call.
   */
  readonly onBytes: (bytes: Uint8Array, fate: OutputFate) => void;
}

export class OutputRoute {
  readonly #options: OutputRouteOptions;
  readonly #stripper: AnsiStripper | null;
  readonly #capture: Capture | null;

  constructor(options: OutputRouteOptions) {
    this.#options = options;
    this.#stripper = options.stripAnsi ? new AnsiStripper() : null;
    this.#capture = options.capture ? new Capture(options.capture) : null;
  }

  /** Whether bytes can become others on their way, so that the log does not get them as they were written. */
  get changesBytes(): boolean {
    return this.#stripper !== null || this.#capture !== null;
  }

  /** Returns false when the log asks to be given no more for now. */
  receive(bytes: Uint8Array): boolean {
    if (this.#capture === null) return this.#deliver(this.#stripper?.push(bytes) ?? bytes);
    return this.#route(this.#capture, this.#capture.scanner.push(bytes));
  }

  /** At the end of the output. A capture that was not ended is no message: it goes where other output goes. */
  flush(): void {
    if (this.#capture !== null) {
      this.#route(this.#capture, this.#capture.scanner.end());
      this.#deliver(this.#capture.buffer.take(), 'released');
    }
    if (this.#stripper !== null) this.#deliver(this.#stripper.end());
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
