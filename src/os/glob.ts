/**
 * Shell patterns for files, by the rules `[include] files` has always had: `*`, `?` and `[…]`, no `**`, no `{…}`, no
 * escapes, and a leading dot matches only a pattern that starts with one.
 */

import { lstatSync, readdirSync, statSync } from 'node:fs';

/** Paths that match, written as the pattern writes them, in no particular order. */
export function glob(pattern: string): readonly string[] {
  const { directory, name } = split(pattern);
  if (!hasWildcard(pattern)) return isThere(directory, name) ? [pattern] : [];
  const directories = directory !== pattern && hasWildcard(directory) ? glob(directory) : [directory];
  return directories.flatMap((found) => namesIn(found, name).map((entry) => join(found, entry)));
}

const hasWildcard = (text: string): boolean => /[*?[]/.test(text);

/** At the last slash; slashes at the end of the directory do not count, unless it is nothing else. */
function split(path: string): { readonly directory: string; readonly name: string } {
  const start = path.lastIndexOf('/') + 1;
  const head = path.slice(0, start);
  const directory = head.replace(/\/+$/, '');
  return { directory: directory === '' ? head : directory, name: path.slice(start) };
}

const join = (directory: string, name: string): string =>
  directory === '' || directory.endsWith('/') ? directory + name : `${directory}/${name}`;

function namesIn(directory: string, pattern: string): readonly string[] {
  if (!hasWildcard(pattern)) return isThere(directory, pattern) ? [pattern] : [];
  const expression = compile(pattern);
  const showHidden = pattern.startsWith('.');
  return listQuietly(directory === '' ? '.' : directory).filter(
    (name) => expression.test(name) && (showHidden || !name.startsWith('.')),
  );
}

/** Without a name the directory itself is asked for. */
function isThere(directory: string, name: string): boolean {
  try {
    return name === '' ? statSync(directory).isDirectory() : lstatSync(join(directory, name)) !== undefined;
  } catch {
    return false;
  }
}

function listQuietly(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const quoted = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
const quotedInSet = (character: string): string => character.replace(/[\\^[\]-]/, '\\$&');

function compile(pattern: string): RegExp {
  const characters = [...pattern];
  let source = '';
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] ?? '';
    at += 1;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      const end = endOfSet(characters, at);
      source += end === -1 ? '\\[' : setSource(characters.slice(at, end));
      if (end !== -1) at = end + 1;
    } else source += quoted(character);
  }
  return new RegExp(`^${source}$`, 'su');
}

/** Index of the `]` that closes a set whose content starts at `start`; one right at the start is content. */
function endOfSet(characters: readonly string[], start: number): number {
  let at = start;
  if (characters[at] === '!') at += 1;
  if (characters[at] === ']') at += 1;
  return characters.indexOf(']', at);
}

function setSource(content: readonly string[]): string {
  const negated = content[0] === '!';
  const members = negated ? content.slice(1) : content;
  let source = '';
  for (let at = 0; at < members.length; at += 1) {
    const first = members[at] ?? '';
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    if (last === undefined) {
      source += quotedInSet(first);
      continue;
    }
    at += 2;
    // A range that runs backwards is empty, not an error.
    if ((first.codePointAt(0) ?? 0) <= (last.codePointAt(0) ?? 0))
      source += `${quotedInSet(first)}-${quotedInSet(last)}`;
  }
  return `[${negated ? '^' : ''}${source}]`;
}
