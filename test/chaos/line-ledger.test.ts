import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareWithCounts, type LedgerRules } from './line-ledger.ts';

const strict: LedgerRules = { mayHaveGaps: false, mayLackEnd: () => false };
const cleared: LedgerRules = { ...strict, mayHaveGaps: true };
const lines = (writer: string, ...numbers: readonly number[]): string =>
  numbers.map((number) => `${writer} ${number} ...\n`).join('');
const counts = (...entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> => new Map(entries);

describe('the ledger', () => {
  test('finds nothing where every line stands once and in order, whatever stands between', () => {
    const interleaved = fc.array(fc.constantFrom('a.out', 'a.err', 'b.out'), { maxLength: 60 });
    fc.assert(
      fc.property(interleaved, (writers) => {
        const written = new Map<string, number>();
        let text = '';
        for (const writer of writers) {
          const number = (written.get(writer) ?? 0) + 1;
          written.set(writer, number);
          text += lines(writer, number);
        }
        expect(compareWithCounts(text, written, strict)).toEqual([]);
      }),
    );
  });

  test('finds any line that is taken out, put in twice, or put elsewhere', () => {
    const change = fc.record({ kind: fc.constantFrom('lose', 'repeat', 'move'), at: fc.nat({ max: 18 }) });
    fc.assert(
      fc.property(change, ({ kind, at }) => {
        const all = Array.from({ length: 20 }, (_, index) => index + 1);
        const [number = 0] = all.splice(at, kind === 'repeat' ? 0 : 1);
        if (kind === 'repeat') all.splice(at, 0, all[at] ?? 0);
        if (kind === 'move') all.push(number);
        expect(compareWithCounts(lines('a.out', ...all), counts(['a.out', 20]), strict)).not.toEqual([]);
      }),
    );
  });

  test('allows one line more than was counted, and no other difference at the end', () => {
    const text = lines('a.out', 1, 2, 3);
    expect(compareWithCounts(text, counts(['a.out', 2]), strict)).toEqual([]);
    expect(compareWithCounts(text, counts(['a.out', 1]), strict)).toEqual([
      'a.out: has 3 lines in the log, but wrote 1',
    ]);
    expect(compareWithCounts(text, counts(['a.out', 4]), strict)).toEqual([
      'a.out: lines 4 to 4 are missing at the end',
    ]);
    expect(compareWithCounts(text, counts(['a.out', 4]), { ...strict, mayLackEnd: () => true })).toEqual([]);
  });

  test('allows gaps and cut lines in a log that was cleared, but no repetition', () => {
    const text = `out 3 ...\n${lines('a.out', 4, 7)}`;
    expect(compareWithCounts(text, counts(['a.out', 9]), cleared)).toEqual([]);
    expect(compareWithCounts(text + lines('a.out', 7), counts(['a.out', 9]), cleared)).toHaveLength(1);
    expect(compareWithCounts(text, counts(['a.out', 9]), strict)).toHaveLength(4);
  });

  test('finds a writer that nobody knows, and one whose lines are all missing', () => {
    expect(compareWithCounts(lines('a.out', 1), counts(['b.out', 1]), strict)).toEqual([
      'b.out: lines 1 to 1 are missing at the end',
      'a.out is in the log, but never ran',
    ]);
  });
});
