import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventHub, createSerials, type EventHub } from '../../src/actors/event-hub.ts';
import { TickClock } from '../../src/actors/tick.ts';
import { coveredTypes } from '../../src/model/event-types.ts';

/** Epoch milliseconds: two seconds before a full minute. */
const beginning = 1_795_358_818_000;

beforeEach(() => {
  vi.useFakeTimers({ now: beginning });
});

afterEach(() => {
  vi.useRealTimers();
});

function openClock(): { readonly hub: EventHub; readonly ticks: string[]; listen(...types: readonly string[]): void } {
  const ticks: string[] = [];
  const hub = createEventHub({ server: '', nextSerial: createSerials(), onInterest: () => clock.update() });
  const clock = new TickClock(hub, Date.now);
  const listen = (...types: readonly string[]): void =>
    hub.subscribe({
      name: 'pool',
      types: coveredTypes(types),
      accept: ({ type, payload }) => ticks.push(`${type} ${payload}`),
    });
  return { hub, ticks, listen };
}

test('ticks come at the beginning of their slices, the shorter ones first', () => {
  const { ticks, listen } = openClock();
  listen('TICK');
  vi.advanceTimersByTime(1999);
  expect(ticks).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ticks).toEqual(['TICK_5 when:1795358820', 'TICK_60 when:1795358820']);
  vi.advanceTimersByTime(10_000);
  expect(ticks.slice(2)).toEqual(['TICK_5 when:1795358825', 'TICK_5 when:1795358830']);
});

test('an hour of ticks is complete', () => {
  const { ticks, listen } = openClock();
  listen('TICK');
  vi.advanceTimersByTime(3_600_000);
  const count = (type: string): number => ticks.filter((tick) => tick.startsWith(`${type} `)).length;
  expect([count('TICK_5'), count('TICK_60'), count('TICK_3600')]).toEqual([720, 60, 1]);
});

test('there is a timer only while somebody asks for ticks, and it wakes only for those', () => {
  const { hub, ticks, listen } = openClock();
  listen('PROCESS_STATE');
  expect(vi.getTimerCount()).toBe(0);
  listen('TICK_60');
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersToNextTimer();
  expect(Date.now()).toBe(beginning + 2000);
  vi.advanceTimersToNextTimer();
  expect(Date.now()).toBe(beginning + 62_000);
  expect(ticks).toEqual(['TICK_60 when:1795358820', 'TICK_60 when:1795358880']);
  hub.unsubscribe('pool');
  expect(vi.getTimerCount()).toBe(0);
});

test('a clock that is set to another time ticks once for it, and makes nothing up', () => {
  const { ticks, listen } = openClock();
  listen('TICK_5');
  vi.advanceTimersByTime(2000);
  vi.setSystemTime(beginning + 86_400_000);
  vi.advanceTimersByTime(5000);
  vi.setSystemTime(beginning - 86_400_000);
  vi.advanceTimersByTime(5000);
  expect(ticks).toHaveLength(3);
});

test('a slice that had begun before anybody asked is not told', () => {
  const { hub, ticks, listen } = openClock();
  listen('TICK_5');
  vi.advanceTimersByTime(2000);
  hub.unsubscribe('pool');
  vi.advanceTimersByTime(10_000);
  listen('TICK_5');
  expect(ticks).toEqual(['TICK_5 when:1795358820']);
  vi.advanceTimersByTime(5000);
  expect(ticks).toEqual(['TICK_5 when:1795358820', 'TICK_5 when:1795358835']);
});
