import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseBefore } from '../../../src/web/app/reconnecting.ts';

test('the pause before another try grows, and never beyond a quarter of a minute and some', () => {
  expect([0, 1, 2, 3].map((tries) => pauseBefore(tries, 0.5))).toEqual([500, 1000, 2000, 4000]);
  const tries = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(tries, fc.double({ min: 0, max: 1, noNaN: true }), (number, chance) => {
      const pause = pauseBefore(number, chance);
      expect(pause).toBeGreaterThanOrEqual(375);
      expect(pause).toBeLessThanOrEqual(18_750);
    }),
  );
});
