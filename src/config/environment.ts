/**
 * The grammar of `environment=`: `KEY="value",KEY2=value2`. Supervisor up to 4.3 reads it with one set of quoting rules,
 * later versions with those of a POSIX shell. What the older rules accept keeps the value they give it; only what
 * they refuse is read by the newer ones.
 */

export type EnvironmentResult = { readonly kind: 'read'; readonly variables: ReadonlyMap<string, string> } | Refused;

interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

interface Rules {
  readonly isWord: (character: string) => boolean;
  /** Quotes are removed and join, a backslash escapes. */
  readonly posix: boolean;
}

const older: Rules = { isWord: (character) => /^[A-Za-z0-9_/.+\-():]$/.test(character), posix: false };
const newer: Rules = {
  isWord: (character) => /^[A-Za-z0-9_/.+\-():ß-öø-ÿÀ-ÖØ-Þ]$/.test(character),
  posix: true,
};

/** Reads the pairs; a repeated key keeps its last value. On failure the reason is that of the older rules. */
export function readEnvironment(text: string): EnvironmentResult {
  const result = readWith(older, text);
  if (result.kind === 'read') return result;
  const second = readWith(newer, text);
  return second.kind === 'read' ? second : result;
}

function readWith(rules: Rules, text: string): EnvironmentResult {
  const tokens = new Tokens(text, rules).all();
  if (tokens.kind === 'refused') return tokens;
  const variables = new Map<string, string>();
  // Whatever single token follows a pair separates it from the next; by convention a comma.
  for (let at = 0; at < tokens.words.length; at += 4) {
    const [key, equals, value] = tokens.words.slice(at, at + 3);
    if (key === undefined || equals !== '=' || value === undefined) {
      return { kind: 'refused', reason: `Unexpected end of key/value pairs in value '${text}'` };
    }
    variables.set(key, rules.posix ? value : withoutQuotes(value));
  }
  return { kind: 'read', variables };
}

/** Step by step: an expression for the end of a text tries each run of quotes from each of its characters. */
function withoutQuotes(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isQuote(value[start])) start += 1;
  while (end > start && isQuote(value[end - 1])) end -= 1;
  return value.slice(start, end);
}

const isQuote = (character: string | undefined): boolean => character === '"' || character === "'";

/** Cuts a text into words, quoted strings and single other characters, as Python's shlex does. */
class Tokens {
  readonly #text: string;
  readonly #rules: Rules;
  #at = 0;

  constructor(text: string, rules: Rules) {
    this.#text = text;
    this.#rules = rules;
  }

  all(): { readonly kind: 'words'; readonly words: readonly string[] } | Refused {
    const words: string[] = [];
    for (;;) {
      const word = this.#rules.posix ? this.#nextPosix() : this.#nextPlain();
      if (word === null) return { kind: 'words', words };
      if (typeof word !== 'string') return word;
      words.push(word);
    }
  }

  #nextPlain(): string | null | Refused {
    this.#skipBlanks();
    const first = this.#take();
    if (first === '') return null;
    if (first === '"' || first === "'") {
      const close = this.#text.indexOf(first, this.#at);
      if (close === -1) return { kind: 'refused', reason: 'No closing quotation' };
      const content = this.#text.slice(this.#at, close + 1);
      this.#at = close + 1;
      return first + content;
    }
    if (!this.#rules.isWord(first)) return first;
    let word = first;
    for (;;) {
      const next = this.#peek();
      if (next === '#') {
        // A comment ends at the line's end, but not the word before it.
        this.#skipLine();
      } else if (this.#rules.isWord(next) || next === '"' || next === "'") {
        word += this.#take();
      } else {
        return word;
      }
    }
  }

  #nextPosix(): string | null | Refused {
    this.#skipBlanks();
    const first = this.#peek();
    if (first === '') return null;
    if (!this.#rules.isWord(first) && !isQuoting(first)) return this.#take();
    let word = '';
    for (;;) {
      const next = this.#peek();
      if (next === '\\') {
        this.#take();
        const escaped = this.#take();
        if (escaped === '') return { kind: 'refused', reason: 'No escaped character' };
        word += escaped;
      } else if (next === '"' || next === "'") {
        const quoted = this.#takeQuoted();
        if (typeof quoted !== 'string') return quoted;
        word += quoted;
      } else if (next === '#') {
        this.#skipLine();
        return word;
      } else if (this.#rules.isWord(next)) {
        word += this.#take();
      } else {
        return word;
      }
    }
  }

  #takeQuoted(): string | Refused {
    const quote = this.#take();
    let content = '';
    for (;;) {
      const next = this.#take();
      if (next === '') return { kind: 'refused', reason: 'No closing quotation' };
      if (next === quote) return content;
      if (next === '\\' && quote === '"') {
        const escaped = this.#take();
        if (escaped === '') return { kind: 'refused', reason: 'No escaped character' };
        content += escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
      } else {
        content += next;
      }
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const next = this.#peek();
      if (next === '#') this.#skipLine();
      else if (next !== '' && isSeparator(next)) this.#at += 1;
      else return;
    }
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end + 1;
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #take(): string {
    const character = this.#peek();
    this.#at += character.length;
    return character;
  }
}

const isQuoting = (character: string): boolean => character === '\\' || character === '"' || character === "'";
const isSeparator = (character: string): boolean => ' \t\r\n'.includes(character);
