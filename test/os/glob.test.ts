import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { glob } from '../../src/os/glob.ts';

const files = [
  'a.conf',
  'b.conf',
  'ab',
  'a-b',
  '.hidden',
  '[x]',
  '^',
  'dir/x.conf',
  'dir/.y.conf',
  'other/x.conf',
  'é',
];

describe('a pattern', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'glob-'));
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['a.conf', ['a.conf']],
    ['nope', []],
    ['a.conf/x', []],
    ['*.conf', ['a.conf', 'b.conf']],
    ['?.conf', ['a.conf', 'b.conf']],
    ['[ab].conf', ['a.conf', 'b.conf']],
    ['[b-z].conf', ['b.conf']],
    ['[z-a].conf', []],
    ['[!a].conf', ['b.conf']],
    ['[[]x]', ['[x]']],
    ['[]', []],
    ['a[-x]b', ['a-b']],
    ['a[b', []],
    ['[^]', ['^']],
    ['?', ['^', 'é']],
    ['*/x.conf', ['dir/x.conf', 'other/x.conf']],
    ['*/*.conf', ['dir/x.conf', 'other/x.conf']],
    ['dir/.*', ['dir/.y.conf']],
    ['.h*', ['.hidden']],
    ['d*/', ['dir/']],
    ['**/x.conf', ['dir/x.conf', 'other/x.conf']],
    ['{a,b}.conf', []],
    ['nope/*', []],
  ])('%s finds %j', (pattern, expected) => {
    const found = glob(`${folder}/${pattern}`).map((path) => path.slice(folder.length + 1));
    expect(found.toSorted()).toEqual(expected);
  });
});
