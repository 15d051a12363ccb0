/**
 * When a program was started, as the system counts it, known without asking for it: the clock that the system notes for a
 * new process can be read before and after, and within one tick both readings say the same. Asking costs a file of /proc,
 * which took longer than all else that is written down about a start.
 */

import { takesFastPath } from './fast-paths.ts';
import { nativeCall } from './libc.ts';
import { processFacts } from './process-identity.ts';

const clockGettime = nativeCall<[clock: number, time: Buffer], number>('int clock_gettime(int clock, void *time)');

/** Goes on while the machine sleeps. */
const CLOCK_BOOTTIME = 7;
const ticksPerSecond = 100;
const nanosecondsPerTick = 1e9 / ticksPerSecond;

export interface StartTicks {
  /**
   * Runs `start`, which starts a process and returns its pid, or something else if it could not. `ticks` is when it was
   * started, in clock ticks since the system's start; null when that is not certain and has to be asked for.
   */
  timed<Failed extends object>(
    start: () => number | Failed,
  ): { readonly outcome: number | Failed; ticks: number | null };
  /** Clock ticks since the system's start; null while it is not certain that the system counts starts by the same clock. */
  now(): number | null;
}

/** @param read - The present ticks; null where there is no such clock. Another one in tests. */
export function createStartTicks(read: () => number | null = presentTicks): StartTicks {
  /** null until it was compared with what the system says: a system may count otherwise. */
  let isTrue: boolean | null = takesFastPath('start-time') ? null : false;
  return {
    timed: (start) => {
      if (isTrue === false) return { outcome: start(), ticks: null };
      const before = read();
      const outcome = start();
      if (typeof outcome !== 'number' || before === null || read() !== before) return { outcome, ticks: null };
      isTrue ??= processFacts(outcome)?.startTicks === before;
      return { outcome, ticks: isTrue ? before : null };
    },
    now: () => (isTrue === true ? read() : null),
  };
}

const time = Buffer.alloc(16);

function presentTicks(): number | null {
  if (clockGettime(CLOCK_BOOTTIME, time) !== 0) return null;
  const seconds = Number(time.readBigInt64LE(0));
  return seconds * ticksPerSecond + Math.floor(time.readUInt32LE(8) / nanosecondsPerTick);
}
