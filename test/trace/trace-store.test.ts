import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../src/model/trace.ts';
import { TraceStore } from '../../src/trace/trace-store.ts';

const record = (serial: number, of: string): TraceRecord => ({
  serial,
  at: 0,
  cause: 0,
  actor: 'process',
  of,
  event: 'process.start',
  outcome: 'taken',
  from: '',
  to: '',
  via: [],
  guards: [],
  facts: {},
  written: null,
});

const serialsOf = (store: TraceStore, of?: string): number[] =>
  store
    .all()
    .filter((one) => of === undefined || one.of === of)
    .map(({ serial }) => serial);

describe('the records that are kept', () => {
  test('are in the order in which they were made, and never more than there is room for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 300 }),
        (size, actors) => {
          const store = new TraceStore(size);
          for (const [index, of] of actors.entries()) {
            store.add(record(index + 1, of));
            expect(store.count).toBe(Math.min(size, index + 1));
          }
          const serials = serialsOf(store);
          expect(serials).toHaveLength(Math.min(size, actors.length));
          expect(serials).toEqual([...serials].sort((one, other) => one - other));
          // Of each actor the latest are kept, without a gap.
          for (const of of new Set(actors)) {
            const made = actors.flatMap((actor, index) => (actor === of ? [index + 1] : []));
            const kept = serialsOf(store, of);
            expect(kept).toEqual(kept.length === 0 ? [] : made.slice(-kept.length));
          }
        },
      ),
    );
  });

  test('of others stay when one actor makes more than there is room for', () => {
    const store = new TraceStore(100);
    for (let serial = 1; serial <= 10; serial += 1) store.add(record(serial, 'calm'));
    for (let serial = 11; serial <= 5000; serial += 1) store.add(record(serial, 'flapping'));
    expect(serialsOf(store, 'calm')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(serialsOf(store, 'flapping')).toEqual(Array.from({ length: 90 }, (_, index) => 4911 + index));
  });

  test('are shared evenly among those who make as many as they can', () => {
    const store = new TraceStore(90);
    for (let serial = 1; serial <= 9000; serial += 1) store.add(record(serial, `p${serial % 3}`));
    for (const of of ['p0', 'p1', 'p2']) expect(serialsOf(store, of)).toHaveLength(30);
  });
});
