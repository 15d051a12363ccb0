import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

it('the page about security names only tests that exist', () => {
  const page = readFileSync(join(repository, 'docs/security.md'), 'utf8');
  const named = [...page.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !existsSync(join(repository, 'test', name)))).toEqual([]);
});
