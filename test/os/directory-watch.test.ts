import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryWatching, type DirectoryWatch, type WatchDirectory } from '../../src/os/directory-watch.ts';
import { createReadiness, type Readiness } from '../../src/os/readiness.ts';
import { waitFor } from '../helpers/wait.ts';

describe.each([
  ['asking the kernel for what is needed', false],
  ["with Node's own watch", true],
])('a directory watched by %s', (_, plain) => {
  let folder = '';
  let readiness: Readiness;
  let watchDirectory: WatchDirectory;
  let names: (string | null)[] = [];
  let watches: DirectoryWatch[] = [];
  const watch = (path: string, seen = names): DirectoryWatch => {
    const begun = watchDirectory(path, (name) => seen.push(name));
    watches.push(begun);
    return begun;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statevisor-watch-'));
    mkdirSync(join(folder, 'place'));
    writeFileSync(join(folder, 'place', 'file'), '');
    readiness = createReadiness({
      onDefect: (error) => {
        throw error;
      },
    });
    watchDirectory = createDirectoryWatching({ readiness, plain });
    names = [];
    watches = [];
  });

  afterEach(() => {
    for (const one of watches) one.close();
    readiness.close();
    rmSync(folder, { recursive: true });
  });

  it('tells the name of what is removed', async () => {
    watch(join(folder, 'place'));
    rmSync(join(folder, 'place', 'file'));
    await waitFor('a report', () => names.includes('file'));
  });

  it('tells the name of what is moved away, and of what takes its place', async () => {
    watch(join(folder, 'place'));
    renameSync(join(folder, 'place', 'file'), join(folder, 'elsewhere'));
    await waitFor('a report', () => names.includes('file'));
    names.length = 0;
    renameSync(join(folder, 'elsewhere'), join(folder, 'place', 'other'));
    await waitFor('a report', () => names.includes('other'));
  });

  it('tells when it is removed itself, and can be watched again when it is there again', async () => {
    watch(join(folder, 'place'));
    rmSync(join(folder, 'place'), { recursive: true });
    await waitFor('a report', () => names.some((name) => name === null || name === 'place'));
    mkdirSync(join(folder, 'place'));
    writeFileSync(join(folder, 'place', 'again'), '');
    watch(join(folder, 'place'));
    rmSync(join(folder, 'place', 'again'));
    await waitFor('a report', () => names.includes('again'));
  });

  it('tells when it is moved away', async () => {
    watch(join(folder, 'place'));
    renameSync(join(folder, 'place'), join(folder, 'elsewhere'));
    await waitFor('a report', () => names.some((name) => name === null || name === 'place'));
  });

  it('says nothing of what is written', async () => {
    watch(join(folder, 'place'));
    appendFileSync(join(folder, 'place', 'file'), 'more');
    rmSync(join(folder, 'place', 'file'));
    await waitFor('a report', () => names.length > 0);
    expect(names).toEqual(['file']);
  });

  it('tells all who ask, until they no longer do', async () => {
    const others: (string | null)[] = [];
    const first = watch(join(folder, 'place'));
    watch(join(folder, 'place'), others);
    first.close();
    first.close();
    rmSync(join(folder, 'place', 'file'));
    await waitFor('a report', () => others.includes('file'));
    expect(names).toEqual([]);
  });

  it('keeps several directories apart', async () => {
    const others: (string | null)[] = [];
    watch(join(folder, 'place'));
    watch(folder, others);
    rmSync(join(folder, 'place', 'file'));
    rmSync(join(folder, 'place'), { recursive: true });
    await waitFor('a report', () => others.includes('place') && names.includes('file'));
    expect(others).not.toContain('file');
  });

  it('throws for a directory that is not there', () => {
    expect(() => watch(join(folder, 'nowhere'))).toThrow('ENOENT');
  });
});
