import {
  appendFileSync,
  closeSync,
  existsSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { FileSink } from '../../src/logging/file-sink.ts';
import { bytesWaiting, growPipe } from '../../src/os/fifo.ts';
import { pipe } from '../../src/os/native.ts';
import { readRotated, useFolder } from './places.ts';

const inFolder = useFolder();
const never = { maxBytes: 0, backups: 0 };

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A sink, the pipe of a program, and what the sink has reported. */
function open(path: string, lookEveryMs = 0) {
  const reports: string[] = [];
  const sink = new FileSink({ path, report: (message) => reports.push(message), lookEveryMs });
  const { readFd, writeFd } = pipe();
  growPipe(readFd, 1024 * 1024);
  let writable = true;
  const end = (): void => {
    if (writable) closeSync(writeFd);
    writable = false;
  };
  undo.push(() => {
    sink.close();
    closeSync(readFd);
    end();
  });
  const program = { write: (bytes: string | Buffer) => writeSync(writeFd, bytes.toString()), end };
  return { sink, reports, readFd, program };
}

const contents = (path: string): string => readFileSync(path, 'utf8');

describe('what is taken straight from a pipe', () => {
  test('is appended to the file and is no longer in the pipe', () => {
    const path = inFolder('a.log');
    writeFileSync(path, 'before ');
    const { sink, readFd, program } = open(path);
    expect(sink.take(readFd, 100, never)).toBe('empty');
    program.write('one two');
    expect(sink.take(readFd, 4, never)).toBe(4);
    expect(sink.take(readFd, 100, never)).toBe(3);
    expect(contents(path)).toBe('before one two');
    program.end();
    expect(sink.take(readFd, 100, never)).toBe('ended');
  });

  test('keeps its place among what is written', () => {
    const path = inFolder('a.log');
    const { sink, readFd, program } = open(path);
    sink.write(Buffer.from('one '), never);
    program.write('two ');
    sink.take(readFd, 100, never);
    sink.write(Buffer.from('three '), never);
    program.write('four');
    sink.take(readFd, 100, never);
    expect(contents(path)).toBe('one two three four');
  });

  test('makes the file rotate as what is written does', () => {
    const path = inFolder('a.log');
    const { sink, readFd, program } = open(path);
    const limits = { maxBytes: 10, backups: 2 };
    for (const text of ['123456789', '0', 'longer than the limit', 'rest']) {
      program.write(text);
      expect(sink.take(readFd, 1000, limits)).toBe(text.length);
    }
    expect([contents(path), contents(`${path}.1`), contents(`${path}.2`)]).toEqual([
      'rest',
      'longer than the limit',
      '1234567890',
    ]);
  });

  test('exceeds the limit of a file by a bounded amount, however much is there', () => {
    const path = inFolder('a.log');
    const { sink, readFd, program } = open(path);
    program.write(Buffer.alloc(900_000, '.'));
    let taken = 0;
    while (taken < 900_000) taken += Number(sink.take(readFd, 900_000, { maxBytes: 10, backups: 100 }));
    expect(readRotated(path, 100)).toHaveLength(900_000);
    expect(readFileSync(`${path}.1`).length).toBeLessThanOrEqual(128 * 1024);
  });

  test('goes on at the end of a file that somebody has emptied', () => {
    const path = inFolder('a.log');
    const { sink, readFd, program } = open(path, 1_000_000);
    program.write('before');
    sink.take(readFd, 100, never);
    truncateSync(path);
    program.write('after');
    expect(sink.take(readFd, 100, never)).toBe(5);
    expect(contents(path)).toBe('after');
  });

  test('goes into a new file when somebody has removed the old one', () => {
    const path = inFolder('a.log');
    const { sink, reports, readFd, program } = open(path);
    program.write('before');
    sink.take(readFd, 100, never);
    unlinkSync(path);
    program.write('after');
    expect(sink.take(readFd, 100, never)).toBe(5);
    expect(contents(path)).toBe('after');
    expect(reports).toEqual([`log '${path}' was removed; it is created again`]);
  });

  test.each([0, 1_000_000])(
    'is not taken while somebody else writes to the file (looks every %d ms)',
    (lookEveryMs) => {
      const path = inFolder('a.log');
      const { sink, readFd, program } = open(path, lookEveryMs);
      appendFileSync(path, 'from elsewhere ');
      program.write('one');
      expect(sink.take(readFd, 100, never)).toBe('refused');
      expect(bytesWaiting(readFd)).toBe(3);
      sink.write(Buffer.from('one'), never);
      expect(sink.take(readFd, 100, never)).toBe('refused');
      expect(contents(path)).toBe('from elsewhere one');
    },
  );

  test('is not taken where the file takes nothing, which writing finds out and says', () => {
    const path = inFolder('a.log');
    symlinkSync('/dev/full', path);
    const { sink, reports, readFd, program } = open(path, 1_000_000);
    program.write('one');
    expect(sink.take(readFd, 100, never)).toBe('refused');
    expect([bytesWaiting(readFd), reports]).toEqual([3, []]);
    sink.write(Buffer.from('one'), never);
    expect(reports).toEqual([`cannot write to log '${path}': ENOSPC: no space left on device`]);
    expect(sink.take(readFd, 100, never)).toBe('refused');
  });

  test('and what is written, by the sink or by others, all gets into the file, each in its order', () => {
    const step = fc.record({
      kind: fc.constantFrom('program', 'take', 'write', 'other'),
      length: fc.integer({ min: 1, max: 300 }),
    });
    const limits = fc.record({ maxBytes: fc.constantFrom(0, 50, 200), backups: fc.constant(50) });
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), limits, fc.constantFrom(0, 1_000_000), (steps, limit, look) => {
        run += 1;
        const path = inFolder(`${run}.log`);
        const { sink, readFd, program } = open(path, look);
        const expected = { p: '', w: '', o: '' };
        for (const { kind, length } of steps) {
          if (kind === 'program') {
            program.write('p'.repeat(length));
            expected.p += 'p'.repeat(length);
          } else if (kind === 'write') {
            sink.write(Buffer.from('w'.repeat(length)), limit);
            expected.w += 'w'.repeat(length);
          } else if (kind === 'other') {
            appendFileSync(path, 'o'.repeat(length));
            expected.o += 'o'.repeat(length);
          } else sink.take(readFd, length, limit);
        }
        const left = bytesWaiting(readFd);
        const written = readRotated(path, 50).toString();
        const only = (letter: string): string => written.replace(new RegExp(`[^${letter}]`, 'g'), '');
        expect(only('p').length + left).toBe(expected.p.length);
        expect([only('w'), only('o')]).toEqual([expected.w, expected.o]);
        expect(existsSync(path)).toBe(true);
        for (const step of undo.splice(0).reverse()) step();
      }),
      { numRuns: 200 },
    );
  });
});
