/** A failing input made as small as it still fails, so that a person sees what matters. */

/**
 * Leaves out ever smaller pieces, then makes bytes plain.
 *
 * @param fails - Whether an input shows the same failure.
 * @param mostTries - Bound of the effort.
 */
export async function minimize(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
  mostTries = 2000,
): Promise<Uint8Array> {
  let best = input;
  let tries = 0;
  const accept = async (candidate: Uint8Array): Promise<boolean> => {
    tries += 1;
    if (tries > mostTries || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1 && tries < mostTries;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.length && tries < mostTries; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await accept(shorter))) at += size;
    }
  }
  for (let at = 0; at < best.length && tries < mostTries; at += 1) {
    if (best[at] === 0x61) continue;
    const plain = Uint8Array.from(best);
    plain[at] = 0x61;
    await accept(plain);
  }
  return best;
}
