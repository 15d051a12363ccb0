import { describe, expect, test } from 'vitest';
import { groupMachine } from '../../machines/group.machine.ts';
import { listenerMachine } from '../../machines/listener.machine.ts';
import { poolMachine } from '../../machines/pool.machine.ts';
import { processMachine } from '../../machines/process.machine.ts';
import { supervisorMachine } from '../../machines/supervisor.machine.ts';
import { readMachine } from './machine-tables.ts';
import { readReadme } from './readme-tables.ts';

const machines = {
  process: processMachine,
  group: groupMachine,
  pool: poolMachine,
  listener: listenerMachine,
  supervisor: supervisorMachine,
};
const readme = readReadme();

describe.each(Object.entries(machines))('the README tells of the %s machine', (name, machine) => {
  const told = readme.get(`${name}.machine.ts`);
  const tables = readMachine(machine);

  test('every transition, in the order in which they are tried, and no other', () => {
    expect(told?.get('Transitions')).toEqual(tables.transitions);
  });

  test('what is done on entering and leaving a state', () => {
    expect(told?.get('On entering and leaving')).toEqual(tables.boundaries);
  });

  test('which events are ignored in which state', () => {
    expect(told?.get('Ignored')).toEqual(tables.ignored);
  });

  test('its timers and where they run', () => {
    const timers = told?.get('Timers') ?? [];
    expect(timers.map(([timer, _length, states]) => [timer, states])).toEqual(tables.timers);
    for (const [, length] of timers) expect(length).not.toBe('');
  });

  test('its conditions', () => {
    const conditions = told?.get('Conditions') ?? [];
    expect(conditions.map(([condition]) => [condition])).toEqual(tables.conditions);
    for (const [, meaning] of conditions) expect(meaning).not.toBe('');
  });
});

test('every name the machines use has an implementation', () => {
  for (const machine of Object.values(machines)) {
    const { transitions, boundaries, timers } = readMachine(machine);
    const { actions, guards, actors } = machine.implementations;
    const used = [...transitions.map((row) => row[4]), ...boundaries.flatMap(([, entry, exit]) => [entry, exit])]
      .flatMap((cell) => (cell ?? '').split(', '))
      .filter((name) => name !== '' && name !== 'raise');
    expect(used.filter((name) => !(name in actions) && !(name in actors))).toEqual([]);
    expect(transitions.map((row) => row[2] ?? '').filter((name) => name !== '' && !(name in guards))).toEqual([]);
    expect(timers.filter(([, states]) => states === '')).toEqual([]);
  }
});

test('every action, condition and actor that is implemented is used', () => {
  for (const machine of Object.values(machines)) {
    const { transitions, boundaries } = readMachine(machine);
    const used = new Set(
      [...transitions.flatMap((row) => row.slice(2)), ...boundaries.flat()].flatMap((cell) => cell.split(', ')),
    );
    const { actions, guards } = machine.implementations;
    expect([...Object.keys(actions), ...Object.keys(guards)].filter((name) => !used.has(name))).toEqual([]);
  }
});
