/**
 * Bytes that could not be written yet, oldest first and bounded: what comes after the bound is counted as lost. It
 * keeps the beginning and not the end, so that a log continues without a gap as far as possible.
 */

/** Small, since a full disk concerns all logs at once. */
const limitBytes = 64 * 1024;

export class HeldBytes {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #lost = 0;

  /** Bytes held. */
  get length(): number {
    return this.#length;
  }

  /** Bytes refused since the last `clear`. */
  get lost(): number {
    return this.#lost;
  }

  /** Copies as much of `bytes` as there is room for. After the first loss nothing more is taken, or order would break. */
  add(bytes: Uint8Array): void {
    const kept = this.#lost > 0 ? 0 : Math.min(bytes.length, limitBytes - this.#length);
    if (kept > 0) this.#chunks.push(new Uint8Array(bytes.subarray(0, kept)));
    this.#length += kept;
    this.#lost += bytes.length - kept;
  }

  /**
   * Hands the bytes to `append`, which says how many of them it took, until all are taken or some are refused.
   *
   * @returns Whether nothing is held any more.
   */
  drain(append: (bytes: Uint8Array) => number): boolean {
    for (let head = this.#chunks[0]; head !== undefined; head = this.#chunks[0]) {
      const taken = append(head);
      this.#length -= taken;
      if (taken < head.length) {
        this.#chunks[0] = head.subarray(taken);
        return false;
      }
      this.#chunks.shift();
    }
    return true;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
    this.#lost = 0;
  }
}
