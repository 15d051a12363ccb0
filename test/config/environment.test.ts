import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { anyText } from './any-text.ts';

function read(text: string): Readonly<Record<string, string>> | string {
  const result = readEnvironment(text);
  return result.kind === 'read' ? Object.fromEntries(result.variables) : result.reason;
}

describe('what all versions of Supervisor read', () => {
  test.each([
    ['', {}],
    ['A=1', { A: '1' }],
    ['A=1,B=2', { A: '1', B: '2' }],
    ['A=1;B=2', { A: '1', B: '2' }],
    ['A=1 , B = 2', { A: '1', B: '2' }],
    ['A=1,', { A: '1' }],
    ['A="1,2"', { A: '1,2' }],
    ["A='1,2',B=3", { A: '1,2', B: '3' }],
    ['A="",B=1', { A: '', B: '1' }],
    ['A=1,A=2', { A: '2' }],
    ['A=1 2 B=3', { A: '1', B: '3' }],
    ['A="1"\n,B=2', { A: '1', B: '2' }],
    ['A=http://x/a:b(c)-+', { A: 'http://x/a:b(c)-+' }],
    ['a.b=1', { 'a.b': '1' }],
    ['A="é $x ~ * %"', { A: 'é $x ~ * %' }],
    ['A=x#y', { A: 'x' }],
    ['#A=1', {}],
    ['__proto__=1', Object.fromEntries([['__proto__', '1']])],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('what later versions would read otherwise', () => {
  test.each([
    [`A="'x'"`, { A: 'x' }],
    [`A='"x"'`, { A: 'x' }],
    ['A=a"b"c', { A: 'a"b"c' }],
    ["A=it's", { A: "it's" }],
    ['A="a\\nb"', { A: 'a\\nb' }],
    ['A="a\\"b"', { A: 'a\\' }],
    ['A="x"y', { A: 'x' }],
    ['A=a"b c"d', { A: 'a"b' }],
    ['A=x\\', { A: 'x' }],
    ['A=x#y\n,B=2', { A: 'x', B: '2' }],
    ['A=$', { A: '$' }],
    ['A==', { A: '=' }],
    ['A=,', { A: ',' }],
  ])('%j keeps its older value', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('what only later versions read', () => {
  test.each([
    ['A=a\\ b', { A: 'a b' }],
    ['A="x"y,B=2', { A: 'xy', B: '2' }],
    ["A='a'\\''b'", { A: "a'b" }],
    ['A="a\\"b",B=2', { A: 'a"b', B: '2' }],
    ['A=é,B="ü"', { A: 'é', B: 'ü' }],
    ['A="",B="a"\'b\'c,C=1', { A: '', B: 'abc', C: '1' }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('what nobody reads', () => {
  test.each(['A', 'A=', 'A B', '=1', 'A=1,B', 'A=1,B=', 'A=1,,B=2', 'A=#1', 'A=x#y\nB=2'])('%j', (text) => {
    expect(read(text)).toBe(`Unexpected end of key/value pairs in value '${text}'`);
  });

  test.each(['A="x', "A='x", 'A="x\\'])('%j has no closing quotation', (text) => {
    expect(read(text)).toBe('No closing quotation');
  });
});

describe('any text', () => {
  test('is read or refused', () => {
    const piece = fc.oneof(anyText, fc.constantFrom('A', '=', ',', '"', "'", '\\', '#', '\n', ' '));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(['read', 'refused']).toContain(readEnvironment(pieces.join('')).kind);
      }),
    );
  });

  test('without double quotes and without quotes at its ends comes back from double quotes', () => {
    const value = fc.string().filter((text) => !/"|^'|'$/.test(text));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_.]*$/), value), (variables) => {
        const text = Object.entries(variables)
          .map(([key, content]) => `${key}="${content}"`)
          .join(',');
        expect(read(text)).toEqual({ ...variables });
      }),
    );
  });
});
