import { describe, expect, test } from 'vitest';
import {
  causesOf,
  find,
  indexBehind,
  inVainSince,
  lastOf,
  processesAt,
  statesAt,
} from '../../../src/web/app/history.ts';
import { record } from './records.ts';

const spawning = 'alive.STARTING.spawning';
const proving = 'alive.STARTING.proving';

const records = [
  record(1, { actor: 'request', of: '', event: 'supervisor.startProcess', outcome: 'noted', from: '', to: '' }),
  record(2, { cause: 1 }),
  record(4, { event: 'child.spawned', from: spawning, to: proving, facts: { pid: 42 } }),
  record(5, { of: 'jobs:a', event: 'child.exited', from: 'alive.RUNNING', to: 'EXITED' }),
  record(7, { event: 'child.exited', from: proving, to: 'FATAL', via: ['BACKOFF'], cause: 4 }),
];

describe('a moment of the past', () => {
  test('has every program in the state it had come to', () => {
    const then = processesAt(records, 4);
    expect(then.get('web:web')).toEqual({ statename: 'STARTING', state: proving, since: 2000, pid: 42 });
    expect(processesAt(records, 7).get('web:web')).toEqual({ statename: 'FATAL', state: 'FATAL', since: 7000, pid: 0 });
  });

  test('has a program of which nothing was recorded before in the state that it left first', () => {
    expect(processesAt(records, 1).get('jobs:a')).toMatchObject({ statename: 'RUNNING', since: 0 });
    expect(processesAt(records, 1).get('web:web')).toMatchObject({ statename: 'STOPPED' });
    expect(processesAt(records, 1).get('other:one')).toBeUndefined();
  });
});

describe('what happened last to a program', () => {
  const refused = record(8, {
    actor: 'request',
    event: 'supervisor.stopProcess',
    outcome: 'refused',
    from: '',
    to: '',
  });

  test('is the newest event of its own machine', () => {
    expect(lastOf([...records, refused], 'web:web', Number.POSITIVE_INFINITY)?.serial).toBe(7);
    expect(lastOf(records, 'web:web', 6)?.serial).toBe(4);
    expect(lastOf(records, 'other:one', 7)).toBeNull();
  });

  test('was in vain when nothing came of it, until something did', () => {
    const all = [...records, refused];
    expect(inVainSince(all, 'web:web', lastOf(all, 'web:web', 8), 8)).toBe(refused);
    expect(inVainSince(all, 'web:web', lastOf(all, 'web:web', 7), 7)).toBeNull();
    const later = [...all, record(9)];
    expect(inVainSince(later, 'web:web', lastOf(later, 'web:web', 9), 9)).toBeNull();
    const ignored = record(10, { outcome: 'ignored', from: 'alive.STARTING.spawning' });
    expect(inVainSince([...later, ignored], 'web:web', ignored, 10)).toBe(ignored);
  });

  test('leaves every actor in a state', () => {
    expect([...statesAt(records, 5)]).toEqual([
      ['process web:web', proving],
      ['process jobs:a', 'EXITED'],
    ]);
  });
});

describe('records', () => {
  test('are found by their serials, also where some are missing', () => {
    expect([0, 1, 3, 4, 7, 9].map((serial) => indexBehind(records, serial))).toEqual([0, 1, 2, 3, 5, 5]);
    expect(find(records, 5)?.of).toBe('jobs:a');
    expect(find(records, 6)).toBeNull();
  });

  test('lead back to what they came from', () => {
    const exit = record(9, { cause: 2 });
    expect(causesOf(records, exit).map(({ serial }) => serial)).toEqual([2, 1]);
    expect(causesOf(records, record(9, { cause: 3 }))).toEqual([]);
  });

  test('that name themselves as their cause end the search', () => {
    const looping = [record(1, { cause: 1 })];
    expect(causesOf(looping, record(2, { cause: 1 })).length).toBeLessThan(20);
  });
});
