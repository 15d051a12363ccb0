/** Sections and keys that Supervisor would ignore in silence: most are misspelt, so each is named once in the log. */

import { kindOfSection, type SectionKind, sectionKinds } from './options.ts';
import type { Reading } from './reading.ts';

/** Notes every unknown section and every unknown key of a known one. */
export function noteUnknownNames(reading: Reading): void {
  for (const section of reading.sections.names()) {
    const kind = kindOfSection(section);
    if (kind) noteUnknownKeys(reading, section, kind);
    else noteUnknownSection(reading, section);
  }
}

function noteUnknownSection(reading: Reading, section: string): void {
  const position = reading.sections.position(section);
  warn(reading, position, `section [${section}] is not known and is ignored`, suggestSection(section));
}

function noteUnknownKeys(reading: Reading, section: string, kind: SectionKind): void {
  if (kind.takesAnyKey) return;
  const known = kind.options.map(({ key }) => key);
  for (const [key, { position }] of reading.sections.ownEntries(section)) {
    if (known.includes(key)) continue;
    warn(reading, position, `key ${key} of section [${section}] is not known and is ignored`, nearest(key, known));
  }
}

function warn(
  reading: Reading,
  position: { readonly file: string; readonly line: number } | null,
  text: string,
  suggestion: string | null,
): void {
  const place = position === null ? '' : ` (${position.file}, line ${position.line})`;
  const hint = suggestion === null ? '' : `; did you mean ${suggestion}?`;
  reading.notices.push({ level: 'warn', message: `${text}${place}${hint}` });
}

function suggestSection(section: string): string | null {
  const colon = section.indexOf(':');
  const start = colon === -1 ? section : section.slice(0, colon);
  const name = colon === -1 ? null : section.slice(colon + 1);
  const candidates = sectionKinds.filter(({ form }) => form === 'prefix' || (form === 'named') === (name !== null));
  const found =
    nearest(
      start.toLowerCase(),
      candidates.map((kind) => kind.name),
    ) ?? withoutColon(start);
  if (found === null) return null;
  return name === null ? `[${found}]` : `[${found}:${name}]`;
}

/** `[program]` and its like need a name. */
function withoutColon(start: string): string | null {
  const kind = sectionKinds.find(({ name, form }) => form === 'named' && name === start.toLowerCase());
  return kind ? `${kind.name}:x` : null;
}

/** The candidate that is fewest edits away, if those are few for its length. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(name, candidate);
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Insertions, deletions and replacements of one character that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const remove = (previous[column] ?? 0) + 1;
      const insert = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replace, remove, insert));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
