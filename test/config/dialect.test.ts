import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translate } from '../../src/config/dialect.ts';
import { Sections } from '../../src/config/sections.ts';
import { anyText } from './any-text.ts';

/** Section → key → value, as the daemon would see it. */
function read(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections = readSections(text);
  return Object.fromEntries(
    sections
      .names()
      .map((name) => [
        name,
        Object.fromEntries(sections.keys(name).map((key) => [key, sections.entry(name, key)?.value ?? ''])),
      ]),
  );
}

function readSections(text: string): Sections {
  const sections = new Sections();
  sections.merge(translate(text, 'a.conf'), 'a.conf', false);
  return sections;
}

const messageOf = (text: string): string | null => translate(text, 'a.conf').message;

describe('sections', () => {
  test.each([
    ['[a]\n[b]\n', { a: {}, b: {} }],
    ['[a] ; comment\nx=1', { a: { x: '1' } }],
    ['[a] trailing text\nx=1', { a: { x: '1' } }],
    ['[a]b]\nx=1', { 'a]b': { x: '1' } }],
    ['[ a ]\nx=1', { ' a ': { x: '1' } }],
    ['[A]\nx=1\n[a]\nx=2', { A: { x: '1' }, a: { x: '2' } }],
    ['[a.b]\nx=1\n[a]\nb=2', { 'a.b': { x: '1' }, a: { b: '2' } }],
    ['[a\\.b]\nx=1', { 'a\\.b': { x: '1' } }],
    ['  [a]\n  x=1', { a: { x: '1' } }],
    ['[a]\nx=1\n[b]\n[a]\nx=2\ny=3', { a: { x: '2', y: '3' }, b: {} }],
    ['[a]\n[]=1', { a: { '[]': '1' } }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('keep the order of the file, whatever their names are', () => {
    expect(readSections('[z.z]\n[10]\n[a]\n[9]\n').names()).toEqual(['z.z', '10', 'a', '9']);
  });
});

describe('keys and values', () => {
  test.each([
    ['x=1', { x: '1' }],
    ['x = 1', { x: '1' }],
    ['x:1', { x: '1' }],
    ['x : a=b:c', { x: 'a=b:c' }],
    ['x=a:b', { x: 'a:b' }],
    ['X.y-Z = 1', { 'x.y-z': '1' }],
    ['two words = 1', { 'two words': '1' }],
    ['x=', { x: '' }],
    ['x=1\nX=2', { x: '2' }],
    [`x="a" 'b'`, { x: `"a" 'b'` }],
    ['x=true\ny=null', { x: 'true', y: 'null' }],
    ['x[]=1\nx=2', { 'x[]': '1', x: '2' }],
    ['x=a\\;b', { x: 'a\\;b' }],
    ['x=$y *~', { x: '$y *~' }],
    ['x=é\u2028\u{1f600}', { x: 'é\u2028\u{1f600}' }],
  ])('%j', (text, expected) => {
    expect(read(`[a]\n${text}`)).toEqual({ a: expected });
  });
});

describe('comments', () => {
  test.each([
    ['; x=2\nx=1', '1'],
    ['  # x=2\nx=1', '1'],
    ['x=1 ; comment', '1'],
    ['x=1 # comment', '1'],
    ['x=1\t; comment', '1'],
    ['x=1;2', '1;2'],
    ['x=1#2', '1#2'],
    ["x=sh -c 'a ; b'", "sh -c 'a"],
    ['x="a #b"', '"a'],
    ['x=;', ';'],
    ['x= ;', ''],
    ['x=a;b ; c', 'a;b'],
    ['x=a;b ;c # d', 'a;b ;c'],
  ])('%j leaves x=%j', (text, value) => {
    expect(read(`[a]\n${text}`)).toEqual({ a: { x: value } });
  });
});

describe('values over several lines', () => {
  test.each([
    ['x=1\n  2', { x: '1\n2' }],
    ['x=1\n  y=2', { x: '1\ny=2' }],
    ['  x=1\n  y=2', { x: '1', y: '2' }],
    ['x=\n  1\n  2', { x: '\n1\n2' }],
    ['x=1\n\n  2\n\n\ny=3', { x: '1\n\n2', y: '3' }],
    ['x=1\n; comment\n  # comment\n  2', { x: '1\n2' }],
    ['x=1\n  2 ; comment\n  3', { x: '1\n2\n3' }],
    ['x=1\n\t[b]', { x: '1\n[b]' }],
    ['x=1 ', { x: '1' }],
  ])('%j', (text, expected) => {
    expect(read(`[a]\n${text}`)).toEqual({ a: expected });
  });

  test('are at the line of their key', () => {
    const sections = readSections('; first\n[a]\n\nx=1\n  2\ny=3\n');
    expect(sections.position('a')).toEqual({ file: 'a.conf', line: 2 });
    expect(sections.entry('a', 'x')).toEqual({ value: '1\n2', position: { file: 'a.conf', line: 4 } });
    expect(sections.entry('a', 'y')?.position.line).toBe(6);
  });
});

describe('defaults', () => {
  test('belong to every section, behind its own keys', () => {
    expect(read('[DEFAULT]\nx=0\nz=0\n[a]\nx=1\n[b]\n')).toEqual({ a: { x: '1', z: '0' }, b: { x: '0', z: '0' } });
  });
});

describe('lines that mean nothing', () => {
  test.each([
    ['x=1\n', "File contains no section headers.\nfile: 'a.conf', line: 1\n'x=1\\n'"],
    ['\n[a\nx=1', "File contains no section headers.\nfile: 'a.conf', line: 2\n'[a\\n'"],
    ['\ufeff[a]\n', "File contains no section headers.\nfile: 'a.conf', line: 1\n'\\ufeff[a]\\n'"],
    ['[a]\nfoo\n', "Source contains parsing errors: 'a.conf'\n\t[line  2]: 'foo\\n'"],
    [
      '[a]\nx=1\nfoo\n=2\n[]',
      "Source contains parsing errors: 'a.conf'\n\t[line  3]: 'foo\\n'\n\t[line  4]: '=2\\n'\n\t[line  5]: '[]'",
    ],
    ['[a]\n=1\n  more\n', "Source contains parsing errors: 'a.conf'\n\t[line  2]: '=1\\n'\n\t[line  3]: '  more\\n'"],
    [`[a]\nit's\n`, `Source contains parsing errors: 'a.conf'\n\t[line  2]: "it's\\n"`],
  ])('%j', (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  test('are known with their section', () => {
    const sections = readSections('[a]\nfoo\n[b]\nx=1\n');
    expect([sections.isDamaged('a'), sections.isDamaged('b')]).toEqual([true, false]);
  });

  test('leave the rest of the file readable', () => {
    expect(read('[a]\nx=1\nfoo\n  2\ny=3\n')).toEqual({ a: { x: '1\n2', y: '3' } });
  });
});

describe('any text', () => {
  test('is translated without a throw', () => {
    const piece = fc.oneof(anyText, fc.constantFrom('[a]\n', 'x=1\n', ' ', '\n', ';', '%', '='));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        readSections(pieces.join(''));
      }),
    );
  });

  test('is kept as name, key and value, whatever it is', () => {
    // What the dialect itself gives a meaning: ends of lines, comments, separators, blanks at the ends.
    const plain = (forbidden: RegExp) =>
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !forbidden.test(text));
    const name = plain(/[\r\n;#]|^DEFAULT$|^__proto__$/);
    const key = plain(/[\r\n;#=:[\p{Z}\p{C}\p{Lu}\p{Lt}]|^__proto__$/u).filter((text) => text === text.toLowerCase());
    const value = plain(/[\r\n;#\p{Z}\p{C}]/u);
    fc.assert(
      fc.property(name, key, value, (sectionName, keyName, text) => {
        expect(read(`[${sectionName}]\n${keyName}=${text}\n`)).toEqual({ [sectionName]: { [keyName]: text } });
      }),
    );
  });
});
