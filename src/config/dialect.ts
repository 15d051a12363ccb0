/**
 * Supervisor's ini dialect (that of Python's configparser), line by line: comments, continuation lines, `=` or `:`,
 * and nothing quoted. The result is the same content in canonical ini text, with the line of every section and key kept
 * beside it, so that a plain ini parser reads every value exactly.
 */

import { quoteText } from '../model/python-text.ts';
import { indentOf, isBlank, strip, stripEnd } from './blanks.ts';

export interface Translation {
  /** Every name and value as a JSON string; dots in section names escaped. */
  readonly iniText: string;
  /** Section name → where it and its keys were last written. In the order of first appearance. */
  readonly sections: ReadonlyMap<string, SectionLines>;
  readonly mistakes: readonly SyntaxMistake[];
  /** Supervisor's text about all mistakes of the file; null when there are none. */
  readonly message: string | null;
}

export interface SectionLines {
  /** Of the first header, counted from 1. */
  readonly line: number;
  readonly keys: ReadonlyMap<string, number>;
}

export interface SyntaxMistake {
  readonly kind: 'no-section' | 'no-separator';
  readonly line: number;
  /** The section in which the line stands; null before the first. */
  readonly section: string | null;
  readonly text: string;
}

/** The key under which a section's value is found in what an ini parser makes of the canonical text. */
export const canonicalKey = (key: string): string =>
  // A name that ends in [] would be taken for a list; no key of the dialect ends in a blank.
  key.endsWith('[]') ? `${key} ` : key;

const jsonText = (text: string): string =>
  JSON.stringify(text).replace(/[\u2028\u2029\]]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/** Translates one file. `file` is its path as messages show it. */
export function translate(text: string, file: string): Translation {
  const translator = new Translator();
  for (const line of linesOf(text)) {
    if (!translator.take(line)) break;
  }
  return translator.result(file);
}

interface OpenValue {
  readonly key: string;
  readonly lines: string[];
}

class Translator {
  readonly #sections = new Map<string, { line: number; keys: Map<string, number> }>();
  readonly #output: string[] = [];
  readonly #mistakes: SyntaxMistake[] = [];
  #line = 0;
  #section: string | null = null;
  #indent = 0;
  #open: OpenValue | null = null;

  /** Reads the next line, with its line end. False: the rest of the file has no meaning. */
  take(line: string): boolean {
    this.#line += 1;
    const comment = commentStart(line);
    const content = strip(comment === -1 ? line : line.slice(0, comment));
    if (content === '') {
      // An empty line belongs to a value that goes on behind it; a comment leaves no trace.
      if (comment === -1) this.#open?.lines.push('');
      return true;
    }
    const indent = indentOf(line);
    if (this.#open !== null && indent > this.#indent) {
      this.#open.lines.push(content);
      return true;
    }
    this.#indent = indent;
    return this.#takeStart(content, line);
  }

  result(file: string): Translation {
    this.#close();
    return {
      iniText: this.#output.join('\n'),
      sections: this.#sections,
      mistakes: this.#mistakes,
      message: describeMistakes(this.#mistakes, file),
    };
  }

  #takeStart(content: string, line: string): boolean {
    const end = content.lastIndexOf(']');
    if (content.startsWith('[') && end > 1) {
      this.#startSection(content.slice(1, end));
      return true;
    }
    if (this.#section === null) {
      this.#mistakes.push({ kind: 'no-section', line: this.#line, section: null, text: line });
      return false;
    }
    const separator = content.search(/[=:]/);
    if (separator > 0) {
      this.#startValue(stripEnd(content.slice(0, separator)), strip(content.slice(separator + 1)));
      return true;
    }
    this.#mistakes.push({ kind: 'no-separator', line: this.#line, section: this.#section, text: line });
    // A line without a name ends the value above it, one without a separator does not.
    if (separator === 0) this.#close();
    return true;
  }

  #startSection(name: string): void {
    this.#close();
    this.#section = name;
    if (!this.#sections.has(name)) this.#sections.set(name, { line: this.#line, keys: new Map() });
    this.#output.push(`[${jsonText(name.replaceAll('.', '\\.'))}]`);
  }

  #startValue(key: string, value: string): void {
    this.#close();
    const name = key.toLowerCase();
    this.#open = { key: name, lines: [value] };
    this.#sections.get(this.#section ?? '')?.keys.set(name, this.#line);
  }

  #close(): void {
    if (this.#open === null) return;
    const value = stripEnd(this.#open.lines.join('\n'));
    this.#output.push(`${jsonText(canonicalKey(this.#open.key))}=${jsonText(value)}`);
    this.#open = null;
  }
}

/** The lines of a text, each with its line end. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * Index of the comment in a line: `;` or `#` at its start or behind a blank; −1 when there is none. Supervisor looks at
 * the first `;` and the first `#`, then at the second of each, and so on, and is content with the first round that finds
 * a comment. So in `a;b ;c # d` only the last two characters are one.
 */
function commentStart(line: string): number {
  const first = line.charAt(indentOf(line));
  if (first === ';' || first === '#') return 0;
  let semicolon = line.indexOf(';');
  let hash = line.indexOf('#');
  while (semicolon !== -1 || hash !== -1) {
    const found = [semicolon, hash].filter((at) => at > 0 && isBlank(line.charAt(at - 1)));
    if (found.length > 0) return Math.min(...found);
    if (semicolon !== -1) semicolon = line.indexOf(';', semicolon + 1);
    if (hash !== -1) hash = line.indexOf('#', hash + 1);
  }
  return -1;
}

function describeMistakes(mistakes: readonly SyntaxMistake[], file: string): string | null {
  const [first] = mistakes;
  if (!first) return null;
  if (first.kind === 'no-section') {
    return `File contains no section headers.\nfile: ${quoteText(file)}, line: ${first.line}\n${quoteText(first.text)}`;
  }
  const lines = mistakes.map(({ line, text }) => `\n\t[line ${String(line).padStart(2)}]: ${quoteText(text)}`);
  return `Source contains parsing errors: ${quoteText(file)}${lines.join('')}`;
}
