/** The order of names in listings: by code point, the same on every machine and in every language setting. */

export function compareText(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (one !== other) return rankOf(one) - rankOf(other);
  }
  return left.length - right.length;
}

const firstSurrogate = 0xd800;
const lastSurrogate = 0xdfff;

/** A code point beyond 16 bits begins with a surrogate, and comes after all that fit into them. */
function rankOf(unit: number): number {
  return unit >= firstSurrogate && unit <= lastSurrogate ? unit + 0x10000 : unit;
}
