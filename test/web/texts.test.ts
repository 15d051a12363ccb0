/** Addresses and times as Supervisor's pages write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarTime } from '../../src/web/calendar-time.ts';
import { percentEncode } from '../../src/web/percent-encoding.ts';

describe('percentEncode', () => {
  test.each([
    ['group:process_1', 'group%3Aprocess_1'],
    ['a/b-c.d~e', 'a/b-c.d~e'],
    ["!'()*", '%21%27%28%29%2A'],
    ['Page refreshed', 'Page%20refreshed'],
    ['café', 'caf%C3%A9'],
    ['\ud800', '%EF%BF%BD'],
  ])('writes %j as %s', (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded);
  });

  test('is undone by decoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeURIComponent(percentEncode(text))).toBe(text);
      }),
    );
  });
});

describe('calendarTime', () => {
  test('has the form of ctime, with a blank before a single digit of the day', () => {
    expect(calendarTime(new Date(2026, 10, 2, 4, 5, 9).getTime())).toBe('Mon Nov  2 04:05:09 2026');
    expect(calendarTime(new Date(2026, 10, 22, 14, 44, 9).getTime())).toBe('Sun Nov 22 14:44:09 2026');
  });
});
