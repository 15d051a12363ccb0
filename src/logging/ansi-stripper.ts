/**
 * Removes ANSI escape sequences as Supervisor's `strip_ansi` does, from ESC `[` to the first of a fixed set of final
 * characters, but whatever the pieces in which the bytes arrive. What turns out not to be a sequence is passed on.
 */

const escapeByte = 0x1b;
const bracketByte = 0x5b;

/** Supervisor's set of final characters. */
const finalBytes = new Set(Buffer.from('HfABCDRsuJKhlpm'));

/** Real sequences are far shorter; a longer one would silently take ordinary output with it. */
const longestSequenceBytes = 256;

const nothing = new Uint8Array(0);

export class AnsiStripper {
  /** The beginning of a sequence whose end has not arrived yet; it begins with ESC. */
  #begun: Uint8Array = nothing;

  /** `bytes` without sequences, together with what was kept back before; possibly a view of `bytes`. */
  push(bytes: Uint8Array): Uint8Array {
    const input = this.#begun.length > 0 ? Buffer.concat([this.#begun, bytes]) : bytes;
    this.#begun = nothing;
    let start = input.indexOf(escapeByte);
    if (start < 0) return input;
    const pieces: Uint8Array[] = [];
    let shown = 0;
    while (start >= 0) {
      const end = sequenceEnd(input, start);
      if (end === 'open') {
        pieces.push(input.subarray(shown, start));
        this.#begun = new Uint8Array(input.subarray(start));
        return Buffer.concat(pieces);
      }
      if (end !== null) {
        pieces.push(input.subarray(shown, start));
        shown = end;
      }
      start = input.indexOf(escapeByte, end ?? start + 1);
    }
    pieces.push(input.subarray(shown));
    return Buffer.concat(pieces);
  }

  /** What was kept back, at the end of the output: it was no sequence. */
  end(): Uint8Array {
    const rest = this.#begun;
    this.#begun = nothing;
    return rest;
  }
}

/** The position behind the sequence that begins at `start`; null if there is none; `open` if that is not known yet. */
function sequenceEnd(input: Uint8Array, start: number): number | null | 'open' {
  if (start + 1 === input.length) return 'open';
  if (input[start + 1] !== bracketByte) return null;
  const limit = Math.min(input.length, start + longestSequenceBytes);
  for (let position = start + 2; position < limit; position += 1) {
    if (finalBytes.has(input[position] ?? 0)) return position + 1;
  }
  return limit - start === longestSequenceBytes ? null : 'open';
}
