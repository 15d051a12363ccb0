import { getHeapStatistics } from 'node:v8';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryTidying, type MemoryTidying, tidyMemory } from '../../src/os/memory-tidying.ts';

const opened: MemoryTidying[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const one of opened.splice(0)) one.close();
});

function open(afterMs: number) {
  const seen = { times: 0, heapBytes: 5e6 };
  const tidying = createMemoryTidying({
    afterMs,
    quietUtilization: 1,
    tidy: async () => {
      seen.times += 1;
    },
    heapSize: () => seen.heapBytes,
  });
  opened.push(tidying);
  return { tidying, seen };
}

describe('memory', () => {
  test('is tidied up once after things have stirred, and not again without new garbage', async () => {
    const { tidying, seen } = open(1000);
    for (let time = 0; time < 100; time += 1) tidying.stir();
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.times).toBe(1);
    tidying.stir();
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.times).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not touched as long as things stir, or when the daemon ends', async () => {
    const { tidying, seen } = open(1000);
    for (let time = 0; time < 20; time += 1) {
      tidying.stir();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(seen.times).toBe(0);
    tidying.close();
    tidying.stir();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is tidied up after requests, too, even if they never end, but not again at once', async () => {
    const { tidying, seen } = open(1000);
    for (let time = 0; time < 10; time += 1) {
      tidying.use();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(seen.times).toBe(1);
    seen.heapBytes += 5e6;
    for (let time = 0; time < 100; time += 1) {
      tidying.use();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(seen.times).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.times).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not have to wait for that once things stir', async () => {
    const { tidying, seen } = open(1000);
    tidying.use();
    await vi.advanceTimersByTimeAsync(1500);
    expect(seen.times).toBe(1);
    tidying.use();
    seen.heapBytes += 5e6;
    tidying.stir();
    await vi.advanceTimersByTimeAsync(1500);
    expect(seen.times).toBe(2);
  });

  test('is not touched at all where that is switched off', async () => {
    vi.stubEnv('STATEVISOR_PLAIN', 'tidy');
    const { tidying } = open(1000);
    tidying.stir();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that garbage has taken is given back, and what is in use stays', async () => {
    vi.useRealTimers();
    const kept = fillHeap().filter((_, index) => index % 100 === 0);
    const before = getHeapStatistics().total_physical_size;
    await tidyMemory();
    await tidyMemory();
    expect(getHeapStatistics().total_physical_size).toBeLessThan(before);
    expect(kept[7]).toEqual({ number: 700, text: 'number 700' });
  });
});

const fillHeap = () => Array.from({ length: 500_000 }, (_, number) => ({ number, text: `number ${number}` }));
