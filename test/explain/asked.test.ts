import { describe, expect, test } from 'vitest';
import { causesOf, withTrace } from '../../src/explain/asked.ts';
import { listEvidence } from '../../src/explain/evidence.ts';
import type { TraceRecord } from '../../src/model/trace.ts';
import { signalled } from '../helpers/spec-samples.ts';
import { explained, found, secondsAgo } from './explained.ts';

const record = (serial: number, values: Partial<TraceRecord> = {}): TraceRecord => ({
  serial,
  at: secondsAgo(100 - serial),
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

const requested = (serial: number, event: string, peer: string): TraceRecord =>
  record(serial, { actor: 'request', event, outcome: 'noted', from: '', to: '', facts: { peer } });

const request = requested(1, 'supervisor.stopProcess', 'uid=0 pid=42');
const stopped = explained({ since: secondsAgo(1), lastEnd: signalled('SIGTERM'), wasStopped: true });

describe('who asked for a stop', () => {
  test('is the request behind it', () => {
    const signal = record(3, { actor: 'child', event: 'child.signal', cause: 2, outcome: 'noted', from: '', to: '' });
    const end = record(4, { event: 'child.exited', cause: 3, from: 'alive.STOPPING.signalled', to: 'STOPPED' });
    const { facts, records } = withTrace(stopped, [request, record(2, { cause: 1 }), signal, end]);
    expect(facts.asked).toEqual({ by: 'uid=0 pid=42', at: secondsAgo(99) });
    expect(facts.signalledBy).toBeNull();
    expect(records).toEqual([1, 2, 3, 4]);
  });

  test('also where others have passed it on', () => {
    const drain = record(4, { actor: 'group', of: 'web', event: 'group.drain', cause: 1 });
    const { facts, records } = withTrace(stopped, [request, drain, record(5, { event: 'process.drain', cause: 4 })]);
    expect(facts.asked?.by).toBe('uid=0 pid=42');
    expect(records).toEqual([1, 4, 5]);
  });

  test('is whoever did so last', () => {
    const other = requested(5, 'supervisor.stopProcess', 'alice');
    const records = [request, record(2, { cause: 1 }), other, record(6, { cause: 5 })];
    expect(withTrace(stopped, records).facts.asked?.by).toBe('alice');
  });

  test.each<readonly [string, readonly TraceRecord[]]>([
    ['nothing is remembered', []],
    ['the request was given up', [record(2, { cause: 1 })]],
    ['it was of another process', [request, record(2, { cause: 1, of: 'web:other' })]],
    ['it had no effect', [request, record(2, { cause: 1, outcome: 'ignored' })]],
    ['a signal to the daemon was the reason', [record(2, { event: 'process.drain' })]],
  ])('is nobody when %s', (_, records) => expect(withTrace(stopped, records).facts.asked).toBeNull());

  test('is of no interest to one that runs again', () => {
    const running = explained({ statename: 'RUNNING', startedAt: secondsAgo(1), starts: 2 });
    expect(withTrace(running, [request, record(2, { cause: 1 })]).facts.asked).toBeNull();
  });
});

test('a program that was ended by a signal on request knows whose', () => {
  const records = [
    requested(1, 'supervisor.signalProcess', 'alice'),
    record(2, { event: 'process.signal', cause: 1, to: 'alive.RUNNING' }),
    record(3, { actor: 'child', event: 'child.signal', cause: 2, outcome: 'noted', from: '', to: '' }),
    record(4, { event: 'child.exited', cause: 3, from: 'alive.RUNNING', to: 'EXITED' }),
  ];
  const exited = explained({ statename: 'EXITED', stoppedAt: secondsAgo(96), lastEnd: signalled('SIGKILL') });
  const { facts, records: basis } = withTrace(exited, records);
  expect(basis).toEqual([1, 2, 3, 4]);
  expect(listEvidence(facts, found())[0]).toBe('hint: SIGKILL was sent on request of alice, 1 min ago');
});

test('records that claim to be their own causes are followed to an end', () => {
  const first = record(7, { cause: 8 });
  const second = record(8, { cause: 7 });
  expect(causesOf(second, [first, second]).map(({ serial }) => serial)).toEqual([7, 8]);
  expect(causesOf(first, [first, second])).toEqual([first]);
});
