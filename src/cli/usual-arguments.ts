/**
 * What nearly every call of a command says, read without its parser: the library that holds the definitions takes longer to
 * load than the rest of a client's work. All else, and every mistake, is left to the parser.
 */

import type { Arguments } from './getopt.ts';

export interface UsualOptions {
  /** As they are typed, `-c` → their long names. */
  readonly valued: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, string>>;
}

/** null when the words say anything else, or the same twice. */
export function readUsualArguments(argv: readonly string[], { valued, flags }: UsualOptions): Arguments | null {
  const options = new Map<string, string | true>();
  const spellings = new Map<string, string>();
  let at = 0;
  for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
    const name = valued[word] ?? flags[word];
    const value = word in valued ? argv[at + 1] : true;
    if (name === undefined || value === undefined || options.has(name)) return null;
    options.set(name, value);
    spellings.set(name, word);
    at += word in valued ? 2 : 1;
  }
  return { options, spellings, rest: argv.slice(at) };
}
