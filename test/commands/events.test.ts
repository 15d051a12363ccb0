import { expect, test } from 'vitest';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import { createBench, plainSession } from './fake-control.ts';

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

test('a transport of clients that know Supervisor only answers it, but does not list it', async () => {
  const dispatch = createDispatch(createMethods(), createBench().control);
  expect(await dispatch('events.pools', [], plainSession())).toEqual([]);
  expect(await dispatch('system.methodSignature', ['events.pools'], plainSession())).toEqual(['array']);
  expect(await dispatch('system.listMethods', [], plainSession())).not.toContain('events.pools');
});

test('a remote event is raised with its type and its data', async () => {
  const bench = createBench();
  expect(await bench.call('supervisor.sendRemoteCommEvent', 'deployed', 'version 7')).toBe(true);
  expect(bench.control.asked).toEqual(['remote deployed version 7']);
});

test('numbers and booleans in a remote event are printed as Supervisor prints them', async () => {
  const bench = createBench();
  await bench.call('supervisor.sendRemoteCommEvent', 5, true);
  await bench.call('supervisor.sendRemoteCommEvent', 'load', 0.5);
  expect(bench.control.asked).toEqual(['remote 5 True', 'remote load 0.5']);
});
