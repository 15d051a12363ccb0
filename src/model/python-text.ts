/**
 * Texts as Python prints them. Supervisor's messages contain quoted values and lists in that form, and scripts compare
 * whole messages.
 */

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** `repr()` of a string: single quotes, or double quotes when the text has a single quote and no double one. */
export function quoteText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) body += quoteCharacter(character, quote);
  return quote + body + quote;
}

/** `repr()` of a list of strings: `['a', 'b']`. */
export const quoteList = (texts: readonly string[]): string => `[${texts.map(quoteText).join(', ')}]`;

function quoteCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${character}`;
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
