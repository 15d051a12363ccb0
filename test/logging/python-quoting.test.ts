import { describe, expect, test } from 'vitest';
import { quoteBytes, quoteText } from '../../src/logging/python-quoting.ts';

describe('quoting as Supervisor shows it', () => {
  test.each([
    ['plain', `'plain'`],
    [`it's`, `"it's"`],
    [`both ' and "`, `'both \\' and "'`],
    ['back\\slash', `'back\\\\slash'`],
    ['line\nfeed\ttab\x01', `'line\\nfeed\\ttab\\x01'`],
    ['höher 🙂', `'höher 🙂'`],
    ['\x85', `'\\x85'`],
  ])('text %j becomes %s', (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test.each([
    [[0x61, 0xff, 0x0a], `b'a\\xff\\n'`],
    [[0x27], `b"'"`],
    [[0x27, 0x22], `b'\\'"'`],
    [[0x7f, 0x5c], `b'\\x7f\\\\'`],
  ])('bytes %j become %s', (bytes, quoted) => {
    expect(quoteBytes(Uint8Array.from(bytes))).toBe(quoted);
  });
});
