import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growthExponent, median, quantile } from './statistics.ts';

describe('order statistics', () => {
  test.each([
    { values: [3], share: 0.5, expected: 3 },
    { values: [9, 1, 5], share: 0.5, expected: 5 },
    { values: [1, 2, 3, 4], share: 0.5, expected: 2.5 },
    { values: [0, 10], share: 0.95, expected: 9.5 },
    { values: [4, 2, 8], share: 0, expected: 2 },
    { values: [4, 2, 8], share: 1, expected: 8 },
  ])('the quantile $share of $values is $expected', ({ values, share, expected }) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 10);
  });

  test('a quantile of nothing is not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });

  test('the median does not depend on the order of values, and leaves them in it', () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, (some) => {
        const before = [...some];
        expect(median(some)).toBe(median(some.toReversed()));
        expect(some).toEqual(before);
      }),
    );
  });
});

describe('growth', () => {
  test.each([
    { cost: 3, exponent: 1 },
    { cost: 9, exponent: 2 },
    { cost: 1, exponent: 0 },
  ])('three times as many for $cost times as much is a power of $exponent', ({ cost, exponent }) => {
    expect(growthExponent({ size: 1000, cost: 1 }, { size: 3000, cost })).toBeCloseTo(exponent, 10);
  });
});
