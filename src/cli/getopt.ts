/**
 * The command-line dialect of Supervisor's two commands, which is that of Python's getopt. A commander `Command` holds
 * the definitions and the help; this module alone reads the words, so that every accepted spelling and every refusal
 * stays what scripts expect.
 */

import { type Command, InvalidArgumentError, type Option } from 'commander';
import { quoteList, quoteText } from '../model/python-text.ts';

/** A mistake on the command line. The message is what follows `Error: `. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  /** Long name without dashes → value, or true for a flag; in the order in which they were given. */
  readonly options: ReadonlyMap<string, string | true>;
  /** Long name → how it was given, with its dashes: `-c`, or the full long name for a prefix. */
  readonly spellings: ReadonlyMap<string, string>;
  /** The words from the first non-option on. */
  readonly rest: readonly string[];
}

interface GivenOption {
  readonly option: Option;
  /** With its dashes, as messages name it. */
  readonly spelling: string;
  readonly value: string;
}

/** Options that end the program as soon as they are reached: mistakes behind them do not matter any more. */
const endingOptions: ReadonlySet<string> = new Set(['help', 'version']);

/**
 * Supervisor's getopt dialect over the options a command declares: bundled short options, `--x=v`, `--x v`, unambiguous
 * prefixes, and no option after the first other word. `-?` is another name of `-h`. An option's `argParser` only checks:
 * an InvalidArgumentError from it becomes `invalid value for -z 'abc': …`. Words behind the options are refused
 * when the command declares no arguments. Throws `UsageError`.
 */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const { given, rest } = splitArguments(command, argv);
  if (rest.length > 0 && command.registeredArguments.length === 0) {
    throw new UsageError(`positional arguments are not supported: ${quoteList(rest)}`);
  }
  const options = new Map<string, string | true>();
  const spellings = new Map<string, string>();
  for (const { option, spelling, value } of given) {
    const name = option.name();
    checkValue(option, spelling, value);
    if (options.has(name)) throw new UsageError(`conflicting command line option ${quoteText(spelling)}`);
    options.set(name, option.required ? value : true);
    spellings.set(name, spelling);
    if (endingOptions.has(name)) break;
  }
  return { options, spellings, rest };
}

function splitArguments(command: Command, argv: readonly string[]): { given: GivenOption[]; rest: string[] } {
  const given: GivenOption[] = [];
  const words = [...argv];
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift() ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) given.push(takeLong(command, word.slice(2), words));
    else given.push(...takeShorts(command, word.slice(1), words));
  }
  return { given, rest: words };
}

/** Reads one long option; a value in the next word is removed from `following`. */
function takeLong(command: Command, text: string, following: string[]): GivenOption {
  const equals = text.indexOf('=');
  const typed = equals === -1 ? text : text.slice(0, equals);
  const option = findLong(command, typed);
  const name = option.name();
  let value = equals === -1 ? undefined : text.slice(equals + 1);
  if (option.required) {
    value ??= following.shift();
    if (value === undefined) throw new UsageError(`option --${name} requires argument`);
  } else if (value !== undefined) {
    throw new UsageError(`option --${name} must not have an argument`);
  }
  return { option, spelling: `--${name}`, value: value ?? '' };
}

function findLong(command: Command, typed: string): Option {
  const candidates = command.options.filter((option) => option.long?.startsWith(`--${typed}`));
  const exact = candidates.find((option) => option.long === `--${typed}`);
  const found = exact ?? candidates[0];
  if (!found) throw new UsageError(`option --${typed} not recognized`);
  if (!exact && candidates.length > 1) throw new UsageError(`option --${typed} not a unique prefix`);
  return found;
}

/** Reads a bundle of short options; the last may take the rest of the word, or the next word, as its value. */
function takeShorts(command: Command, bundle: string, following: string[]): GivenOption[] {
  const given: GivenOption[] = [];
  for (let at = 0; at < bundle.length; at += 1) {
    const letter = bundle.charAt(at);
    const spelling = `-${letter}`;
    const declared = spelling === '-?' ? '-h' : spelling;
    const option = command.options.find((candidate) => candidate.short === declared);
    if (!option) throw new UsageError(`option ${spelling} not recognized`);
    if (!option.required) {
      given.push({ option, spelling, value: '' });
      continue;
    }
    const attached = bundle.slice(at + 1);
    const value = attached === '' ? following.shift() : attached;
    if (value === undefined) throw new UsageError(`option ${spelling} requires argument`);
    given.push({ option, spelling, value });
    break;
  }
  return given;
}

function checkValue(option: Option, spelling: string, value: string): void {
  if (!option.required) return;
  try {
    option.parseArg?.(value, value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`invalid value for ${spelling} ${quoteText(value)}: ${error.message}`);
  }
}
