import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Backlog } from '../../src/trace/backlog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(isLate = true) {
  const backlog = new Backlog(isLate);
  const done: number[] = [];
  const add = (...numbers: readonly number[]): void => {
    for (const number of numbers) backlog.add(() => done.push(number));
  };
  return { backlog, done, add };
}

describe('what is put by', () => {
  test('is done in its order when nothing new has come for a while', () => {
    const { done, add } = open();
    add(1, 2);
    vi.advanceTimersByTime(200);
    add(3);
    vi.advanceTimersByTime(200);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(done).toEqual([1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is done when somebody asks, and once', () => {
    const { backlog, done, add } = open();
    add(1, 2);
    backlog.catchUp();
    add(3);
    backlog.catchUp();
    expect(done).toEqual([1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('comes to no end of memory', () => {
    const { done, add } = open();
    add(...Array.from({ length: 100_000 }, (_, number) => number));
    expect(done.length).toBeGreaterThan(80_000);
    vi.runAllTimers();
    expect(done).toEqual(Array.from({ length: 100_000 }, (_, number) => number));
  });

  test('waits for two seconds at most if there is no quiet', () => {
    const { done, add } = open();
    for (let time = 0; time < 30; time += 1) {
      add(time);
      vi.advanceTimersByTime(100);
    }
    expect(done.length).toBeGreaterThanOrEqual(19);
    expect(done.length).toBeLessThan(30);
  });

  test('is not lost when some of it fails', () => {
    const { backlog, done, add } = open();
    add(1);
    backlog.add(() => {
      throw new Error('defect');
    });
    add(2);
    expect(() => backlog.catchUp()).toThrow('defect');
    expect(done).toEqual([1]);
    backlog.catchUp();
    expect(done).toEqual([1, 2]);
  });

  test('does not wait while somebody looks on', () => {
    const { backlog, done, add } = open();
    add(1);
    backlog.isUrgent = true;
    expect(done).toEqual([1]);
    add(2);
    expect(done).toEqual([1, 2]);
    backlog.isUrgent = false;
    add(3);
    vi.advanceTimersByTime(100);
    expect(done).toEqual([1, 2]);
  });

  test('may add to it, and ask for it, while it is done', () => {
    const { backlog, done, add } = open();
    backlog.add(() => {
      add(3);
      backlog.catchUp();
      done.push(1);
    });
    add(2);
    backlog.catchUp();
    expect(done).toEqual([1, 2, 3]);
  });

  test('is done at once where that is switched off', () => {
    const { done, add } = open(false);
    add(1);
    expect(done).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
