import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFifo } from '../../src/os/fifo.ts';
import { openRuntimeDirectory, type RuntimeDirectory, runtimeDirectoryPath } from '../../src/os/runtime-directory.ts';

const isRoot = process.geteuid?.() === 0;
const nobody = 65534;

/** A folder of one test, in which runtime directories are. */
function temporaryFolder(): Disposable & { readonly path: (name: string) => string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'statevisor-runtime-')));
  return {
    path: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function opened(path: string, handedOn: number | null = null): RuntimeDirectory {
  const outcome = openRuntimeDirectory(path, { handedOn });
  if (outcome.kind !== 'open') throw new Error(JSON.stringify(outcome));
  return outcome.directory;
}

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

describe('the place of a runtime directory', () => {
  const request = { configured: null, configFile: '/etc/x.conf', identifier: 'supervisor', userId: 0, environment: {} };

  test('is the one that is configured', () => {
    expect(runtimeDirectoryPath({ ...request, configured: '/srv/run' })).toBe('/srv/run');
  });

  test('is below /run for root, and named after the identifier', () => {
    expect(runtimeDirectoryPath(request)).toMatch(/^\/run\/statevisor\/supervisor-[0-9a-f]{12}$/);
    expect(runtimeDirectoryPath({ ...request, identifier: '../ä b' })).toMatch(
      /^\/run\/statevisor\/_____b-[0-9a-f]{12}$/,
    );
  });

  test('is another one for another file or identifier, and the same for the same', () => {
    const others = [request, { ...request, configFile: '/etc/y.conf' }, { ...request, identifier: 'me' }];
    expect(new Set(others.map(runtimeDirectoryPath)).size).toBe(3);
    expect(runtimeDirectoryPath({ ...request, environment: { XDG_RUNTIME_DIR: '/tmp' } })).toBe(
      runtimeDirectoryPath(request),
    );
  });

  test('does not depend on how the path of the file is written', () => {
    using folder = temporaryFolder();
    writeFileSync(folder.path('x.conf'), '');
    symlinkSync('x.conf', folder.path('link.conf'));
    const written = ['x.conf', './x.conf', 'link.conf'].map((name) => `${folder.path('')}/${name}`);
    expect(new Set(written.map((configFile) => runtimeDirectoryPath({ ...request, configFile }))).size).toBe(1);
  });

  test('is below /tmp for a user without a session', () => {
    const user = { ...request, userId: 54321 };
    const environments = [{}, { XDG_RUNTIME_DIR: '' }, { XDG_RUNTIME_DIR: 'run' }, { XDG_RUNTIME_DIR: '/nope' }];
    for (const environment of environments) {
      expect(runtimeDirectoryPath({ ...user, environment })).toMatch(/^\/tmp\/statevisor-54321\/supervisor-/);
    }
  });

  test.runIf(isRoot)('is in the directory of the session only if an earlier daemon has made it there', () => {
    using folder = temporaryFolder();
    const user = { ...request, userId: 54321, environment: { XDG_RUNTIME_DIR: folder.path('') } };
    chownSync(folder.path(''), user.userId, user.userId);
    // Such a directory is deleted at a logout, while a daemon in the background lives on.
    expect(runtimeDirectoryPath(user)).toMatch(/^\/tmp\/statevisor-54321\//);
    const path = folder.path(`statevisor/${runtimeDirectoryPath(request).slice('/run/statevisor/'.length)}`);
    mkdirSync(path, { recursive: true });
    chownSync(path, user.userId, user.userId);
    expect(runtimeDirectoryPath(user)).toBe(path);
  });

  test.runIf(isRoot)('is where an earlier daemon has made it, whatever the environment says', () => {
    using folder = temporaryFolder();
    const user = { ...request, userId: 54322 };
    const usual = runtimeDirectoryPath(user);
    mkdirSync(usual, { recursive: true });
    chownSync(usual, user.userId, user.userId);
    try {
      chownSync(folder.path(''), user.userId, user.userId);
      expect(runtimeDirectoryPath({ ...user, environment: { XDG_RUNTIME_DIR: folder.path('') } })).toBe(usual);
    } finally {
      rmSync('/tmp/statevisor-54322', { recursive: true });
    }
  });
});

describe('opening a runtime directory', () => {
  test('makes it, and what is missing on the way', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('statevisor/me'));
    expect(modeOf(folder.path('statevisor/me'))).toBe(0o700);
    expect(modeOf(folder.path('statevisor'))).toBe(isRoot ? 0o755 : 0o700);
    expect(directory.stillThere()).toBe(true);
    directory.remove();
    expect(readdirSync(folder.path(''))).toEqual([]);
  });

  test('is refused while another one has it, whose pid is told', () => {
    using folder = temporaryFolder();
    const path = folder.path('run');
    const directory = opened(path);
    expect(openRuntimeDirectory(path)).toEqual({ kind: 'held', by: process.pid });
    directory.close();
    opened(path).remove();
  });

  test('is refused while another process has it, and works once that has ended, however', async () => {
    using folder = temporaryFolder();
    const path = folder.path('run');
    mkdirSync(path, { mode: 0o700 });
    const holder = spawn('flock', [path, 'sh', '-c', 'echo locked; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    expect(openRuntimeDirectory(path)).toMatchObject({ kind: 'held', by: holder.pid });
    const exit = once(holder, 'exit');
    holder.stdin.end();
    await exit;
    opened(path).remove();
  });

  test('goes on with a lock that was handed on', () => {
    using folder = temporaryFolder();
    const first = opened(folder.path('run'));
    const second = opened(folder.path('run'), first.descriptor);
    expect(second.descriptor).toBe(first.descriptor);
    expect(openRuntimeDirectory(folder.path('run')).kind).toBe('held');
    second.remove();
  });

  test('closes what was handed on if it is no longer the directory', () => {
    using folder = temporaryFolder();
    const first = opened(folder.path('run'));
    const openBefore = readdirSync('/proc/self/fd').length;
    rmSync(folder.path('run'), { recursive: true });
    const second = opened(folder.path('run'), first.descriptor);
    expect(second.stillThere()).toBe(true);
    expect(readdirSync('/proc/self/fd')).toHaveLength(openBefore);
    second.remove();
  });

  test.each([
    ['its group', 0o710],
    ['others', 0o701],
    ['everybody', 0o777],
  ])('is refused where it is open to %s, and changes nothing', (_, mode) => {
    using folder = temporaryFolder();
    const path = folder.path('run');
    mkdirSync(path);
    chmodSync(path, mode);
    expect(openRuntimeDirectory(path)).toEqual({
      kind: 'unsafe',
      reason: `${path} is open to others (its mode must be 0700)`,
    });
    expect(modeOf(path)).toBe(mode);
  });

  test('is refused where a link stands in its place', () => {
    using folder = temporaryFolder();
    mkdirSync(folder.path('elsewhere'), { mode: 0o700 });
    symlinkSync('elsewhere', folder.path('run'));
    expect(openRuntimeDirectory(folder.path('run'))).toEqual({
      kind: 'unsafe',
      reason: `${folder.path('run')} is a symbolic link`,
    });
  });

  test('is refused where something else stands in its place or on the way', () => {
    using folder = temporaryFolder();
    writeFileSync(folder.path('file'), '');
    for (const name of ['file', 'file/run']) {
      const reason = `${folder.path('file')} is not a directory`;
      expect(openRuntimeDirectory(folder.path(name))).toEqual({ kind: 'unsafe', reason });
    }
  });

  test('is refused where everybody could put another one in its place', () => {
    using folder = temporaryFolder();
    const path = folder.path('open');
    mkdirSync(path);
    chmodSync(path, 0o777);
    const reason = `${path} can be written to by everybody`;
    expect(openRuntimeDirectory(`${path}/run`)).toEqual({ kind: 'unsafe', reason });
    chmodSync(path, 0o1777);
    opened(`${path}/run`).remove();
  });

  test.runIf(isRoot)('is refused where it, or one on the way, belongs to somebody else', () => {
    using folder = temporaryFolder();
    mkdirSync(folder.path('theirs/run'), { recursive: true, mode: 0o700 });
    chownSync(folder.path('theirs/run'), nobody, nobody);
    const refusal = (path: string) => ({ kind: 'unsafe', reason: `${path} belongs to user ${nobody}` });
    expect(openRuntimeDirectory(folder.path('theirs/run'))).toEqual(refusal(folder.path('theirs/run')));
    chownSync(folder.path('theirs/run'), 0, 0);
    chownSync(folder.path('theirs'), nobody, nobody);
    expect(openRuntimeDirectory(folder.path('theirs/run'))).toEqual(refusal(folder.path('theirs')));
  });

  test.runIf(isRoot)('follows a link of root on the way, and of nobody else', () => {
    using folder = temporaryFolder();
    mkdirSync(folder.path('real'));
    symlinkSync('real', folder.path('link'));
    opened(folder.path('link/run')).close();
    expect(existsSync(folder.path('real/run'))).toBe(true);
    lchownSync(folder.path('link'), nobody, nobody);
    expect(openRuntimeDirectory(folder.path('link/run'))).toEqual({
      kind: 'unsafe',
      reason: `${folder.path('link')} is a symbolic link`,
    });
  });

  test('says what the system said where it cannot be made', () => {
    expect(openRuntimeDirectory('/proc/self/statevisor/run').kind).toBe('failed');
    expect(openRuntimeDirectory(`/tmp/${'x'.repeat(300)}`)).toEqual({
      kind: 'failed',
      reason: expect.stringContaining('ENAMETOOLONG'),
    });
  });

  test('is refused for the root of all', () => {
    expect(openRuntimeDirectory('/').kind).toBe('unsafe');
  });
});

describe('a runtime directory', () => {
  test('knows the numbers of its pipes', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    for (const name of ['0.in', '0.out', '17.err', '17.log', 'x.out']) makeFifo(`${directory.path}/${name}`, 0o600);
    expect([...directory.fifoSlots()].sort()).toEqual([0, 17]);
    directory.close();
  });

  test('is tidied of the pipes that are named, and of what a version said that was tried', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    for (const name of ['0.in', '0.out', '1.out', '17.err', 'x.out']) makeFifo(`${directory.path}/${name}`, 0o600);
    for (const name of ['journal', 'trial.out', 'trial.err', '2.out']) writeFileSync(`${directory.path}/${name}`, '');
    directory.tidy(new Set([1, 2, 3, 17]));
    expect(readdirSync(directory.path).sort()).toEqual(['0.in', '0.out', '2.out', 'journal', 'x.out']);
    directory.close();
  });

  test('notices that it was deleted, or that another one is in its place', () => {
    using folder = temporaryFolder();
    const path = folder.path('run');
    const directory = opened(path);
    rmSync(path, { recursive: true });
    expect(directory.stillThere()).toBe(false);
    mkdirSync(path, { mode: 0o700 });
    expect(directory.stillThere()).toBe(false);
    opened(path).remove();
    directory.close();
  });

  test('is removed with what is ours in it', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    for (const name of ['0.in', '0.out', '0.err', '.probe']) makeFifo(`${directory.path}/${name}`, 0o600);
    writeFileSync(`${directory.path}/journal`, '');
    writeFileSync(`${directory.path}/journal.new`, '');
    directory.remove();
    expect(readdirSync(folder.path(''))).toEqual([]);
  });

  test('is left with what is not ours in it, whatever it is called', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    writeFileSync(folder.path('precious'), 'precious');
    symlinkSync(folder.path('precious'), `${directory.path}/journal`);
    writeFileSync(`${directory.path}/0.out`, 'a file');
    writeFileSync(`${directory.path}/notes`, 'mine');
    mkdirSync(`${directory.path}/journal.new`);
    makeFifo(`${directory.path}/1.in`, 0o600);
    directory.remove();
    expect(readdirSync(folder.path('run')).sort()).toEqual(['0.out', 'journal', 'journal.new', 'notes']);
    expect(readFileSync(folder.path('precious'), 'utf8')).toBe('precious');
  });

  test('does not touch what stands in its place when it is removed', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    writeFileSync(`${directory.path}/journal`, '');
    renameSync(folder.path('run'), folder.path('moved'));
    mkdirSync(folder.path('precious'));
    writeFileSync(folder.path('precious/journal'), 'precious');
    symlinkSync('precious', folder.path('run'));
    directory.remove();
    expect(readFileSync(folder.path('precious/journal'), 'utf8')).toBe('precious');
    expect(readdirSync(folder.path('moved'))).toEqual([]);
  });

  test('is not inherited by programs', () => {
    using folder = temporaryFolder();
    const directory = opened(folder.path('run'));
    const links = execFileSync('sh', ['-c', 'ls -l /proc/self/fd'], { encoding: 'utf8' });
    expect(links).not.toContain(folder.path('run'));
    directory.remove();
  });
});
