/** Takes out of a text what looks like a password, for readers who may see the rest. A guess by form, not a promise. */

const hidden = '****';

/** `postgres://app:secret@db/` – up to the last `@` before the path, for passwords may contain one. */
const passwordInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*:)[^\s/'"]*(?=@)/gi;

/** `--password=secret`, `-e DB_PASSWORD secret`, `api_key: "secret"`; words that only begin so are not meant. */
const namedSecret =
  /((?:pass(?:word|wd|phrase)?|secret|token|(?:api|access|private)[-_]?key|credentials?)["']?(?:\s*[=:]\s*|\s+(?!-)))("[^"]*"|'[^']*'|[^\s"'&]+)/gi;

/** The same text with `****` in place of each. */
export const withoutSecrets = (text: string): string =>
  text.replace(passwordInUrl, `$1${hidden}`).replace(namedSecret, `$1${hidden}`);
