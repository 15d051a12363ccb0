import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogLines } from '../../../src/web/app/log-lines.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

describe('the lines of a log', () => {
  test('are the same in whatever pieces they come', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '\n', '😀') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(12)), (whole, cuts) => {
        const log = createLogLines(1000);
        let rest = bytes(whole);
        for (const cut of cuts) {
          log.add(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        log.add(rest);
        const expected = whole.endsWith('\n') ? whole.slice(0, -1).split('\n') : whole.split('\n');
        expect(textOf(log.lines)).toEqual(whole === '' ? [] : expected);
        expect(log.lines.map(({ number }) => number)).toEqual(log.lines.map((_, index) => index));
      }),
    );
  });

  test('grow at their end, and say which have', () => {
    const log = createLogLines(10);
    expect(log.add(bytes('one\ntw'))).toEqual([
      { number: 0, text: 'one' },
      { number: 1, text: 'tw' },
    ]);
    expect(log.add(bytes('o\n'))).toEqual([{ number: 1, text: 'two' }]);
  });

  test('are the latest so many, and none is longer than can be read', () => {
    const log = createLogLines(2);
    log.add(bytes(`a\nb\n${'x'.repeat(5000)}\n`));
    expect(textOf(log.lines)).toEqual(['b', 'x'.repeat(4000)]);
  });
});
