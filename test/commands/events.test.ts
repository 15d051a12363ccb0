import { expect, test } from 'vitest';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import { createBench, outcomeOf, plainSession } from './fake-control.ts';

test('a client can see how pools keep up, and what was given up', async () => {
  const bench = createBench();
  bench.control.pools = [
    {
      name: 'mail',
      events: ['PROCESS_STATE', 'TICK_60'],
      bufferSize: 10,
      buffered: 3,
      discarded: 7,
      listeners: [
        { name: 'mail_0', state: 'BUSY', event: 0 },
        { name: 'mail_1', state: 'ACKNOWLEDGED', event: null },
      ],
    },
  ];
  expect(await bench.call('events.pools')).toEqual([
    {
      name: 'mail',
      events: ['PROCESS_STATE', 'TICK_60'],
      buffer_size: 10,
      buffered: 3,
      discarded: 7,
      listeners: [
        { name: 'mail_0', state: 'BUSY', event: 0 },
        { name: 'mail_1', state: 'ACKNOWLEDGED', event: -1 },
      ],
    },
  ]);
});

test('a transport of clients that know Supervisor only does not offer it', async () => {
  const dispatch = createDispatch(createMethods(), createBench().control);
  expect(await outcomeOf(dispatch('events.pools', [], plainSession()))).toBe('UNKNOWN_METHOD');
  expect(await dispatch('system.listMethods', [], plainSession())).not.toContain('events.pools');
});

test('a remote event is raised with its type and its data', async () => {
  const bench = createBench();
  expect(await bench.call('supervisor.sendRemoteCommEvent', 'deployed', 'version 7')).toBe(true);
  expect(bench.control.asked).toEqual(['remote deployed version 7']);
});
