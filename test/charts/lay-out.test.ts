import { describe, expect, test } from 'vitest';
import { layOut } from '../../src/charts/layout/lay-out.ts';
import { chartedMachines } from '../../src/charts/machines.ts';
import { readOutline } from '../../src/charts/outline.ts';
import type { Chart, ChartState } from '../../src/model/chart.ts';

const charts = await Promise.all(
  [...chartedMachines].map(async ([name, machine]) => [name, await layOut(readOutline(name, machine))] as const),
);

describe.each(charts)('the chart of the %s machine', (name, chart) => {
  test('has a box for each state, inside that of the state around it', () => {
    for (const state of chart.states) {
      expect(state.width * state.height).toBeGreaterThan(0);
      const around = state.parent === null ? { x: 0, y: 0, ...sizeOf(chart) } : stateAt(chart, state.parent);
      expect(isWithin(state, around)).toBe(true);
    }
  });

  test('lets no two states of the same one overlap', () => {
    for (const one of chart.states)
      for (const other of chart.states)
        if (one !== other && one.parent === other.parent) expect(overlap(one, other)).toBe(false);
  });

  test('leads each line from its source to its target, with the label in the picture', () => {
    for (const { id, source, target, points, label } of chart.transitions) {
      if (target === null) {
        expect([id, points, label]).toEqual([id, [], null]);
        continue;
      }
      expect(isAtBorder(points.at(0)!, stateAt(chart, source))).toBe(true);
      expect(isAtBorder(points.at(-1)!, stateAt(chart, target))).toBe(true);
      expect(isWithin(label!, { x: 0, y: 0, ...sizeOf(chart) })).toBe(true);
    }
  });

  test('covers no label by another one or by a state', () => {
    const labels = chart.transitions.flatMap(({ label }) => (label === null ? [] : [label]));
    const leaves = chart.states.filter(({ kind }) => kind !== 'compound');
    for (const label of labels) {
      expect(labels.filter((other) => other !== label && overlap(label, other))).toEqual([]);
      expect(leaves.filter((state) => overlap(label, state))).toEqual([]);
    }
  });

  test('is the same each time it is made', async () => {
    expect(await layOut(readOutline(name, chartedMachines.get(name)!))).toEqual(chart);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const sizeOf = ({ width, height }: Chart) => ({ width, height });

const stateAt = ({ states }: Chart, path: string): ChartState => states.find((state) => state.path === path)!;

/** Rounding may move an edge so far. */
const slack = 0.2;

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x - slack &&
  inner.y >= outer.y - slack &&
  inner.x + inner.width <= outer.x + outer.width + slack &&
  inner.y + inner.height <= outer.y + outer.height + slack;

const overlap = (one: Box, other: Box): boolean =>
  one.x + slack < other.x + other.width &&
  other.x + slack < one.x + one.width &&
  one.y + slack < other.y + other.height &&
  other.y + slack < one.y + one.height;

function isAtBorder({ x, y }: { readonly x: number; readonly y: number }, box: Box): boolean {
  const near = (one: number, other: number): boolean => Math.abs(one - other) <= 1;
  const beside = near(x, box.x) || near(x, box.x + box.width);
  const aboveOrBelow = near(y, box.y) || near(y, box.y + box.height);
  const outside = x < box.x - 1 || x > box.x + box.width + 1 || y < box.y - 1 || y > box.y + box.height + 1;
  return (beside || aboveOrBelow) && !outside;
}
