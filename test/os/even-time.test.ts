import { describe, expect, it } from 'vitest';
import { createEvenTime } from '../../src/os/even-time.ts';

const year = 365 * 86_400_000;

function simulated() {
  let wall = 1_000_000_000_000;
  let passed = 5000;
  const time = createEvenTime({ now: () => wall, passed: () => passed });
  return {
    time,
    pass: (milliseconds: number) => {
      wall += milliseconds;
      passed += milliseconds;
    },
    set: (milliseconds: number) => {
      wall += milliseconds;
    },
    wall: () => wall,
  };
}

describe('an instant', () => {
  it('is what the wall clock shows, as long as nobody sets it', () => {
    const { time, pass, wall } = simulated();
    expect(time.stamp()).toBe(wall());
    pass(12_345);
    expect(time.stamp()).toBe(wall());
    expect(time.shown(time.stamp())).toBe(wall());
  });

  it.each([year * 10, -year * 10, 5000, -5000])('stays as far away when the clock is set by %i ms', (by) => {
    const { time, pass, set, wall } = simulated();
    const noted = time.stamp();
    pass(60_000);
    set(by);
    pass(1000);
    expect(wall() - time.shown(noted)).toBe(61_000);
    set(-by);
    expect(wall() - time.shown(noted)).toBe(61_000);
    expect(time.stamp()).toBe(noted + 61_000);
  });

  it('looks the same however often it is shown while the clock is corrected a little', () => {
    const { time, set } = simulated();
    const noted = time.stamp();
    for (let step = 0; step < 9; step += 1) {
      set(100);
      expect(time.shown(noted)).toBe(noted);
    }
  });
});

it('the time of the system passes evenly', () => {
  const time = createEvenTime();
  const [first, second] = [time.stamp(), time.stamp()];
  expect(Math.abs(first - Date.now())).toBeLessThan(1000);
  expect(second).toBeGreaterThanOrEqual(first);
});
