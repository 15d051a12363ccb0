import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnsiReader } from '../../../src/web/app/ansi.ts';

const esc = '\u001b';
const read = (line: string) => createAnsiReader().read(line);

describe('colours in a log', () => {
  test('are taken out of the text', () => {
    expect(read(`${esc}[1;31mbad${esc}[0m and ${esc}[42mgood${esc}[49m.`)).toEqual([
      { text: 'bad', style: 'ink-red bold' },
      { text: ' and ', style: '' },
      { text: 'good', style: 'ground-green' },
      { text: '.', style: '' },
    ]);
  });

  test('stay set for the next line', () => {
    const reader = createAnsiReader();
    reader.read(`${esc}[4;93m`);
    expect(reader.read('still')).toEqual([{ text: 'still', style: 'ink-yellow underlined' }]);
    expect(reader.read(`${esc}[24;39mno more`)).toEqual([{ text: 'no more', style: '' }]);
  });

  test('of 256 are shown where they have a name, and exact ones as plain', () => {
    expect(read(`${esc}[38;5;9ma${esc}[38;5;200mb${esc}[38;2;1;2;3mc`)).toEqual([
      { text: 'a', style: 'ink-red' },
      { text: 'b', style: '' },
      { text: 'c', style: '' },
    ]);
  });

  test.each([`${esc}[2Ka`, `${esc}]0;title\u0007a`, `${esc}]8;;http://x${esc}\\a`, `${esc}Ma`, '\u0007a'])(
    'are all that is understood of sequences (%j)',
    (line) => {
      expect(read(line)).toEqual([{ text: 'a', style: '' }]);
    },
  );

  test('leave nothing that cannot be printed, whatever is written', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(esc, '[', 'm', ';', '38', '31'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const shown = read(pieces.join('')).map(({ text }) => text);
        expect(shown.join('')).not.toMatch(/(?!\t)\p{Cc}/u);
      }),
    );
  });
});
