/**
 * Gives back what memory a burst of work has left behind. V8 collects such garbage when it needs room again, and the
 * allocator keeps what was freed for the next burst; of a daemon that then sleeps for months neither comes soon.
 */

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { takesFastPath } from './fast-paths.ts';
import { nativeCall } from './libc.ts';
import { releaseCode } from './resident-code.ts';

export interface MemoryTidying {
  /** Something has happened that takes memory: a program was started or has ended. Costs next to nothing. */
  stir(): void;
  /** Somebody has asked for something. Costs next to nothing. */
  use(): void;
  close(): void;
}

/** Milliseconds without anything stirring, and with hardly any work, until memory is tidied up. */
const quietMs = 2000;
/** Milliseconds from one time to the next if all that came between are requests: somebody may ask every second for ever. */
const betweenUsesMs = 60_000;
/** Part of that time in which the daemon may have worked. A collection would hold up somebody if it were more. */
const defaultQuietUtilization = 0.05;

/** Garbage is not worth the time, some ten milliseconds, before the heap has grown by so much since the last time. */
const worthwhileBytes = 4 * 1024 * 1024;

/** Milliseconds until V8's threads have given to the allocator what a collection has set free. */
const afterCollectionMs = 250;

const mallocTrim = nativeCall<[keptBytes: number], number>('int malloc_trim(size_t keptBytes)');
const mallocOption = nativeCall<[option: number, value: number], number>('int mallopt(int option, int value)');
const M_ARENA_MAX = -8;

export interface MemoryTidyingOptions {
  /** Shorter in tests; see `quietMs`. */
  readonly afterMs?: number;
  /** More in tests; see `defaultQuietUtilization`. */
  readonly quietUtilization?: number;
  /** Another in tests; see `tidyMemory`. */
  readonly tidy?: () => Promise<void>;
  /** Another in tests: bytes of the heap. */
  readonly heapSize?: () => number;
}

export function createMemoryTidying(options: MemoryTidyingOptions = {}): MemoryTidying {
  const { afterMs = quietMs, quietUtilization = defaultQuietUtilization } = options;
  const { tidy = tidyMemory, heapSize = () => getHeapStatistics().total_physical_size } = options;
  if (!takesFastPath('tidy')) return { stir: () => {}, use: () => {}, close: () => {} };
  let timer: NodeJS.Timeout | null = null;
  let stirred = false;
  /** The timer is for requests alone. */
  let isPatient = false;
  /** On the clock of `performance`. */
  let lastMs = Number.NEGATIVE_INFINITY;
  let closed = false;
  let heapBytes = 0;
  let since = performance.eventLoopUtilization();

  const watch = (forMs: number): void => {
    stirred = false;
    since = performance.eventLoopUtilization();
    // One timer for any number of programs: it looks whether others came after the one that it was set for.
    timer = setTimeout(look, forMs).unref();
  };
  const look = (): void => {
    timer = null;
    isPatient = false;
    if (closed) return;
    const { utilization } = performance.eventLoopUtilization(since);
    if (stirred || utilization > quietUtilization) watch(afterMs);
    else if (heapSize() > heapBytes + worthwhileBytes) void finish();
  };
  const finish = async (): Promise<void> => {
    lastMs = performance.now();
    await tidy();
    heapBytes = heapSize();
  };

  return {
    stir: () => {
      stirred = true;
      if (timer !== null && isPatient) {
        clearTimeout(timer);
        timer = null;
        isPatient = false;
      }
      if (timer === null && !closed) watch(afterMs);
    },
    use: () => {
      if (timer !== null || closed) return;
      isPatient = true;
      watch(Math.max(afterMs, lastMs + betweenUsesMs - performance.now()));
    },
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/**
 * Has the allocator keep one pool of memory for the threads that start to use it from now on, not one for each. Those of
 * V8 that collect garbage left 1.5 MiB with holes in each of four pools after a boot of a thousand programs.
 */
export function shareAllocations(): void {
  if (!takesFastPath('tidy')) return;
  try {
    mallocOption(M_ARENA_MAX, 1);
  } catch {
    // This C library has no such function.
  }
}

/** Collects all garbage, lets V8 give up what it does not need, then the allocator, and then the code of the start. */
export async function tidyMemory(): Promise<void> {
  await collectGarbage();
  await sleep(afterCollectionMs, undefined, { ref: false });
  for (const giveBack of [() => mallocTrim(0), releaseCode]) {
    try {
      giveBack();
    } catch {
      // This C library has no such function, or this system no such file.
    }
  }
}

/**
 * In Node 20 `global.gc` gives nothing back of the space for new objects, the largest part after a boot. What an inspector
 * is offered does, in all versions.
 */
async function collectGarbage(): Promise<void> {
  try {
    const { Session } = await import('node:inspector');
    const session = new Session();
    session.connect();
    await new Promise<void>((resolve) => {
      session.post('HeapProfiler.collectGarbage', () => resolve());
    });
    // Not from within the answer: V8 still holds a lock then that it needs for this.
    setImmediate(() => session.disconnect());
  } catch {
    // This Node was built without an inspector.
  }
}
