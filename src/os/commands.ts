/** Finding the file a command names, with the outcomes Supervisor distinguishes. */

import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLookup, FindCommand } from './os.ts';

const defaultPath = '/bin:/usr/bin:/usr/local/bin';

/**
 * What was found, for as long as nothing else gets a turn: a thousand processes of one program that are started at once have one
 * command.
 */
const found = new Map<string, CommandLookup>();

/** Looks anew in each turn of the event loop. See `lookUp`. */
export function findCommand(request: FindCommand): CommandLookup {
  const key = `${request.word}\0${request.path ?? defaultPath}\0${request.directory ?? ''}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const outcome = lookUp(request);
  if (found.size === 0) queueMicrotask(() => found.clear());
  found.set(key, outcome);
  return outcome;
}

/**
 * A word with a slash is taken as a path; otherwise the first directory of `path` that holds the name decides, even when
 * the file is not executable there (as Supervisor).
 */
function lookUp({ word, path, directory }: FindCommand): CommandLookup {
  if (word.includes('/')) {
    const stats = statOf(word);
    if (stats) return judge(word, stats);
    const inDirectory = directory !== null && !word.startsWith('/') ? join(directory, word) : null;
    const elsewhere = inDirectory === null ? null : statOf(inDirectory);
    return inDirectory !== null && elsewhere ? judge(inDirectory, elsewhere) : { kind: 'not-found' };
  }
  for (const folder of (path ?? defaultPath).split(':')) {
    const file = join(folder === '' ? '.' : folder, word);
    const stats = statOf(file);
    if (stats) return judge(file, stats);
  }
  return { kind: 'not-found' };
}

function statOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

function judge(file: string, stats: Stats): CommandLookup {
  if (stats.isDirectory()) return { kind: 'directory', file };
  if ((stats.mode & 0o111) === 0) return { kind: 'not-executable', file };
  try {
    accessSync(file, constants.X_OK);
    return { kind: 'found', file };
  } catch {
    return { kind: 'no-permission', file };
  }
}
