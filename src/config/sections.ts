/**
 * The sections of a configuration, of one file or merged from several, each value with the place it was written at.
 * `[DEFAULT]` lends its keys to every other section.
 */

import { parse } from 'ini';
import type { SourcePosition } from '../model/program-spec.ts';
import { canonicalKey, type Translation } from './dialect.ts';

export interface Entry {
  readonly value: string;
  readonly position: SourcePosition;
}

interface Section {
  readonly position: SourcePosition;
  /** The included file that wrote it first; null when it was the main file. */
  readonly introducedBy: string | null;
  readonly entries: Map<string, Entry>;
}

const defaultSection = 'DEFAULT';
const herePattern = '%(here)s';

export class Sections {
  readonly #sections = new Map<string, Section>();
  readonly #defaults = new Map<string, Entry>();
  readonly #damaged = new Set<string>();

  /** Adds what a file says: sections merge key by key, and what is read later wins. */
  merge(translation: Translation, file: string, isIncluded: boolean): void {
    const content: Record<string, unknown> = parse(translation.iniText);
    for (const [name, lines] of translation.sections) {
      const values = content[name];
      const target = name === defaultSection ? this.#defaults : this.#section(name, lines.line, file, isIncluded);
      if (typeof values !== 'object' || values === null) continue;
      for (const [key, line] of lines.keys) {
        const value = Object.getOwnPropertyDescriptor(values, canonicalKey(key))?.value;
        // The parser drops the one name that objects cannot hold safely; nothing is configured by it.
        if (value === undefined) continue;
        // It also gives true, false and null their own types; here everything is text.
        target.set(key, { value: String(value), position: { file, line } });
      }
    }
    for (const { section } of translation.mistakes) if (section !== null) this.#damaged.add(section);
  }

  /** Without DEFAULT, in the order of first appearance. */
  names(): readonly string[] {
    return [...this.#sections.keys()];
  }

  has(section: string): boolean {
    return this.#sections.has(section);
  }

  /** The section's own value, or that of DEFAULT. */
  entry(section: string, key: string): Entry | undefined {
    return this.#sections.get(section)?.entries.get(key) ?? this.#defaults.get(key);
  }

  /** What the section itself says, without DEFAULT. */
  ownEntries(section: string): ReadonlyMap<string, Entry> {
    return this.#sections.get(section)?.entries ?? new Map();
  }

  /** All its keys, those of DEFAULT last. */
  keys(section: string): readonly string[] {
    return [...new Set([...this.ownEntries(section).keys(), ...this.#defaults.keys()])];
  }

  /** Of the first header; null for a section that is not there. */
  position(section: string): SourcePosition | null {
    return this.#sections.get(section)?.position ?? null;
  }

  introducedBy(section: string): string | null {
    return this.#sections.get(section)?.introducedBy ?? null;
  }

  /** Whether lines of it could not be read, so that what seems to be missing may be in one of them. */
  isDamaged(section: string): boolean {
    return this.#damaged.has(section) || this.#damaged.has(defaultSection);
  }

  /**
   * Replaces the text `%(here)s` in everything read so far. With an [include] section this is done after each file, so
   * that `here` is the directory of the file that says it. A default that needs it becomes each section's own value.
   */
  replaceHere(directory: string): void {
    for (const { entries } of this.#sections.values()) {
      for (const [key, { value, position }] of new Map([...this.#defaults, ...entries])) {
        if (value.includes(herePattern)) {
          entries.set(key, { value: value.replaceAll(herePattern, () => directory), position });
        }
      }
    }
  }

  #section(name: string, line: number, file: string, isIncluded: boolean): Map<string, Entry> {
    let section = this.#sections.get(name);
    if (!section) {
      section = { position: { file, line }, introducedBy: isIncluded ? file : null, entries: new Map() };
      this.#sections.set(name, section);
    }
    return section.entries;
  }
}
