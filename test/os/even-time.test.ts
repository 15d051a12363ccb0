import { describe, expect, it } from 'vitest';
import { createEvenTime, createSystemTime } from '../../src/os/even-time.ts';

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

describe('the time of the system', () => {
  function machine() {
    let [wall, steady, uptime, asked] = [1_000_000_000_000, 0, 70_000, 0];
    const passed = createSystemTime({
      now: () => wall,
      steady: () => steady,
      uptime: () => {
        asked += 1;
        return uptime;
      },
    });
    asked = 0;
    return {
      passed,
      asked: () => asked,
      run: (milliseconds: number) => {
        wall += milliseconds;
        steady += milliseconds;
        uptime += milliseconds;
      },
      sleep: (milliseconds: number) => {
        wall += milliseconds;
        uptime += milliseconds;
      },
      set: (milliseconds: number) => {
        wall += milliseconds;
      },
    };
  }

  it('passes while the machine sleeps, too', () => {
    const { passed, run, sleep } = machine();
    run(1000);
    expect(passed()).toBe(1000);
    sleep(3_600_000);
    expect(passed()).toBe(3_601_000);
    run(5);
    expect(passed()).toBe(3_601_005);
    sleep(2000);
    expect(passed()).toBe(3_603_005);
  });

  it('is not moved by whoever sets the wall clock', () => {
    const { passed, run, set, sleep } = machine();
    set(year);
    run(10);
    expect(passed()).toBe(10);
    set(-2 * year);
    expect(passed()).toBe(10);
    sleep(7000);
    expect(passed()).toBe(7010);
  });

  it('asks the system again only when the wall clock has moved against the precise one', () => {
    const { passed, run, sleep, asked } = machine();
    for (let step = 0; step < 100; step += 1) {
      run(60_000);
      passed();
    }
    expect(asked()).toBe(0);
    sleep(60_000);
    for (let step = 0; step < 100; step += 1) passed();
    expect(asked()).toBe(1);
  });
});

it('the time of the system passes evenly', () => {
  const time = createEvenTime();
  const [first, second] = [time.stamp(), time.stamp()];
  expect(Math.abs(first - Date.now())).toBeLessThan(1000);
  expect(second).toBeGreaterThanOrEqual(first);
});
