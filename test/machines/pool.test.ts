import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PooledEvent } from '../../src/model/event-record.ts';
import { startPool } from './pool-bench.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const ok = 'RESULT 2\nOK';
const okAndReady = `${ok}READY\n`;

describe('a pool', () => {
  test('keeps events until a listener is RUNNING and READY, and gives them out in order', () => {
    const pool = startPool();
    const listener = pool.listener(0);
    pool.raise(3);
    listener.tell('child.starting');
    listener.writes('READY\n');
    expect(listener.received).toEqual([]);
    listener.tell('child.up');
    expect(listener.received).toEqual([0]);
    listener.writes(okAndReady);
    listener.writes(okAndReady);
    listener.writes(ok);
    expect(listener.received).toEqual([0, 1, 2]);
    expect(pool.waiting).toEqual([]);
  });

  test('gives each event to one listener, and one event at a time to each', () => {
    const pool = startPool({ listeners: 2 });
    for (const index of [1, 0]) pool.listener(index).getsReady();
    pool.raise(3);
    expect([pool.listener(0).received, pool.listener(1).received]).toEqual([[0], [1]]);
    expect(pool.waiting).toEqual([2]);
    pool.listener(1).writes(okAndReady);
    expect(pool.listener(1).received).toEqual([1, 2]);
  });

  test('gives up the event that has waited longest when there is no room, and counts it', () => {
    const pool = startPool({ bufferSize: 2 });
    pool.raise(5);
    expect(pool.waiting).toEqual([3, 4]);
    expect(pool.discarded).toBe(3);
    expect(pool.reports).toEqual(['overflow 0', 'overflow 1', 'overflow 2']);
  });

  test('puts a rejected event in front of those that wait', () => {
    const pool = startPool();
    const listener = pool.listener(0);
    listener.getsReady();
    pool.raise(3);
    listener.writes('RESULT 4\nFAIL');
    expect(pool.waiting).toEqual([0, 1, 2]);
    listener.writes('READY\n');
    expect(listener.received).toEqual([0, 0]);
    expect(listener.state).toBe('BUSY');
  });

  test('whose buffer is full drops the next in line for an event that comes back', () => {
    const pool = startPool({ bufferSize: 2 });
    pool.listener(0).getsReady();
    pool.raise(3);
    pool.listener(0).writes('RESULT 4\nFAIL');
    expect(pool.waiting).toEqual([0, 2]);
    expect(pool.discarded).toBe(1);
    expect(pool.reports.filter((report) => /^(over|rebuff)/.test(report))).toEqual(['rebuffering 0 2 2', 'overflow 1']);
  });

  test('gives an event that a listener leaves behind to the next one', () => {
    const pool = startPool({ listeners: 2 });
    for (const index of [0, 1]) pool.listener(index).getsReady();
    pool.listener(1).writes('');
    pool.raise();
    pool.listener(0).tell('child.ended');
    expect(pool.listener(1).received).toEqual([0]);
  });

  test('numbers its events itself, and an event keeps its numbers', () => {
    const pool = startPool();
    pool.raise(2);
    const { buffer } = pool.actor.getSnapshot().context;
    expect(buffer.map(({ poolSerial }) => poolSerial)).toEqual([0, 1]);
    pool.listener(0).getsReady();
    pool.listener(0).tell('child.ended');
    expect(pool.actor.getSnapshot().context.buffer.map(({ poolSerial }) => poolSerial)).toEqual([0, 1]);
  });
});

describe('a pool that is asked to come to its end', () => {
  test('says so as soon as every event has been accepted', () => {
    const pool = startPool();
    pool.listener(0).getsReady();
    pool.raise(2);
    pool.actor.send({ type: 'pool.drain' });
    pool.listener(0).writes('RESULT 4\nFAILREADY\n');
    pool.listener(0).writes(okAndReady);
    expect(pool.told).toEqual([]);
    pool.listener(0).writes(ok);
    expect(pool.told).toEqual([{ type: 'pool.drained' }]);
    pool.raise();
    expect(pool.waiting).toEqual([2]);
  });

  test('says so at once when there is nothing to do', () => {
    const pool = startPool();
    pool.actor.send({ type: 'pool.drain' });
    expect(pool.told).toEqual([{ type: 'pool.drained' }]);
  });
});

describe('a pool that goes on after an upgrade', () => {
  const event = (poolSerial: number, type: PooledEvent['type'] = 'TICK_5'): PooledEvent => ({
    type,
    serial: poolSerial + 100,
    server: 'supervisor',
    payload: '',
    poolSerial,
  });
  const handedOver = {
    buffer: [event(7), event(8)],
    given: new Map([['mail_0', event(6)]]),
    nextSerial: 9,
    discarded: 3,
  };
  const busy = { state: 'BUSY', up: true } as const;

  test('gives out what has waited before what is new, and numbers on', () => {
    const pool = startPool({ handedOver: { ...handedOver, given: new Map() } });
    pool.raise();
    const { buffer, past } = pool.actor.getSnapshot().context;
    expect(buffer.map(({ serial, poolSerial }) => [serial, poolSerial])).toEqual([
      [107, 7],
      [108, 8],
      [0, 9],
    ]);
    expect([pool.discarded, past]).toEqual([3, null]);
    pool.listener(0).getsReady();
    expect(pool.listener(0).received).toEqual([107]);
  });

  test.each([
    ['OK', [107]],
    ['FAIL', [106]],
  ])('knows what a listener works on that goes on with it, and answers %s', (answer, next) => {
    const pool = startPool({ handedOver, past: busy });
    const listener = pool.listener(0);
    expect([listener.state, pool.waiting]).toEqual(['BUSY', [107, 108]]);
    listener.writes(`RESULT ${answer.length}\n${answer}READY\n`);
    expect(listener.received).toEqual(next);
  });

  test('gives what others have worked on to the next listener, the oldest first', () => {
    const given = new Map([
      ['mail_1', event(6)],
      ['mail_0', event(5)],
      ['gone', event(4)],
    ]);
    const pool = startPool({ listeners: 2, handedOver: { ...handedOver, given } });
    expect(pool.waiting).toEqual([104, 105, 106, 107, 108]);
    pool.actor.send({ type: 'pool.drain' });
    for (const index of [0, 1]) pool.listener(index).getsReady();
    for (const index of [0, 1, 0, 1, 0]) pool.listener(index).writes(okAndReady);
    expect(pool.told, 'nothing is waited for in vain').toEqual([{ type: 'pool.drained' }]);
  });

  test('gives up the oldest where there is no room any more, and says so', () => {
    const pool = startPool({ bufferSize: 1, handedOver });
    expect([pool.waiting, pool.discarded]).toEqual([[108], 5]);
    expect(pool.reports).toEqual(['overflow 106', 'overflow 107']);
  });

  test('leaves out what it does not ask for any more', () => {
    const buffer = [event(7), event(8, 'REMOTE_COMMUNICATION')];
    const pool = startPool({ events: ['TICK'], handedOver: { ...handedOver, buffer, given: new Map() } });
    expect(pool.waiting).toEqual([107]);
  });
});

test('whatever happens, no event is lost, doubled or given to two listeners at once', () => {
  const act = fc.record({
    listener: fc.nat(1),
    what: fc.oneof(
      // Most of what happens in a working pool, or hardly any event would ever be given out.
      { weight: 3, arbitrary: fc.constantFrom('raise', 'ready', 'ok', 'up') },
      { weight: 1, arbitrary: fc.constantFrom('fail', 'noise', 'down', 'ends', 'starts', 'deaf', 'time') },
    ),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (acts, bufferSize) => {
      const pool = startPool({ listeners: 2, bufferSize });
      let raised = 0;
      let accepted = 0;
      for (const { listener: index, what } of acts) {
        const listener = pool.listener(index);
        const before = pool.reports.length;
        if (what === 'raise') {
          pool.raise();
          raised += 1;
        } else if (what === 'ready') listener.writes('READY\n');
        else if (what === 'ok') listener.writes(ok);
        else if (what === 'fail') listener.writes('RESULT 4\nFAIL');
        else if (what === 'noise') listener.writes('nonsense\n');
        else if (what === 'up') listener.tell('child.up');
        else if (what === 'down') listener.tell('child.down');
        else if (what === 'ends') listener.tell('child.ended');
        else if (what === 'starts') listener.tell('child.starting');
        else if (what === 'deaf') listener.tell('child.stdinClosed');
        else pool.pass(61_000);
        accepted += pool.reports.slice(before).filter((report) => report.startsWith('accepted true')).length;

        const { buffer, given, listeners, discarded } = pool.actor.getSnapshot().context;
        const held = [...listeners.values()].flatMap((ref) => ref.getSnapshot().context.event ?? []);
        const present = [...buffer, ...held].map(({ serial }) => serial);
        expect(new Set(present).size).toBe(present.length);
        expect(present.length + accepted + discarded).toBe(raised);
        expect(buffer.length).toBeLessThanOrEqual(bufferSize);
        expect([...given].sort()).toEqual(held.map(({ poolSerial }) => poolSerial).sort());
        for (const ref of listeners.values()) {
          const { value, context } = ref.getSnapshot();
          expect(context.event !== null).toBe(value === 'BUSY');
        }
      }
    }),
  );
});
