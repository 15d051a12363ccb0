/** A failing input made as small as it still fails, so that a person sees what matters. */

/**
 * Leaves out ever smaller pieces, then makes bytes plain.
 *
 * @param fails - Whether an input shows the same failure.
 * @param mostTries - Bound of the effort, as is `mostMs`.
 */
export async function minimize(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
  mostTries = 2000,
  mostMs = 60_000,
): Promise<Uint8Array> {
  let best = input;
  let tries = 0;
  const end = performance.now() + mostMs;
  const goesOn = (): boolean => tries < mostTries && performance.now() < end;
  const accept = async (candidate: Uint8Array): Promise<boolean> => {
    tries += 1;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1 && goesOn(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && goesOn(); ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await accept(shorter))) at += size;
    }
  }
  for (let at = 0; at < best.length && goesOn(); at += 1) {
    if (best[at] === 0x61) continue;
    const plain = Uint8Array.from(best);
    plain[at] = 0x61;
    await accept(plain);
  }
  return best;
}
