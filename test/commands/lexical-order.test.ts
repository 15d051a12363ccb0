import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText } from '../../src/commands/lexical-order.ts';

it('texts are ordered like their bytes in UTF-8', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('a', 'b', '\u{ffee}', '\u{e000}', '😀', '𝐳'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});
