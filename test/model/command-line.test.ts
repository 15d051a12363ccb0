import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../src/model/command-line.ts';

describe('splitting a command', () => {
  test.each([
    ['', []],
    ['  \t\n ', []],
    ['a b', ['a', 'b']],
    ['a\nb\r\nc\td', ['a', 'b', 'c', 'd']],
    ["a 'b c' d", ['a', 'b c', 'd']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a"b"\'c\'d', ['abcd']],
    ['\'\' ""', ['', '']],
    ["'a\\b'", ['a\\b']],
    ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
    ['a\\ b \\"c', ['a b', '"c']],
    ['a\\\nb', ['a\nb']],
    ['echo a # b', ['echo', 'a', '#', 'b']],
    ['$HOME ~ *.c a;b|c', ['$HOME', '~', '*.c', 'a;b|c']],
    ['é "ü"', ['é', 'ü']],
  ])('%j gives %j', (text, words) => {
    expect(splitCommand(text)).toEqual({ kind: 'words', words });
  });

  test.each([
    ['a "b', 'No closing quotation'],
    ["a 'b", 'No closing quotation'],
    ["it's", 'No closing quotation'],
    ['a \\', 'No escaped character'],
    ['a "b\\', 'No escaped character'],
  ])('%j fails with %s', (text, error) => {
    expect(splitCommand(text)).toEqual({ kind: 'error', text: error });
  });

  test('words that were quoted come back unchanged', () => {
    const quoteWord = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitCommand(words.map(quoteWord).join(' '))).toEqual({ kind: 'words', words });
      }),
    );
  });
});
