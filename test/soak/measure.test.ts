import { describe, expect, test } from 'vitest';
import { compareEnds, growthOf, quantile, type Sample } from './measure.ts';

const sample = (progress: number, values: Partial<Sample> = {}): Sample => ({
  progress,
  memoryKib: 50_000,
  descriptors: 30,
  latencyMs: 1,
  ...values,
});

describe('the ends of a phase', () => {
  test('are its first and its last tenth', () => {
    const samples = Array.from({ length: 100 }, (_, index) => sample(index / 100, { memoryKib: index }));
    const { first, last } = compareEnds(samples);
    expect(first.memoryKib).toBe(5);
    expect(last.memoryKib).toBe(95);
  });

  test('cannot be compared when one of them has no samples', () => {
    expect(() => compareEnds([sample(0), sample(0.5)])).toThrow('no samples');
  });

  test('are flat when nothing grows, and when only single answers are slow', () => {
    const samples = [sample(0), sample(0.01), sample(0.02), sample(0.95), sample(0.96, { latencyMs: 900 }), sample(1)];
    expect(growthOf(compareEnds(samples))).toEqual([]);
  });

  test('are not flat when memory or the time of answers grows', () => {
    const grown = (looks: number): readonly Sample[] =>
      Array.from({ length: looks }, () => [sample(0), sample(1, { memoryKib: 200_000, latencyMs: 20 })]).flat();
    expect(growthOf(compareEnds(grown(30)))).toEqual([
      'memory has grown from 50000 to 200000 KiB',
      'answers take 20.0 ms instead of 1.0 ms',
    ]);
    expect(growthOf(compareEnds(grown(5)))).toEqual(['memory has grown from 50000 to 200000 KiB']);
  });
});

test('a quantile is a value that so many of all do not exceed', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5);
  expect(quantile([7], 0)).toBe(7);
});
