/**
 * Splitting `command=` into words as a POSIX shell would, but with no shell behind it: no variables, no globs, no
 * comments, no `~`. The rules are those of Supervisor (Python's `shlex.split`).
 */

export type SplitCommand =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'error'; readonly text: 'No closing quotation' | 'No escaped character' };

const blanks: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n']);

/**
 * Splits at blanks and newlines. Single quotes keep everything, double quotes everything but `\"` and `\\`; elsewhere a
 * backslash keeps the next character. Adjacent pieces join; `''` is an empty word.
 */
export function splitCommand(text: string): SplitCommand {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") {
      at += 1;
      if (at === text.length) return { kind: 'error', text: 'No escaped character' };
      const escaped = text.charAt(at);
      const keepsBackslash = quote === '"' && escaped !== '"' && escaped !== '\\';
      word = (word ?? '') + (keepsBackslash ? '\\' : '') + escaped;
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (blanks.has(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) return { kind: 'error', text: 'No closing quotation' };
  if (word !== null) words.push(word);
  return { kind: 'words', words };
}
