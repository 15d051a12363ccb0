/** The names requests use: `group:process`, `process` (group of the same name), `group:*`. */

export interface ProcessName {
  readonly group: string;
  /** null = every process of the group. */
  readonly process: string | null;
}

/** Splits at the first colon. `x` means group x, process x; `g:` and `g:*` mean the whole group. */
export function parseProcessName(text: string): ProcessName {
  const colon = text.indexOf(':');
  if (colon === -1) return { group: text, process: text };
  const process = text.slice(colon + 1);
  return { group: text.slice(0, colon), process: process === '' || process === '*' ? null : process };
}

/** The shortest name that means this process: `name` when the group is called the same, else `group:name`. */
export const displayName = (group: string, process: string): string =>
  group === process ? process : `${group}:${process}`;
