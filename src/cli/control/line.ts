/** A line as the shell reads it: the leading word names the action, the rest is its argument. No quoting exists. */

export type Line =
  | { readonly kind: 'empty' }
  /** Nothing that could be an action's name. */
  | { readonly kind: 'unknown'; readonly text: string }
  | { readonly kind: 'action'; readonly name: string; readonly argument: string; readonly text: string };

/** `?x` means `help x`; the action's name is made of ASCII letters, digits and underscores. */
export function parseLine(typed: string): Line {
  const trimmed = typed.trim();
  if (trimmed === '') return { kind: 'empty' };
  const text = trimmed.startsWith('?') ? `help ${trimmed.slice(1)}` : trimmed;
  const name = /^\w+/.exec(text)?.[0];
  if (name === undefined) return { kind: 'unknown', text };
  return { kind: 'action', name, argument: text.slice(name.length).trim(), text };
}

/** The words of an argument. */
export const splitWords = (argument: string): readonly string[] => argument.split(/\s+/).filter((word) => word !== '');
