/**
 * Clock events: one at the beginning of each slice of 5, 60 and 3600 seconds since the epoch. A timer exists only while
 * somebody asks for such events, and wakes only when the next one is due.
 */

import { tickPayload } from '../model/event-payload.ts';
import type { EventType } from '../model/event-types.ts';
import type { EventHub } from './event-hub.ts';

/** Type → length of its slices in seconds, in the order in which they are raised. */
const periods = [
  ['TICK_5', 5],
  ['TICK_60', 60],
  ['TICK_3600', 3600],
] as const satisfies readonly (readonly [EventType, number])[];

/** The wall clock may be set meanwhile, which no timer notices. */
const longestWaitMs = 60_000;

export class TickClock {
  readonly #hub: Pick<EventHub, 'wants' | 'raise'>;
  readonly #now: () => number;
  readonly #slices = new Map<EventType, number>();
  #timer: NodeJS.Timeout | null = null;

  /** @param now - Epoch milliseconds. */
  constructor(hub: Pick<EventHub, 'wants' | 'raise'>, now: () => number) {
    this.#hub = hub;
    this.#now = now;
  }

  /** To be called when other types are asked for than before. */
  update(): void {
    if (this.#wanted().length === 0) {
      this.stop();
      return;
    }
    if (this.#slices.size === 0) {
      // The slice in which the clock begins has begun before.
      for (const [type, seconds] of periods) this.#slices.set(type, sliceOf(this.#now(), seconds));
    }
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#slices.clear();
  }

  #wanted(): (typeof periods)[number][] {
    return periods.filter(([type]) => this.#hub.wants(type));
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const waits = this.#wanted().map(([, seconds]) => seconds * 1000 - modulo(this.#now(), seconds * 1000));
    this.#timer = setTimeout(() => this.#tick(), Math.min(longestWaitMs, ...waits));
  }

  #tick(): void {
    const now = this.#now();
    for (const [type, seconds] of periods) {
      const slice = sliceOf(now, seconds);
      // Also when the clock was set back; slices that were missed are not made up for.
      if (slice === this.#slices.get(type)) continue;
      this.#slices.set(type, slice);
      this.#hub.raise(type, () => tickPayload(slice));
    }
    if (this.#timer !== null) this.#schedule();
  }
}

/** Beginning of the slice, in epoch seconds. */
function sliceOf(nowMs: number, seconds: number): number {
  const nowSeconds = Math.floor(nowMs / 1000);
  return nowSeconds - modulo(nowSeconds, seconds);
}

const modulo = (number: number, divisor: number): number => ((number % divisor) + divisor) % divisor;
