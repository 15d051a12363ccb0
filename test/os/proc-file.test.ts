import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachLine } from '../../src/os/proc-file.ts';

const linesOf = (path: string, isWanted: (firstByte: number) => boolean = () => true): readonly string[] => {
  const lines: string[] = [];
  eachLine(path, isWanted, (line) => lines.push(line));
  return lines;
};

test('the wanted lines of a file are found however long they and the file are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-test-'));
  const file = join(folder, 'file');
  const longest = 8192;
  try {
    const line = fc
      .tuple(fc.constantFrom('a', 'B', ''), fc.oneof(fc.nat({ max: 60 }), fc.integer({ min: 4000, max: 20_000 })))
      .map(([first, length]) => first + first.repeat(length));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const whole = lines.map((text) => `${text}\n`).join('');
        const wanted = lines.filter((text) => text.startsWith('a')).map((text) => text.slice(0, longest));
        writeFileSync(file, whole);
        expect(linesOf(file, (firstByte) => firstByte === 97).map(({ length }) => length)).toEqual(
          wanted.map(({ length }) => length),
        );
        writeFileSync(file, `${whole}end`);
        expect(linesOf(file).at(-1)).toBe('end');
      }),
      { numRuns: 50 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file of the system is read to its end', () => {
  expect(linesOf('/proc/self/maps').length).toBeGreaterThan(20);
  expect(linesOf('/proc/version').join('\n')).toBe(readFileSync('/proc/version', 'latin1').trimEnd());
});
