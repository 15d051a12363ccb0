/**
 * `%(name)s` expressions: Python's printf-style formatting of a mapping, which configuration has exposed in full since
 * the first version of Supervisor. Pure; every failure has the text that users search the web for.
 */

import { quoteText } from '../model/python-text.ts';
import { formatValue } from './format-value.ts';

/** What can be named in an expression, and its value. Only process_num and numprocs are numbers. */
export type Names = ReadonlyMap<string, string | number>;

export type Expansion =
  | { readonly kind: 'expanded'; readonly text: string }
  | { readonly kind: 'unknown-name'; readonly name: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** One `%…` expression. */
export interface Directive {
  readonly name: string | null;
  readonly flags: string;
  readonly width: number;
  /** null when there is no `.precision`. */
  readonly precision: number | null;
  readonly conversion: string;
  /** Of the conversion character, in characters from the start of the text. */
  readonly index: number;
}

/** Wider results help nobody and can exhaust memory. */
const LARGEST_FIELD = 1_000_000;
const LONGEST_RESULT = 16_000_000;

class Malformed extends Error {}

class UnknownName extends Error {}

/** Replaces every expression. Text without `%` comes back as it is. */
export function expand(text: string, names: Names): Expansion {
  if (!text.includes('%')) return { kind: 'expanded', text };
  try {
    return { kind: 'expanded', text: expandAll([...text], names) };
  } catch (error) {
    if (error instanceof UnknownName) return { kind: 'unknown-name', name: error.message };
    if (error instanceof Malformed) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

/** Supervisor's sentence about an expansion that failed. `label` says where: `program:x.command`. */
export function describeFailure(
  failure: Exclude<Expansion, { kind: 'expanded' }>,
  where: { readonly text: string; readonly label: string; readonly names: Names },
): string {
  const start = `Format string ${quoteText(where.text)} for ${quoteText(where.label)}`;
  if (failure.kind === 'malformed') return `${start} is badly formatted: ${failure.reason}`;
  const available = [...where.names.keys()].sort().join(', ');
  return `${start} contains names (${quoteText(failure.name)}) which cannot be expanded. Available names: ${available}`;
}

function expandAll(characters: readonly string[], names: Names): string {
  let result = '';
  // A bare %s takes the mapping itself, once; a named one leaves nothing for bare ones behind it.
  let bareAllowed = true;
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] ?? '';
    at += 1;
    if (character !== '%') {
      result += character;
      continue;
    }
    if (characters[at] === '%') {
      result += '%';
      at += 1;
      continue;
    }
    const directive = readDirective(characters, at, names);
    if (directive.name === null) {
      if (!bareAllowed) throw new Malformed('not enough arguments for format string');
      result += bareDirective(directive, characters.slice(at - 1, directive.index + 1).join(''));
    } else {
      result += namedDirective(directive, names.get(directive.name) ?? '');
    }
    if (result.length > LONGEST_RESULT) throw new Malformed('result too long');
    bareAllowed = false;
    at = directive.index + 1;
  }
  return result;
}

/** Reads the expression whose `%` is just before `start`. */
function readDirective(characters: readonly string[], start: number, names: Names): Directive {
  let at = start;
  let name: string | null = null;
  if (characters[at] === '(') {
    const end = endOfName(characters, at);
    name = characters.slice(at + 1, end).join('');
    if (!names.has(name)) throw new UnknownName(name);
    at = end + 1;
  }
  const take = (pattern: RegExp): string => {
    let taken = '';
    while (pattern.test(characters[at] ?? '')) {
      taken += characters[at];
      at += 1;
    }
    return taken;
  };
  const flags = take(/^[-+ #0]$/);
  const width = readField('width', characters[at], take, names.get(name ?? ''));
  let precision: number | null = null;
  if (characters[at] === '.') {
    at += 1;
    precision = readField('precision', characters[at], take, names.get(name ?? ''));
  }
  if (/^[hlL]$/.test(characters[at] ?? '')) at += 1;
  const conversion = characters[at];
  if (conversion === undefined) throw new Malformed('incomplete format');
  return { name, flags, width, precision, conversion, index: at };
}

function endOfName(characters: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < characters.length; at += 1) {
    if (characters[at] === '(') depth += 1;
    if (characters[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Malformed('incomplete format key');
}

function readField(
  kind: 'width' | 'precision',
  next: string | undefined,
  take: (pattern: RegExp) => string,
  value: string | number | undefined,
): number {
  if (next === '*') {
    // The star takes the only argument there is.
    throw new Malformed(typeof value === 'number' ? 'not enough arguments for format string' : '* wants int');
  }
  const size = Number(take(/^[0-9]$/));
  if (size > LARGEST_FIELD) throw new Malformed(`${kind} too big`);
  return size;
}

function namedDirective(directive: Directive, value: string | number): string {
  const formatted = formatValue(directive, value);
  if (formatted.kind === 'bad') throw new Malformed(formatted.reason);
  return formatted.text;
}

/**
 * An expression without a name. Supervisor prints its whole environment for a bare `%s`, which nobody can want; we keep
 * the expression as it was written.
 */
function bareDirective(directive: Directive, written: string): string {
  const checked = formatValue(directive, null);
  if (checked.kind === 'bad') throw new Malformed(checked.reason);
  return written;
}
