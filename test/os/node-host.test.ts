import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNodeHost } from '../../src/os/node-host.ts';

describe('the machine', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'host-'));
    writeFileSync(join(folder, 'file'), 'text');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const host = createNodeHost({ HOME: '/my/home' });

  test('has a name, a user and a working directory', () => {
    expect([host.nodeName, host.userId, host.workingDirectory()]).toEqual([
      hostname(),
      process.getuid?.(),
      process.cwd(),
    ]);
  });

  test('knows homes', () => {
    expect(host.homeDirectory(null)).toBe('/my/home');
    expect(createNodeHost({}).homeDirectory(null)).toBe(userInfo().homedir);
    expect(host.homeDirectory('root')).toBe('/root');
    expect(host.homeDirectory('no such user')).toBeNull();
  });

  test('reads files, and only files', () => {
    expect(Buffer.from(host.readFile(join(folder, 'file')) ?? []).toString()).toBe('text');
    expect(host.readFile(folder)).toBeNull();
    expect(host.readFile(join(folder, 'nope'))).toBeNull();
  });

  test('tells files from directories', () => {
    const paths = [folder, join(folder, 'file'), join(folder, 'nope'), join(folder, 'file', 'below')];
    expect(paths.map(host.exists)).toEqual([true, true, false, false]);
    expect(paths.map(host.isDirectory)).toEqual([true, false, false, false]);
  });

  test('has a directory for temporary files, the first that can be used', () => {
    const usable = (environment: Readonly<Record<string, string>>) => createNodeHost(environment).temporaryDirectory();
    expect(usable({ TMPDIR: folder })).toBe(folder);
    expect(usable({ TMPDIR: join(folder, 'nope'), TEMP: join(folder, 'file'), TMP: folder })).toBe(folder);
    expect(usable({})).toBe('/tmp');
  });

  test('knows users and groups by name and by id', () => {
    const root = { name: 'root', uid: 0, gid: 0 };
    expect([host.findUser('root'), host.findUser(0)]).toEqual([root, root]);
    expect([host.findGroup('root'), host.findGroup(0)]).toEqual([
      { name: 'root', gid: 0 },
      { name: 'root', gid: 0 },
    ]);
  });

  test.each(['no such name', '', 'root\0', -1, 4294967295, 1e20, 4294967294])('knows nobody called %j', (nameOrId) => {
    expect(host.findUser(nameOrId)).toBeNull();
    expect(host.findGroup(nameOrId)).toBeNull();
  });
});
