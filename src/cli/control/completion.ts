/** What the Tab key offers in the shell: action names, then names of groups or processes. Knows no terminal. */

import type { ProcessInfo } from '../../model/process-info.ts';
import { actions, ownActions } from './actions.ts';

const groupActions: ReadonlySet<string> = new Set(['add', 'remove', 'update']);
const processActions: ReadonlySet<string> = new Set([
  'chart',
  'clear',
  'fg',
  'pid',
  'restart',
  'signal',
  'start',
  'status',
  'stop',
  'tail',
  'trace',
  'why',
]);

export interface Completion {
  /** Whole words, each with a trailing blank. */
  readonly candidates: readonly string[];
  /** The part of the line they would replace: its unfinished last word, or nothing. */
  readonly word: string;
}

/** Completes the line up to the cursor. `infos` is asked only when names of processes are wanted. */
export async function completeLine(line: string, infos: () => Promise<readonly ProcessInfo[]>): Promise<Completion> {
  const word = lastWord(line);
  const words = line.trim().split(/\s+/);
  const action = words[0] ?? '';
  const naming = action === '' || (words.length === 1 && !line.endsWith(' ')) || action === 'help';
  const offered = naming ? [...actions.keys(), ...ownActions.keys()] : await offeredNames(action, word, infos);
  return { candidates: offered.filter((name) => name.startsWith(word)).map((name) => `${name} `), word };
}

async function offeredNames(
  action: string,
  word: string,
  infos: () => Promise<readonly ProcessInfo[]>,
): Promise<readonly string[]> {
  if (groupActions.has(action)) return [...new Set((await infos()).map((info) => info.group))];
  if (processActions.has(action)) return processNames(await infos(), word.includes(':'));
  return [];
}

/** `x` for a process that is its own group, unless a colon was typed; `g:p` and once `g:*` for the others. */
function processNames(infos: readonly ProcessInfo[], withGroups: boolean): readonly string[] {
  const names = infos.flatMap(({ group, name }) =>
    withGroups || group !== name ? [`${group}:${name}`, `${group}:*`] : [name],
  );
  return [...new Set(names)];
}

/** Names are one word with their `:`, `*` and `-`; other punctuation ends a word, as in readline. */
const lastWord = (line: string): string => /[^\s`~!@#$%^&()=+[{\]}\\|;'",<>/?]*$/.exec(line)?.[0] ?? '';
