/**
 * Shell patterns for files, by the rules `[include] files` has always had: `*`, `?` and `[…]`, no `**`, no `{…}`, no
 * escapes, and a leading dot matches only a pattern that starts with one.
 */

import { lstatSync, readdirSync, statSync } from 'node:fs';

/** Paths that match, written as the pattern writes them, in no particular order. */
export function glob(pattern: string): readonly string[] {
  if (!hasWildcard(pattern)) return matchesPlainly(pattern) ? [pattern] : [];
  const slash = pattern.lastIndexOf('/');
  const directory = pattern.slice(0, slash + 1);
  const name = pattern.slice(slash + 1);
  const directories = hasWildcard(directory) ? glob(withoutTrailingSlash(directory)).map(withSlash) : [directory];
  return directories.flatMap((found) => namesIn(found, name).map((entry) => found + entry));
}

const hasWildcard = (text: string): boolean => /[*?[]/.test(text);

function matchesPlainly(path: string): boolean {
  if (path.endsWith('/')) return isDirectory(path);
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
const withoutTrailingSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

function namesIn(directory: string, pattern: string): readonly string[] {
  if (!hasWildcard(pattern)) {
    const exists = pattern === '' ? isDirectory(directory) : lstatQuietly(directory + pattern);
    return exists ? [pattern] : [];
  }
  const expression = compile(pattern);
  const showHidden = pattern.startsWith('.');
  return listQuietly(directory === '' ? '.' : directory).filter(
    (name) => expression.test(name) && (showHidden || !name.startsWith('.')),
  );
}

function lstatQuietly(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
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
