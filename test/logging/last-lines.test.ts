import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { asPlainText, lastLines, lastWrittenAt } from '../../src/logging/last-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'statevisor-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (text: string): string => {
  const path = join(folder, 'log');
  writeFileSync(path, text);
  return path;
};

const escapeCharacter = String.fromCharCode(27);

test('the last lines are given, without empty ones', () => {
  expect(lastLines(written('one\ntwo\n\nthree\n'), 2)).toEqual(['two', 'three']);
  expect(lastLines(written('one\nunfinished'), 9)).toEqual(['one', 'unfinished']);
});

test('a line whose beginning is too far back is left out', () => {
  expect(lastLines(written(`${'x'.repeat(20_000)}\nlast\n`), 9)).toEqual(['last']);
});

test('there are none where there is no file', () => {
  expect(lastLines(join(folder, 'nope'), 9)).toEqual([]);
  expect(lastWrittenAt(join(folder, 'nope'))).toBe(0);
  expect(lastWrittenAt(`${folder}/${'x'.repeat(300)}`)).toBe(0);
});

test.each([
  [`${escapeCharacter}[1;31mred${escapeCharacter}[0m text`, 'red text'],
  [`${escapeCharacter}]0;title${String.fromCharCode(7)}text`, 'text'],
  ['10%\r50%\r100%\r', '100%'],
  ['a\tb', 'a    b'],
  ['x'.repeat(300), `${'x'.repeat(240)}…`],
])('%j is shown as %j', (line, text) => expect(asPlainText(line)).toBe(text));

test('nothing that is shown can do something to a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      expect(asPlainText(line)).not.toMatch(/\p{Cc}/u);
    }),
  );
});
