/**
 * Markup that cannot be broken by what is put into it: the template tag escapes every value that is not markup itself.
 * Pages are made of nothing else.
 */

/** Text that is markup. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Insertable = string | number | Markup | readonly Markup[] | null;

/** Builds markup. Values are escaped for text and for quoted attributes; null inserts nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += inserted(value) + (parts[index + 1] ?? '');
  return new Markup(text);
}

function inserted(value: Insertable): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((markup) => markup.text).join('');
  return escapeText(String(value));
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** What may not stand in HTML at all is shown as terminals do, ESC as `^[`; what has no such form as U+FFFD. */
const escapeText = (text: string): string =>
  text.replace(
    /[&<>"']|[^\P{Cc}\t\n\r]|\p{Cs}|\p{Noncharacter_Code_Point}/gu,
    (character) => entities.get(character) ?? caretForm(character),
  );

function caretForm(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  return code === 0x7f ? '^?' : '\ufffd';
}
