/** What is made of many measured values: order statistics, because a busy machine only ever adds, and how a cost grows. */

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The value below which a share of all values lies, between two of them by the distance to each.
 *
 * @param share - From 0 to 1.
 * @returns NaN when there are no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** The power of the size with which a cost grows: 1 for a cost in proportion, 2 for one that is quadratic. */
export function growthExponent(small: { size: number; cost: number }, large: { size: number; cost: number }): number {
  return Math.log(large.cost / small.cost) / Math.log(large.size / small.size);
}
