/**
 * White space as Supervisor's parser sees it. JavaScript's own idea differs in two places that matter: a byte order
 * mark is no white space here, and the four ASCII separators are.
 */

const blankCharacters: ReadonlySet<string> = new Set([
  ...'\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000',
  ...'\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
]);

export const isBlank = (character: string): boolean => blankCharacters.has(character);

/** Index of the first character that is not blank; the length when there is none. */
export function indentOf(text: string): number {
  let at = 0;
  while (at < text.length && isBlank(text.charAt(at))) at += 1;
  return at;
}

/** The text without blanks at its end. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The text without blanks at both ends. */
export const strip = (text: string): string => stripEnd(text.slice(indentOf(text)));

/** The words between blanks. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (const character of `${text} `) {
    if (!isBlank(character)) word += character;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  return words;
}
