/**
 * Finds what a program writes between Supervisor's two communication tokens, wherever the pieces of its output begin
 * and end. Only what may be the beginning of a token is kept back, and it is given out when the output ends.
 */

const beginToken = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
const endToken = Buffer.from('<!--XSUPERVISOR:END-->');

/** Output, outside or inside of a capture, or one of the two tokens. */
export type CapturePiece =
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly captured: boolean }
  | { readonly kind: 'begin' | 'end' };

const nothing = Buffer.alloc(0);

export class CaptureScanner {
  #inside = false;
  #held: Buffer = nothing;

  /** The pieces `bytes` consists of, together with what was kept back before. Some are views of `bytes`. */
  push(bytes: Uint8Array): readonly CapturePiece[] {
    let rest = Buffer.concat([this.#held, bytes]);
    const pieces: CapturePiece[] = [];
    for (;;) {
      const token = this.#inside ? endToken : beginToken;
      const at = rest.indexOf(token);
      if (at === -1) break;
      if (at > 0) pieces.push(this.#text(rest.subarray(0, at)));
      pieces.push({ kind: this.#inside ? 'end' : 'begin' });
      this.#inside = !this.#inside;
      rest = rest.subarray(at + token.length);
    }
    const held = begunToken(rest, this.#inside ? endToken : beginToken);
    this.#held = Buffer.from(rest.subarray(rest.length - held));
    if (rest.length > held) pieces.push(this.#text(rest.subarray(0, rest.length - held)));
    return pieces;
  }

  /** What was kept back, at the end of the output: it was no token. */
  end(): readonly CapturePiece[] {
    const held = this.#held;
    this.#held = nothing;
    return held.length === 0 ? [] : [this.#text(held)];
  }

  #text(bytes: Uint8Array): CapturePiece {
    return { kind: 'text', bytes, captured: this.#inside };
  }
}

/** How many bytes at the end of `text` are the beginning of `token`. */
function begunToken(text: Buffer, token: Buffer): number {
  for (let length = Math.min(text.length, token.length - 1); length > 0; length -= 1) {
    if (text.subarray(text.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}

/** The end of what was captured, within a bound. */
export class CaptureBuffer {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Copies `bytes`; what was captured first gives way. */
  append(bytes: Uint8Array): void {
    this.#chunks.push(new Uint8Array(bytes.subarray(Math.max(0, bytes.length - this.#maxBytes))));
    this.#length += Math.min(bytes.length, this.#maxBytes);
    // Not with each chunk: cutting costs as much as the whole is long.
    if (this.#length >= 2 * this.#maxBytes) this.#cut();
  }

  /** Everything captured; the buffer is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.#cut();
    this.#chunks = [];
    this.#length = 0;
    return bytes;
  }

  #cut(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    const kept = all.subarray(Math.max(0, all.length - this.#maxBytes));
    this.#chunks = [kept];
    this.#length = kept.length;
    return kept;
  }
}
