import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FastPath, fastPaths, takesFastPath } from '../../src/os/fast-paths.ts';
import { inRepository } from '../helpers/sandbox.ts';

const names = Object.keys(fastPaths) as readonly FastPath[];

describe('the fast paths', () => {
  it.each([undefined, '', 'nothing'])('are all taken where %j is switched off', (plain) => {
    expect(names.filter((name) => takesFastPath(name, plain))).toEqual(names);
  });

  it('are switched off one by one', () => {
    expect(names.filter((name) => !takesFastPath(name, 'splice, code-cache'))).toEqual(['code-cache', 'splice']);
  });

  it('are switched off together', () => {
    expect(names.filter((name) => takesFastPath(name, 'all'))).toEqual([]);
  });

  it('are all described where people look for them', () => {
    const page = readFileSync(inRepository('docs/performance.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.*?) \| \[/gm)].map(([, name, does]) => [name, does]);
    expect(Object.fromEntries(rows)).toEqual(fastPaths);
  });
});
