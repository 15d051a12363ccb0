/** What has been sent to an actor and has not been looked at by it yet, with what each event follows from. */

interface Sent {
  readonly event: object;
  /** Serial of a record. */
  readonly cause: number;
  next: Sent | null;
}

/** Most that is remembered of what waits for one actor: only causes of more would be lost. */
const mostSent = 4096;

/** In the order in which the actor will look at them. A chain, for it is nearly always empty or of one. */
export class SentEvents {
  #first: Sent | null = null;
  #last: Sent | null = null;
  #count = 0;

  add(event: object, cause: number): void {
    const sent = { event, cause, next: null };
    if (this.#last === null) this.#first = sent;
    else this.#last.next = sent;
    this.#last = sent;
    this.#count += 1;
    if (this.#count > mostSent && this.#first !== null) this.#dropUntil(this.#first);
  }

  /** What the event followed from that the actor looks at now; 0 when that is not known. */
  take(event: object): number {
    for (let sent = this.#first; sent !== null; sent = sent.next) {
      if (sent.event !== event) continue;
      this.#dropUntil(sent);
      return sent.cause;
    }
    return 0;
  }

  /** With all before it. */
  #dropUntil(last: Sent): void {
    while (this.#first !== null) {
      const sent = this.#first;
      this.#first = sent.next;
      this.#count -= 1;
      if (sent === last) break;
    }
    if (this.#first === null) this.#last = null;
  }
}
