import { expect, test } from 'vitest';
import { formatDuration, formatSeconds } from '../../src/model/duration.ts';

test.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [240, '0.2 s'],
  [9_949, '9.9 s'],
  [9_990, '10 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [11_520_000, '3 h 12 min'],
  [86_400_000, '1 d'],
  [4 * 86_400_000 + 7 * 3_600_000 + 59_000, '4 d 7 h'],
])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [10_000, '10'],
  [500, '0.5'],
  [0, '0'],
])('%i ms of a setting are %s', (ms, text) => expect(formatSeconds(ms)).toBe(text));
