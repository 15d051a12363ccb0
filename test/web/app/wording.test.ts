import { describe, expect, test } from 'vitest';
import { count, countDown, cpuOf, lengthOfTime, secondsLeft, sizeOf, timeOfDay } from '../../../src/web/app/wording.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('figures', () => {
  test.each([
    [-5, '0s'],
    [4999, '4s'],
    [2 * minute + 7000, '2m 07s'],
    [3 * hour + 12 * minute, '3h 12m'],
    [(8 * 24 + 4) * hour, '8d 04h'],
  ])('a length of %i ms is %s', (ms, text) => {
    expect(lengthOfTime(ms)).toBe(text);
  });

  test.each([
    [2449, '2.4 s'],
    [-1, '0.0 s'],
    [12_400, '12 s'],
  ])('what is left of %i ms is %s', (ms, text) => {
    expect(secondsLeft(ms)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1536, '1.5 KiB'],
    [43 * 1024 * 1024, '43 MiB'],
    [2 ** 50, '1024 TiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(sizeOf(bytes)).toBe(text);
  });

  test.each([
    [0.0004, '0.0 %'],
    [0.0996, '10 %'],
    [1.5, '150 %'],
  ])('a share of %d of a CPU is %s', (share, text) => {
    expect(cpuOf(share)).toBe(text);
  });

  test('a sentence with a timer counts down, and is left alone by others', () => {
    expect(countDown('next try in 1.9 s (1 of 3 used)', 400)).toBe('next try in 0.4 s (1 of 3 used)');
    expect(countDown('up for 3 s', 400)).toBe('up for 3 s');
    expect(countDown('next try in 1.9 s', 0)).toBe('next try in 1.9 s');
  });

  test('a time of day has its milliseconds, and a number its noun', () => {
    expect(timeOfDay(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
    expect([count(1, 'line'), count(0, 'line')]).toEqual(['1 line', '0 lines']);
  });
});
