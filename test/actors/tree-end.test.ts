import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endTree } from '../../src/actors/tree-end.ts';
import type { EndableTree } from '../../src/os/os.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function bench(living: number[], options: { readonly refused?: readonly number[] } = {}) {
  const deeds: string[] = [];
  const tree: EndableTree = {
    living: () => [...living],
    signal: (signal) => {
      deeds.push(`signal ${signal}`);
      return [];
    },
    kill: () => {
      deeds.push('kill');
      return options.refused ?? [];
    },
    close: () => deeds.push('close'),
  };
  const log: string[] = [];
  const end = endTree({
    tree,
    name: 'web',
    stopSignal: { name: 'SIGINT', number: 2 },
    patienceMs: 5000,
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
    onGone: () => deeds.push('gone'),
  });
  return { end, deeds, log, living };
}

describe('what a program has left behind', () => {
  test('is nothing as a rule: the end comes at once, and nothing is said', () => {
    const { end, deeds, log } = bench([]);
    expect(end.isLingering).toBe(false);
    expect(deeds).toEqual(['close', 'gone']);
    expect(log).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gets the stop signal once, and the end comes when it is gone', () => {
    const { end, deeds, log, living } = bench([7, 8]);
    expect(end.isLingering).toBe(true);
    living.pop();
    vi.advanceTimersByTime(2000);
    expect(deeds).toEqual(['signal 2']);
    living.pop();
    vi.advanceTimersByTime(250);
    expect(deeds).toEqual(['signal 2', 'close', 'gone']);
    expect(log).toEqual(["ending what 'web' has left behind (7, 8) with SIGINT"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is killed when the patience is over, and again every second until it is gone', () => {
    const { deeds, log, living } = bench([7]);
    vi.advanceTimersByTime(4999);
    expect(deeds).toEqual(['signal 2']);
    vi.advanceTimersByTime(1);
    expect(deeds).toEqual(['signal 2', 'kill']);
    vi.advanceTimersByTime(1000);
    expect(deeds).toEqual(['signal 2', 'kill', 'kill']);
    living.pop();
    vi.advanceTimersByTime(250);
    expect(deeds.slice(3)).toEqual(['close', 'gone']);
    expect(log.slice(1, 3)).toEqual(Array(2).fill("killing what 'web' has left behind (7) with SIGKILL"));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is killed at once when there is no time left', () => {
    const { end, deeds } = bench([7]);
    end.hurry();
    expect(deeds).toEqual(['signal 2', 'kill']);
  });

  test('is given up when it may not be killed', () => {
    const { end, deeds, log } = bench([7], { refused: [7] });
    end.hurry();
    expect(deeds).toEqual(['signal 2', 'kill', 'close', 'gone']);
    expect(log.at(-1)).toBe("cannot kill what 'web' has left behind (7), going on without it");
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not looked at any more once nobody waits', () => {
    const { end } = bench([7]);
    end.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
