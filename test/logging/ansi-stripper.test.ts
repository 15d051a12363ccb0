import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnsiStripper } from '../../src/logging/ansi-stripper.ts';

/** Pushes the pieces one by one, then ends. */
function strip(...pieces: readonly (string | Uint8Array)[]): string {
  const stripper = new AnsiStripper();
  const shown = pieces.map((piece) => Buffer.from(stripper.push(Buffer.from(piece))));
  return Buffer.concat([...shown, stripper.end()]).toString();
}

describe('stripping ANSI sequences', () => {
  test.each([
    ['plain text', 'plain text'],
    ['\x1b[31mred\x1b[0m', 'red'],
    ['a\x1b[2Jb\x1b[10;20Hc', 'abc'],
    ['\x1b[?25lhidden\x1b[?25h', 'hidden'],
    ['\x1b[31m\x1b[1m', ''],
    // `n` ends no sequence in Supervisor's set: the next final character does.
    ['\x1b[6nfar', 'ar'],
    ['ESC alone \x1b and \x1b] others', 'ESC alone \x1b and \x1b] others'],
    ['\x1b\x1b[31mred', '\x1bred'],
  ])('%j becomes %j', (input, output) => {
    expect(strip(input)).toBe(output);
  });

  test('a sequence in pieces is removed', () => {
    expect(strip('a\x1b', '[3', '1', 'mb')).toBe('ab');
  });

  test('an unfinished sequence at the end of the output is shown', () => {
    expect(strip('text\x1b[31')).toBe('text\x1b[31');
    expect(strip('text\x1b')).toBe('text\x1b');
  });

  test('what never ends swallows nothing', () => {
    const endless = `\x1b[${'9'.repeat(5000)}`;
    expect(strip(endless)).toBe(endless);
    const stripper = new AnsiStripper();
    expect(stripper.push(Buffer.from(endless)).length).toBe(endless.length);
  });

  test('bytes without sequences are handed through without a copy', () => {
    const bytes = Buffer.from('as it is');
    expect(new AnsiStripper().push(bytes)).toBe(bytes);
  });

  test('what is kept back does not change with the buffer that it came in', () => {
    const stripper = new AnsiStripper();
    const bytes = Buffer.from('\x1b[1');
    stripper.push(bytes);
    bytes.fill('x');
    expect(Buffer.from(stripper.push(Buffer.from('mbold'))).toString()).toBe('bold');
  });

  test('the result is the same for any split of the input', () => {
    const fragment = fc.constantFrom('\x1b', '[', '\x1b[', '3', 'm', 'H', 'text', '9'.repeat(250));
    fc.assert(
      fc.property(fc.array(fragment), fc.array(fc.nat(20)), (fragments, lengths) => {
        const input = fragments.join('');
        const pieces: string[] = [];
        let at = 0;
        for (const length of lengths) {
          pieces.push(input.slice(at, at + length));
          at += length;
        }
        pieces.push(input.slice(at));
        expect(strip(...pieces)).toBe(strip(input));
      }),
    );
  });
});
