/**
 * What is still to be noted in the trace. A burst of work, as when a hundred programs end at once, should not wait for what
 * somebody may want to know of it later: what was seen is put by, and noted when all is quiet, or when somebody asks.
 */

/** Milliseconds without anything new until it is noted. */
const quietMs = 250;

/** But no longer than so many times that: programs that fail again and again leave no quiet. */
const mostWaits = 8;

/** Of more that is put by, the memory it holds would be felt: a start of a program leaves fifteen. */
const most = 16_384;

export class Backlog {
  readonly #isLate: boolean;
  #entries: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isCatchingUp = false;
  #isUrgent = false;

  /** @param isLate - False if nothing is ever put by. */
  constructor(isLate: boolean) {
    this.#isLate = isLate;
  }

  /** What is put by is done in the order in which it was, sooner or later. */
  add(entry: () => void): void {
    this.#entries.push(entry);
    if (!this.#isLate || this.#isUrgent || this.#entries.length >= most) this.catchUp();
    else this.#timer ??= this.#wait(1);
  }

  /** Does all that is put by. What throws is gone, and the rest is done with what follows. */
  catchUp(): void {
    // Who is told of something may ask for more: the rest follows in its turn.
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const entries = this.#entries;
    let done = 0;
    try {
      for (const entry of entries) {
        done += 1;
        entry();
      }
    } finally {
      this.#entries = done === entries.length ? [] : entries.slice(done);
      this.#isCatchingUp = false;
    }
  }

  /** Whether somebody looks on, so that nothing is put by. */
  set isUrgent(isUrgent: boolean) {
    this.#isUrgent = isUrgent;
    if (isUrgent) this.catchUp();
  }

  #wait(waits: number): NodeJS.Timeout {
    const before = this.#entries.length;
    return setTimeout(() => {
      this.#timer = null;
      if (this.#entries.length > before && waits < mostWaits) this.#timer = this.#wait(waits + 1);
      else this.catchUp();
    }, quietMs).unref();
  }
}
