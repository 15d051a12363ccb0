/** The order of names in listings: by code point, the same on every machine and in every language setting. */

export const compareText = (left: string, right: string): number =>
  left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
