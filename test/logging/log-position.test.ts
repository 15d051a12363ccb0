import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, readFrom } from '../../src/logging/log-position.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-position-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const since = (place: string | null, maxBytes = 1000): string | undefined => {
  const bytes = readFrom(path, place ?? '', maxBytes);
  return bytes === null ? undefined : Buffer.from(bytes).toString();
};

describe('a place in a log', () => {
  test('leads to what was written since, and to nothing while nothing was', () => {
    writeFileSync(path, 'old');
    const place = endOf(path);
    expect(since(place)).toBe('');
    appendFileSync(path, 'new');
    expect(since(place)).toBe('new');
    expect(since(place, 2)).toBe('ew');
  });

  test('holds when the file was rotated, however often', () => {
    writeFileSync(path, 'old');
    writeFileSync(`${path}.1`, 'older');
    const place = endOf(path);
    appendFileSync(path, ' one');
    renameSync(`${path}.1`, `${path}.12`);
    renameSync(path, `${path}.11`);
    writeFileSync(`${path}.2`, ' two');
    writeFileSync(`${path}.1`, ' three');
    writeFileSync(path, ' four');
    writeFileSync(`${path}.bak`, 'no backup');
    expect(since(place)).toBe(' one two three four');
    expect(since(place, 8)).toBe('ree four');
  });

  test('leads to the whole log when the file of that place is gone, or was begun anew', () => {
    writeFileSync(path, 'long enough');
    const place = endOf(path);
    truncateSync(path);
    appendFileSync(path, 'new');
    expect(since(place)).toBe('new');
    renameSync(path, join(folder, 'elsewhere'));
    writeFileSync(path, 'newer');
    expect(since(place)).toBe('newer');
  });

  test('leads to nothing when the log is gone with its directory', () => {
    writeFileSync(path, 'text');
    const place = endOf(path);
    rmSync(path);
    expect(since(place)).toBe('');
    expect(Buffer.from(readFrom(join(folder, 'gone', 'log'), place ?? '', 10) ?? 'null').toString()).toBe('');
  });

  test('is none without a file, or when the text says none', () => {
    expect(endOf(path)).toBeNull();
    writeFileSync(path, 'text');
    for (const text of ['', 'somewhere', '1:2', '1:2:-3', '1:2:3:4']) expect(since(text)).toBeUndefined();
  });
});
