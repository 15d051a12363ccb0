/** Timers for the machines. Node fires a timer of more than 2³¹−1 ms at once; configured waits may well be longer. */

const longestMs = 2 ** 31 - 1;

interface LongTimer {
  current: NodeJS.Timeout;
}

/** The clock XState's `after` uses: `setTimeout` takes any number of milliseconds. */
export const longClock = {
  setTimeout: (callback: () => void, timeoutMs: number): LongTimer => {
    const arm = (leftMs: number): NodeJS.Timeout =>
      leftMs <= longestMs
        ? setTimeout(callback, leftMs)
        : setTimeout(() => {
            timer.current = arm(leftMs - longestMs);
          }, longestMs);
    const timer: LongTimer = { current: arm(timeoutMs) };
    return timer;
  },
  clearTimeout: (timer: LongTimer): void => clearTimeout(timer.current),
};
