import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findCommand } from '../../src/os/commands.ts';
import { temporaryDirectory } from '../journal/sample-journals.ts';

test('a command is looked for once for all that is started in one go, and anew in the next', async () => {
  using directory = temporaryDirectory();
  const find = (word: string) => findCommand({ word, path: directory.path, directory: null });
  const file = join(directory.path, 'tool');
  expect(find('tool')).toEqual({ kind: 'not-found' });
  writeFileSync(file, '#!/bin/sh\n');
  expect(find('tool')).toEqual({ kind: 'not-found' });
  await nextTurn();
  expect(find('tool')).toEqual({ kind: 'not-executable', file });
  chmodSync(file, 0o755);
  await nextTurn();
  expect(find('tool')).toEqual({ kind: 'found', file });
  expect(findCommand({ word: 'tool', path: '/nowhere', directory: null })).toEqual({ kind: 'not-found' });
});
