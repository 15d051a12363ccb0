import { mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WrittenCounts } from '../../src/actors/written-counts.ts';
import { openLogTarget } from '../../src/logging/log-target.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

const spec = sampleProcess();
const other = sampleProcess({ name: 'other' });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-counts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const openLog = (limits = { maxBytes: 0, backups: 0 }) =>
  openLogTarget(join(folder, 'out'), { ...limits, onProblem: () => {} });

const textBetween = (counts: WrittenCounts, from: number, to: number): string | null => {
  const { available, bytes } = counts.between(spec, 'stdout', from, to);
  return available ? Buffer.from(bytes).toString() : null;
};

test('what a log was given between two counts is found in its file, whatever was in it before', () => {
  const counts = new WrittenCounts();
  const before = openLog();
  before.write(Buffer.from('long ago\n'));
  using log = disposable(counts.counted(spec, 'stdout', openLog()));
  log.write(Buffer.from('one\n'));
  log.write(Buffer.from('two\n'));
  before.close();
  expect(counts.of('web:web')).toEqual({ stdout: 8, stderr: 0 });
  expect(counts.of('who')).toEqual({ stdout: 0, stderr: 0 });
  expect(textBetween(counts, 0, 4)).toBe('one\n');
  expect(textBetween(counts, 4, 8)).toBe('two\n');
  expect(textBetween(counts, 2, 6)).toBe('e\ntw');
  expect(textBetween(counts, 3, 3)).toBe('');
  expect(textBetween(counts, 4, 9)).toBe('two\n');
});

test('it is found across rotations, until the oldest backup is gone', () => {
  const counts = new WrittenCounts();
  using log = disposable(counts.counted(spec, 'stdout', openLog({ maxBytes: 10, backups: 2 })));
  for (let line = 1; line <= 5; line += 1) log.write(Buffer.from(`line ${line}234\n`));
  expect(textBetween(counts, 40, 50)).toBe('line 5234\n');
  expect(textBetween(counts, 35, 45)).toBe('4234\nline ');
  expect(textBetween(counts, 0, 10)).toBe(null);
});

test('nothing is shown that was cleared, truncated or moved away, or may be of another program', () => {
  const counts = new WrittenCounts();
  using log = disposable(counts.counted(spec, 'stdout', openLog()));
  log.write(Buffer.from('gone\n'));
  log.clear();
  log.write(Buffer.from('a long line that was written afterwards\n'));
  expect(textBetween(counts, 0, 5)).toBe(null);
  expect(textBetween(counts, 5, 11)).toBe('a long');
  truncateSync(join(folder, 'out'), 3);
  expect(textBetween(counts, 5, 11)).toBe(null);
  renameSync(join(folder, 'out'), join(folder, 'moved'));
  expect(textBetween(counts, 5, 11)).toBe(null);
  log.reopen();
  log.write(Buffer.from('again\n'));
  expect(textBetween(counts, 45, 51)).toBe('again\n');
  using _shared = disposable(counts.counted(other, 'stdout', openLog()));
  expect(textBetween(counts, 45, 51)).toBe(null);
});

test('of much the end is shown', () => {
  const counts = new WrittenCounts();
  using log = disposable(counts.counted(spec, 'stdout', openLog()));
  log.write(Buffer.alloc(300_000, 'x'));
  const { available, from, to, bytes } = counts.between(spec, 'stdout', 0, 300_000);
  expect([available, from, to, bytes.length]).toEqual([true, 300_000 - 262_144, 300_000, 262_144]);
});

const disposable = <Log extends { close(): void }>(log: Log): Log & Disposable =>
  Object.assign(log, { [Symbol.dispose]: () => log.close() });
