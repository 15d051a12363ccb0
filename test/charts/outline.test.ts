import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { chartedMachines } from '../../src/charts/machines.ts';
import { readOutline } from '../../src/charts/outline.ts';
import { readMachine } from '../machines/machine-tables.ts';

describe.each([...chartedMachines])('the outline of the %s machine', (name, machine) => {
  const outline = readOutline(name, machine);

  test('has every transition of the tables', () => {
    const rows = outline.transitions.map(({ source, event, guard, target, actions }) => [
      source === '' ? 'any' : source,
      event,
      guard,
      target ?? '',
      actions.join(', '),
    ]);
    expect(rows.map((row) => row.join(' | ')).sort()).toEqual(
      readMachine(machine)
        .transitions.map((row) => row.join(' | '))
        .sort(),
    );
  });

  test('has every action on entering and leaving of the tables', () => {
    const rows = outline.states.map(({ path, invokes, entry, exit }) => [
      path === '' ? 'any' : path,
      [...invokes, ...entry].join(', '),
      exit.join(', '),
    ]);
    expect(rows.filter(([, entry, exit]) => entry !== '' || exit !== '')).toEqual(readMachine(machine).boundaries);
  });

  test('names each state and each transition once, states after the one around them', () => {
    const paths = outline.states.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(new Set(outline.transitions.map(({ id }) => id)).size).toBe(outline.transitions.length);
    outline.states.forEach(({ parent }, index) => {
      if (parent !== null) expect(paths.indexOf(parent)).toBeLessThan(index);
      else expect(index).toBe(0);
    });
  });

  test('marks one first state in each that has states', () => {
    for (const { path, kind } of outline.states) {
      const first = outline.states.filter(({ parent, isInitial }) => parent === path && isInitial);
      expect(first.length).toBe(kind === 'compound' ? 1 : 0);
    }
  });
});

test('tells of wildcards, final states, several transitions of one event and those that enter a state anew', () => {
  const machine = setup({ guards: { holds: () => true }, actions: { act: () => {} } }).createMachine({
    initial: 'one',
    states: {
      one: { on: { 'child.*': [{ guard: 'holds', target: 'two' }, { actions: 'act' }], again: { target: 'one' } } },
      two: { type: 'final', entry: 'act' },
    },
  });
  const { states, transitions } = readOutline('sample', machine);
  expect(states.map(({ path, name, kind, entry }) => [path, name, kind, entry])).toEqual([
    ['', 'sample', 'compound', []],
    ['one', 'one', 'atomic', []],
    ['two', 'two', 'final', ['act']],
  ]);
  expect(transitions).toEqual([
    { id: 'one#child.*#0', source: 'one', target: 'two', event: 'child.*', guard: 'holds', actions: [], order: 0 },
    { id: 'one#child.*#1', source: 'one', target: null, event: 'child.*', guard: '', actions: ['act'], order: 1 },
    { id: 'one#again#0', source: 'one', target: 'one', event: 'again', guard: '', actions: [], order: 0 },
  ]);
});

test('refuses what charts cannot show', () => {
  const machine = setup({}).createMachine({ type: 'parallel', states: { one: {}, two: {} } });
  expect(() => readOutline('sample', machine)).toThrow('charts know no parallel states');
});
