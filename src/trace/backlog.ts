/**
 * What is still to be noted in the trace. A burst of work, as when a hundred programs end at once, should not wait for what
 * somebody may want to know of it later: what was seen is put by, and noted when all is quiet, or when somebody asks.
 */

/** Milliseconds without anything new until it is noted. */
const quietMs = 250;

/** Of more that is put by, the memory it holds would be felt: a start of a program leaves fifteen. */
const most = 16_384;

export class Backlog {
  readonly #isLate: boolean;
  #entries: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #countBefore = 0;
  #isCatchingUp = false;
  #isUrgent = false;

  /** @param isLate - False if nothing is ever put by. */
  constructor(isLate: boolean) {
    this.#isLate = isLate;
  }

  /** What is put by is done in the order in which it was, sooner or later. */
  add(entry: () => void): void {
    this.#entries.push(entry);
    if (!this.#isLate || this.#entries.length >= most) this.catchUp();
    else if (this.#isUrgent) this.#immediate ??= setImmediate(() => this.catchUp());
    else this.#timer ??= this.#wait();
  }

  /** Does all that is put by. */
  catchUp(): void {
    // Who is told of something may ask for more: the rest follows in its turn.
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    this.#rest();
    const entries = this.#entries;
    try {
      for (const entry of entries) entry();
    } finally {
      this.#entries = [];
      this.#isCatchingUp = false;
    }
  }

  /** Whether somebody looks on, and nothing is to be put by for longer than a turn of the event loop. */
  set isUrgent(isUrgent: boolean) {
    this.#isUrgent = isUrgent;
    if (isUrgent) this.catchUp();
  }

  #wait(): NodeJS.Timeout {
    this.#countBefore = this.#entries.length;
    return setTimeout(() => {
      this.#timer = null;
      if (this.#entries.length > this.#countBefore) this.#timer = this.#wait();
      else this.catchUp();
    }, quietMs).unref();
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }
}
