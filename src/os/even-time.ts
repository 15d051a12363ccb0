/**
 * Instants that stay comparable when the wall clock is set: a machine without a battery learns the year minutes after its
 * start, and an uptime of fifty years would be no truth. What is kept is noted on an even timeline, and translated to what
 * the wall clock says when it is shown.
 */

import { uptime } from 'node:os';

export interface EvenTime {
  /** Epoch milliseconds as the wall clock would show them had nobody set it since the daemon's start. */
  stamp(): number;
  /** The same instant in the epoch milliseconds of the present wall clock. */
  shown(stamp: number): number;
}

export interface EvenTimeSources {
  /** Epoch milliseconds; may jump. */
  readonly now: () => number;
  /** Milliseconds since some beginning; never jump, and pass also while the machine sleeps. */
  readonly passed: () => number;
}

/** What the wall clock differs less is left alone: the same instant must look the same each time it is shown. */
const leastJumpMs = 1000;

export function createEvenTime(sources: Partial<EvenTimeSources> = {}): EvenTime {
  const { now = () => Date.now(), passed = systemTime() } = sources;
  const start = now() - passed();
  let jump = 0;
  const stamp = (): number => Math.round(start + passed());
  return {
    stamp,
    shown: (noted) => {
      const found = now() - stamp();
      if (Math.abs(found - jump) >= leastJumpMs) jump = found;
      return noted + jump;
    },
  };
}

export interface SystemTimeSources {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds; precise, but stands still while the machine sleeps. */
  readonly steady: () => number;
  /** Milliseconds since the machine was started; coarse, and Node opens a file for it. */
  readonly uptime: () => number;
}

/** When the wall clock has moved so many milliseconds against the precise one, somebody has set it, or the machine has slept. */
const suspiciousMs = 500;

/** Milliseconds that have passed, those of sleep included. */
export function createSystemTime({ now, steady, uptime }: SystemTimeSources): () => number {
  const start = uptime() - steady();
  let slept = 0;
  let ahead = now() - steady();
  return () => {
    const passed = steady();
    const found = now() - passed;
    if (Math.abs(found - ahead) >= suspiciousMs) {
      ahead = found;
      const difference = uptime() - passed - start;
      if (difference - slept >= leastJumpMs) slept = difference;
    }
    return passed + slept;
  };
}

const systemTime = (): (() => number) =>
  createSystemTime({ now: () => Date.now(), steady: () => performance.now(), uptime: () => uptime() * 1000 });
