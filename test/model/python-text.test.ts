import { describe, expect, test } from 'vitest';
import { quoteList, quoteText } from '../../src/model/python-text.ts';

describe('quoting as Python does', () => {
  test.each([
    ['', "''"],
    ['abc', "'abc'"],
    ["it's", '"it\'s"'],
    ['say "x"', `'say "x"'`],
    [`it's "x"`, `'it\\'s "x"'`],
    ['a\nb\tc\rd\\e', "'a\\nb\\tc\\rd\\\\e'"],
    ['\x00\x1b\x7f\xa0\xad', "'\\x00\\x1b\\x7f\\xa0\\xad'"],
    ['é€😀', "'é€😀'"],
    ['\ufeff\u2028\ud800', "'\\ufeff\\u2028\\ud800'"],
    ['\u{e0001}', "'\\U000e0001'"],
  ])('%j becomes %s', (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test('lists are joined with a comma and a blank', () => {
    expect(quoteList(['a', "it's"])).toBe(`['a', "it's"]`);
    expect(quoteList([])).toBe('[]');
  });
});
