import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PooledEvent } from '../../src/model/event-record.ts';
import { eventTypes } from '../../src/model/event-types.ts';
import { type PoolPast, poolPastsText, readPoolPasts } from '../../src/model/pool-past.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: 'binary' });
const event: fc.Arbitrary<PooledEvent> = fc.record(
  { type: fc.constantFrom(...eventTypes), serial: count, server: text, payload: text, poolSerial: count },
  { noNullPrototype: true },
);
const pool: fc.Arbitrary<PoolPast> = fc.record(
  {
    buffer: fc.array(event, { maxLength: 5 }),
    given: fc.array(fc.tuple(text, event), { maxLength: 3 }).map((entries) => new Map(entries)),
    nextSerial: count,
    discarded: count,
  },
  { noNullPrototype: true },
);
const pools = fc.array(fc.tuple(text, pool), { maxLength: 3 }).map((entries) => new Map(entries));

describe('what pools hand on', () => {
  test('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(pools, (given) => {
        expect(readPoolPasts(poolPastsText(given))).toEqual(given);
      }),
    );
  });

  test('is read without what is not understood', () => {
    const whole = { type: 'TICK_5', serial: 1, server: 's', payload: 'p', poolSerial: 2 };
    const parts = [
      null,
      'x',
      {},
      { ...whole, type: 'TICK' },
      { ...whole, serial: '1' },
      { ...whole, payload: 1 },
      whole,
    ];
    const written = {
      ear: { buffer: parts, given: [['a', whole], ['b', {}], [1, whole], 'c'], nextSerial: 'many' },
      eye: 1,
    };
    expect(readPoolPasts(JSON.stringify(written))).toEqual(
      new Map([
        ['ear', { buffer: [whole], given: new Map([['a', whole]]), nextSerial: 0, discarded: 0 }],
        ['eye', { buffer: [], given: new Map(), nextSerial: 0, discarded: 0 }],
      ]),
    );
  });

  test('is nothing where nothing can be read', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (garbage) => {
        for (const { buffer } of readPoolPasts(garbage).values()) expect(buffer).toEqual([]);
      }),
    );
    for (const nothing of ['', 'null', '[]', '{']) expect(readPoolPasts(nothing)).toEqual(new Map());
  });
});
