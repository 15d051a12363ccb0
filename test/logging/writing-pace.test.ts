import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WritingPace } from '../../src/logging/writing-pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What the pace says in the end about a program of which so many bytes are moved every so many milliseconds. */
function paceOf(bytes: number, everyMs: number, turns = 100): boolean {
  const pace = new WritingPace();
  let isWorthGathering = false;
  for (let turn = 0; turn < turns; turn += 1) {
    vi.advanceTimersByTime(everyMs);
    isWorthGathering = pace.isWorthGathering(bytes);
  }
  return isWorthGathering;
}

describe('gathering the writes of a program is worth it', () => {
  test.each([
    ['a hundred thousand lines a second, seen one by one', 1000, 0.1, true],
    ['a flood that is gathered already', 100_000, 2, true],
    ['a line now and then', 100, 10, false],
    ['ten thousand lines a second', 100, 0.1, false],
    ['as many as can be, each after the one before has been seen in the log', 100, 0.04, false],
    ['large writes without pause', 1_000_000, 1, false],
    ['a block now and then', 64_000, 100, false],
  ])('for %s: %d bytes every %d ms: %s', (_, bytes, everyMs, worth) => {
    expect(paceOf(bytes, everyMs)).toBe(worth);
  });

  test('only when it has gone on for a while', () => {
    expect(paceOf(1000, 0.1, 15)).toBe(false);
  });

  test('until the program pauses', () => {
    const pace = new WritingPace();
    let isWorthGathering = false;
    for (let turn = 0; turn < 100; turn += 1) isWorthGathering = pace.isWorthGathering(1000);
    expect(isWorthGathering).toBe(true);
    vi.advanceTimersByTime(2);
    expect(pace.isWorthGathering(100)).toBe(false);
  });
});
