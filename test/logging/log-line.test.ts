import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classicLine } from '../../src/logging/log-line.ts';

test('milliseconds are behind a comma and everything has its full width', () => {
  const at = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
  expect(classicLine(20, at, 'text')).toBe('2026-01-02 03:04:05,006 INFO text\n');
  expect(classicLine(50, at + 994, 'text')).toBe('2026-01-02 03:04:06,000 CRIT text\n');
  expect(classicLine(3, at, '')).toBe('2026-01-02 03:04:05,006 BLAT \n');
});

test('any two times after one another are each shown as they are', () => {
  const time = fc.date({ min: new Date(2000, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true });
  fc.assert(
    fc.property(time, fc.integer({ min: -2000, max: 2000 }), (date, step) => {
      for (const at of [date.getTime(), date.getTime() + step]) {
        const shown = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+),(\d+) /
          .exec(classicLine(20, at, ''))
          ?.slice(1)
          .map(Number);
        const local = new Date(at);
        expect(shown).toEqual([
          local.getFullYear(),
          local.getMonth() + 1,
          local.getDate(),
          local.getHours(),
          local.getMinutes(),
          local.getSeconds(),
          local.getMilliseconds(),
        ]);
      }
    }),
  );
});
