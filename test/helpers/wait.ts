/** Waiting in tests: always for something observable, always with a bound, never for time to pass. */

/** Longest wait in milliseconds for anything that a busy machine should have done long ago. */
export const patienceMs = 25_000;

/**
 * Asks `probe` until it answers with something other than `undefined`, `null` or `false`, and returns that.
 *
 * @param what - Named in the error when the time is up.
 * @param options - `timeoutMs` and `everyMs`, both in milliseconds.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + (options.timeoutMs ?? patienceMs);
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, undefined | null | false>;
    }
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(options.everyMs ?? 50);
  }
}

/** One breath between two looks, in milliseconds. Tests wait with `waitFor`, not with this. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
