/** Folds a text at its blanks. Runs of blanks within a line stay. */

/** Lines of at most `columns` characters, unless one word alone is longer. */
export function foldWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const piece of text.match(/ *[^ ]+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length <= columns) lines[lines.length - 1] = last + piece;
    else lines.push(piece.trimStart());
  }
  return lines;
}
