import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ChartFile } from '../../../src/model/chart.ts';
import { isWithin, stepsOf } from '../../../src/web/app/chart-steps.ts';
import { record } from './records.ts';

const { charts } = JSON.parse(readFileSync('dist/charts.json', 'utf8')) as ChartFile;
const chart = charts.find(({ machine }) => machine === 'process');

const waysOf = (...[rest]: [Parameters<typeof record>[1]]) =>
  stepsOf(chart!, record(1, rest)).map(({ source, event, target }) => `${source} ${event} ${target}`);

describe('the way of an event on the chart', () => {
  test('is a line of its state', () => {
    expect(waysOf({ from: 'STOPPED', to: 'alive.STARTING.spawning', event: 'process.start' })).toEqual([
      expect.stringMatching(/^STOPPED process\.start alive/),
    ]);
    expect(waysOf({ from: 'alive.STARTING.spawning', to: 'alive.STARTING.proving', event: 'child.spawned' })).toEqual([
      'alive.STARTING.spawning child.spawned alive.STARTING.proving',
    ]);
  });

  test('goes on through the states that were left at once', () => {
    expect(waysOf({ from: 'alive.STARTING.proving', via: ['BACKOFF'], to: 'FATAL', event: 'child.exited' })).toEqual([
      expect.stringMatching(/child\.exited BACKOFF$/),
      'BACKOFF always FATAL',
    ]);
  });

  test('is no line at all when nothing came of it', () => {
    expect(waysOf({ from: 'alive.RUNNING', to: 'alive.RUNNING', event: 'process.start', outcome: 'ignored' })).toEqual(
      [],
    );
    expect(waysOf({ from: 'alive.RUNNING', to: 'alive.RUNNING', event: 'process.signal' })).toEqual([]);
  });

  test('stays within states whose names only begin alike', () => {
    expect([isWithin('alive.RUNNING', 'alive'), isWithin('aliveness', 'alive'), isWithin('FATAL', '')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
