import { expect, test } from 'vitest';
import { causesOf, findStopRequest } from '../../src/explain/asked.ts';
import type { TraceRecord } from '../../src/model/trace.ts';

const record = (serial: number, values: Partial<TraceRecord> = {}): TraceRecord => ({
  serial,
  at: 1000 + serial,
  cause: 0,
  actor: 'process',
  of: 'web:web',
  event: 'process.stop',
  outcome: 'taken',
  from: 'alive.RUNNING',
  to: 'alive.STOPPING.signalled',
  via: [],
  guards: [],
  facts: {},
  written: null,
  ...values,
});

const request = record(1, {
  actor: 'request',
  of: '',
  event: 'supervisor.stopProcess',
  outcome: 'noted',
  facts: { peer: 'uid=0 pid=42' },
});

test('the request for a stop is found behind it', () => {
  const records = [request, record(2, { cause: 1 }), record(3, { event: 'child.exited', cause: 2 })];
  expect(findStopRequest(records, 'web:web')).toEqual({ asked: { by: 'uid=0 pid=42', at: 1001 }, records: [1, 2] });
});

test('also through others that pass it on', () => {
  const drain = record(4, { actor: 'group', of: 'web', event: 'group.drain', cause: 1 });
  const records = [request, drain, record(5, { event: 'process.drain', cause: 4 })];
  expect(findStopRequest(records, 'web:web')?.records).toEqual([1, 4, 5]);
});

test.each<readonly [string, readonly TraceRecord[]]>([
  ['nothing is remembered', []],
  ['the request was given up', [record(2, { cause: 1 })]],
  ['it was of another process', [request, record(2, { cause: 1, of: 'web:other' })]],
  ['it had no effect', [request, record(2, { cause: 1, outcome: 'ignored' })]],
  ['a signal to the daemon was the reason', [record(2, { event: 'process.drain' })]],
])('nobody is named when %s', (_, records) => expect(findStopRequest(records, 'web:web')).toBeNull());

test('the last stop counts', () => {
  const other = { ...request, serial: 5, facts: { peer: 'alice' } };
  const records = [request, record(2, { cause: 1 }), other, record(6, { cause: 5 })];
  expect(findStopRequest(records, 'web:web')?.asked.by).toBe('alice');
});

test('records that claim to be their own causes are followed to an end', () => {
  const first = record(7, { cause: 8 });
  const second = record(8, { cause: 7 });
  expect(causesOf(second, [first, second]).map(({ serial }) => serial)).toEqual([7, 8]);
  expect(causesOf(first, [first, second])).toEqual([first]);
});
