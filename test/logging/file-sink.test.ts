import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { FileSink } from '../../src/logging/file-sink.ts';
import { waitFor } from '../helpers/wait.ts';
import { numberedLines, readRotated, useFolder } from './places.ts';

const inFolder = useFolder();
const never = { maxBytes: 0, backups: 0 };
const opened: FileSink[] = [];

afterEach(() => {
  for (const sink of opened.splice(0)) sink.close();
});

/** A sink that looks after its file at every write, and what it has reported so far. */
function openSink(path: string, lookEveryMs = 0): { sink: FileSink; reports: string[] } {
  const reports: string[] = [];
  const sink = new FileSink({ path, report: (message) => reports.push(message), lookEveryMs });
  opened.push(sink);
  return { sink, reports };
}

const contents = (path: string): string => readFileSync(path, 'utf8');

describe('rotation', () => {
  test('happens after the write that reaches the limit, with the youngest backup first', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path);
    const limits = { maxBytes: 10, backups: 2 };
    sink.write(Buffer.from('123456789'), limits);
    expect(readdirSync(dirname(path))).toEqual(['a.log']);
    sink.write(Buffer.from('0'), limits);
    expect([contents(path), contents(`${path}.1`)]).toEqual(['', '1234567890']);
    sink.write(Buffer.from('a chunk longer than the limit'), limits);
    sink.write(Buffer.from('and another one'), limits);
    sink.write(Buffer.from('rest'), limits);
    expect([contents(path), contents(`${path}.1`), contents(`${path}.2`)]).toEqual([
      'rest',
      'and another one',
      'a chunk longer than the limit',
    ]);
    expect(existsSync(`${path}.3`)).toBe(false);
  });

  test('without backups empties the file in place', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path);
    const { ino } = statSync(path);
    sink.write(Buffer.from('1234567890'), { maxBytes: 10, backups: 0 });
    sink.write(Buffer.from('rest'), { maxBytes: 10, backups: 0 });
    expect(contents(path)).toBe('rest');
    expect(statSync(path).ino).toBe(ino);
    expect(readdirSync(dirname(path))).toEqual(['a.log']);
  });

  test('counts what was in the file before', () => {
    const path = inFolder('a.log');
    writeFileSync(path, 'old text, ');
    const { sink } = openSink(path);
    sink.write(Buffer.from('new'), { maxBytes: 5, backups: 1 });
    expect([contents(path), contents(`${path}.1`)]).toEqual(['', 'old text, new']);
  });

  test('leaves backups beyond the limit alone and closes gaps between them', () => {
    const path = inFolder('a.log');
    writeFileSync(`${path}.1`, 'one');
    writeFileSync(`${path}.3`, 'three');
    writeFileSync(`${path}.5`, 'five');
    const { sink } = openSink(path);
    sink.write(Buffer.from('full'), { maxBytes: 4, backups: 4 });
    expect(readdirSync(dirname(path))).toEqual(['a.log', 'a.log.1', 'a.log.2', 'a.log.4', 'a.log.5']);
    expect([1, 2, 4, 5].map((number) => contents(`${path}.${number}`))).toEqual(['full', 'one', 'three', 'five']);
  });

  test('does not happen early when somebody else has emptied the file', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path, 1_000_000);
    const limits = { maxBytes: 10, backups: 1 };
    sink.write(Buffer.from('12345678'), limits);
    truncateSync(path);
    sink.write(Buffer.from('abcd'), limits);
    expect(contents(path)).toBe('abcd');
    expect(existsSync(`${path}.1`)).toBe(false);
  });

  test('keeps the permissions of the file', () => {
    const path = inFolder('a.log');
    writeFileSync(path, '');
    chmodSync(path, 0o620);
    const { sink } = openSink(path);
    sink.write(Buffer.from('full'), { maxBytes: 4, backups: 1 });
    expect([path, `${path}.1`].map((file) => statSync(file).mode & 0o777)).toEqual([0o620, 0o620]);
  });

  test('that is refused is reported once, loses nothing, and is done when it is possible again', () => {
    const path = inFolder('a.log');
    mkdirSync(`${path}.1`);
    writeFileSync(`${path}.1/file`, '');
    const { sink, reports } = openSink(path);
    const limits = { maxBytes: 4, backups: 1 };
    for (const text of ['1234', '5678', '9012']) sink.write(Buffer.from(text), limits);
    expect(contents(path)).toBe('123456789012');
    expect(reports).toEqual([expect.stringContaining(`cannot rotate log '${path}': EISDIR`)]);
    rmSync(`${path}.1`, { recursive: true });
    sink.write(Buffer.from('3456'), limits);
    expect([contents(path), contents(`${path}.1`)]).toEqual(['', '1234567890123456']);
    expect(reports.slice(1)).toEqual([`log '${path}' can be rotated again`]);
  });

  test('any writes under any limits leave a suffix of what was written, oldest backup first', () => {
    let run = 0;
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), fc.nat(60), fc.nat(4), (chunks, maxBytes, backups) => {
        run += 1;
        const path = inFolder(`${run}.log`);
        const sink = new FileSink({ path, report: expect.unreachable });
        for (const bytes of chunks) sink.write(bytes, { maxBytes, backups });
        sink.close();
        const input = Buffer.concat(chunks);
        const left = readRotated(path, backups);
        expect(left.equals(input.subarray(input.length - left.length))).toBe(true);
        expect(existsSync(`${path}.${backups + 1}`)).toBe(false);
        if (maxBytes === 0) expect(left.length).toBe(input.length);
      }),
    );
  });

  test('with enough backups keeps every byte', () => {
    let run = 0;
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 1, max: 60 }), (chunks, maxBytes) => {
        run += 1;
        const path = inFolder(`${run}.log`);
        const sink = new FileSink({ path, report: expect.unreachable });
        for (const bytes of chunks) sink.write(bytes, { maxBytes, backups: 20 });
        sink.close();
        expect(readRotated(path, 20).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a file that others touch', () => {
  test('is created again when it was removed, and that is reported', () => {
    const path = inFolder('a.log');
    const { sink, reports } = openSink(path);
    sink.write(Buffer.from('before'), never);
    unlinkSync(path);
    sink.write(Buffer.from('after'), never);
    sink.write(Buffer.from('wards'), never);
    expect(contents(path)).toBe('afterwards');
    expect(reports).toEqual([`log '${path}' was removed; it is created again`]);
  });

  test('is written on where it is when its folder was removed, until it can be created again', () => {
    mkdirSync(inFolder('folder'));
    const path = inFolder('folder/a.log');
    const { sink, reports } = openSink(path);
    rmSync(dirname(path), { recursive: true });
    sink.write(Buffer.from('nobody sees this'), never);
    sink.write(Buffer.from('nor this'), never);
    mkdirSync(inFolder('folder'));
    sink.write(Buffer.from('this they do'), never);
    expect(contents(path)).toBe('this they do');
    expect(reports).toEqual([
      expect.stringContaining(`cannot open log '${path}' again, writing to the old file: ENOENT`),
      `log '${path}' can be opened again`,
    ]);
  });

  test('is written on under its new name when it was renamed, until it is opened again', () => {
    const path = inFolder('a.log');
    const { sink, reports } = openSink(path);
    sink.write(Buffer.from('one '), never);
    renameSync(path, `${path}.old`);
    sink.write(Buffer.from('two'), never);
    sink.reopen();
    sink.write(Buffer.from('three'), never);
    expect([contents(`${path}.old`), contents(path)]).toEqual(['one two', 'three']);
    expect(reports).toEqual([]);
  });

  test('is appended to when somebody else appends as well', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path);
    sink.write(Buffer.from('one '), never);
    appendFileSync(path, 'two ');
    sink.write(Buffer.from('three'), never);
    expect(contents(path)).toBe('one two three');
  });

  test('keeps the permissions that a rotating program has given to the new file', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path);
    renameSync(path, `${path}.old`);
    writeFileSync(path, '', { mode: 0o600 });
    sink.reopen();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('clearing', () => {
  test('replaces the file by an empty one and goes on there', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path);
    chmodSync(path, 0o600);
    sink.write(Buffer.from('before'), never);
    sink.clear();
    expect(statSync(path)).toMatchObject({ size: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    sink.write(Buffer.from('after'), never);
    expect(contents(path)).toBe('after');
  });

  test('begins the count of bytes anew', () => {
    const path = inFolder('a.log');
    const { sink } = openSink(path, 1_000_000);
    sink.write(Buffer.from('12345678'), { maxBytes: 10, backups: 1 });
    sink.clear();
    sink.write(Buffer.from('12345678'), { maxBytes: 10, backups: 1 });
    expect(existsSync(`${path}.1`)).toBe(false);
  });

  test('works when the file is gone and fails when it cannot be created', () => {
    mkdirSync(inFolder('folder'));
    const path = inFolder('folder/a.log');
    const { sink } = openSink(path);
    unlinkSync(path);
    sink.clear();
    expect(statSync(path).size).toBe(0);
    rmSync(inFolder('folder'), { recursive: true });
    expect(() => sink.clear()).toThrow('ENOENT');
    sink.write(Buffer.from('still no error'), never);
  });
});

describe('a disk that takes nothing', () => {
  /** /dev/full refuses every write as a full disk does. Replacing the link is as good as making room. */
  function fullDisk(): string {
    const path = inFolder('a.log');
    symlinkSync('/dev/full', path);
    return path;
  }

  function makeRoom(path: string): void {
    unlinkSync(path);
    writeFileSync(path, '');
  }

  test('is reported once, and what was written meanwhile follows when there is room', () => {
    const path = fullDisk();
    const { sink, reports } = openSink(path, 1_000_000);
    const reused = Buffer.from('one ');
    sink.write(reused, never);
    reused.fill('x');
    sink.write(Buffer.from('two '), never);
    expect(reports).toEqual([`cannot write to log '${path}': ENOSPC: no space left on device`]);
    makeRoom(path);
    sink.reopen();
    sink.write(Buffer.from('three'), never);
    expect(contents(path)).toBe('one two three');
    expect(reports.slice(1)).toEqual([`log '${path}' can be written again; 0 bytes are lost`]);
  });

  test('is tried again without another write', async () => {
    const path = fullDisk();
    const { sink, reports } = openSink(path);
    sink.write(Buffer.from('patience'), never);
    makeRoom(path);
    await waitFor('the rest to be written', () => contents(path) === 'patience');
    expect(reports.at(-1)).toBe(`log '${path}' can be written again; 0 bytes are lost`);
  });

  test('costs what exceeds a bound, in one piece at the end, and that is counted', () => {
    const path = fullDisk();
    const { sink, reports } = openSink(path, 1_000_000);
    const lines = numberedLines(20_000);
    for (let at = 0; at < lines.length; at += 1000) sink.write(lines.subarray(at, at + 1000), never);
    makeRoom(path);
    sink.reopen();
    sink.write(Buffer.from('end'), never);
    const kept = readFileSync(path);
    const lost = lines.length - (kept.length - 3);
    expect(kept.equals(Buffer.concat([lines.subarray(0, kept.length - 3), Buffer.from('end')]))).toBe(true);
    expect(lost).toBeGreaterThan(0);
    expect(reports.at(-1)).toBe(`log '${path}' can be written again; ${lost} bytes are lost`);
  });

  test('that has no room until the end costs what is left, and that is said', () => {
    const path = fullDisk();
    const { sink, reports } = openSink(path);
    sink.write(Buffer.from('lost'), never);
    sink.close();
    opened.length = 0;
    expect(reports.at(-1)).toBe(`log '${path}' could not be written to its end; 4 bytes are lost`);
  });
});
