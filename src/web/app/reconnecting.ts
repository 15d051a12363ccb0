/** How long to wait before the next try to connect: longer each time, and never all pages at once. Pure. */

const first = 500;
const longest = 15_000;

/** @param tries failed ones so far. @param chance 0 … 1. Returns milliseconds. */
export const pauseBefore = (tries: number, chance: number): number =>
  Math.round(Math.min(longest, first * 2 ** tries) * (0.75 + chance / 2));
