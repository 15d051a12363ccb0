/**
 * One reading of a configuration: what is known while it goes on, and how a key becomes a value. A key that is wrong
 * is noted and reads as if it were absent, so that the reading always reaches the end of the file.
 */

import type { ConfigNotice, SourcePosition } from '../model/program-spec.ts';
import type { Host } from '../os/host.ts';
import { describeFailure, type Expansion, expand, type Names } from './expand.ts';
import type { Option, Scope } from './option.ts';
import type { ProblemList } from './problem.ts';
import type { Entry, Sections } from './sections.ts';
import { text } from './values.ts';

export interface Reading {
  readonly host: Host;
  readonly sections: Sections;
  readonly problems: ProblemList;
  /** Grows while reading. */
  readonly notices: ConfigNotice[];
  /** As typed. */
  readonly configFile: string;
  /** Absolute directory of the configuration file. */
  readonly here: string;
  /** ENV_X → value; grows when `[supervisord] environment` has been read. */
  readonly environmentNames: Map<string, string>;
}

/** Names for each scope; `scopeNames` makes the ones that do not depend on a program. */
export type ScopeNames = (scope: Scope) => Names;

/** ENV_X names of an environment. */
export const environmentNames = (environment: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(environment).map(([key, value]) => [`ENV_${key}`, value]));

/** The names outside of programs. */
export function scopeNames(reading: Reading): ScopeNames {
  return (scope) => {
    const names = new Map<string, string | number>(reading.environmentNames);
    if (scope !== 'environment') names.set('here', reading.here);
    if (scope === 'host') names.set('host_node_name', reading.host.nodeName);
    return names;
  };
}

interface Refusal {
  readonly reason: string;
  readonly expected?: string | null;
  /** What the list of problems says where the reason is too long for it. */
  readonly brief?: string;
}

/** Reads the keys of one section. */
export class SectionReader {
  readonly section: string;
  readonly #reading: Reading;
  readonly #names: ScopeNames;
  readonly #suffix: string;

  /** `suffix` is appended to the message of every problem. */
  constructor(reading: Reading, section: string, names: ScopeNames = scopeNames(reading), suffix = '') {
    this.section = section;
    this.#reading = reading;
    this.#names = names;
    this.#suffix = suffix;
  }

  position(): SourcePosition {
    return this.#reading.sections.position(this.section) ?? { file: this.#reading.configFile, line: 0 };
  }

  entry(option: Option<unknown>): Entry | undefined {
    return this.#reading.sections.entry(this.section, option.key);
  }

  /** The value, or what the option is when absent; a problem is noted if what is written is not usable. */
  read<T>(option: Option<T>, scope: Scope = option.scope): T {
    const text = this.expanded(option, scope);
    return text === null ? option.absent(this.#reading.host) : this.parse(option, text);
  }

  /** The text after expansion; null when the key is missing or its expansion failed, which is then noted. */
  expanded(option: Option<unknown>, scope: Scope = option.scope): string | null {
    const entry = this.entry(option);
    if (entry === undefined) return null;
    const names = this.#names(scope);
    const expansion = expand(entry.value, names);
    if (expansion.kind === 'expanded') return expansion.text;
    this.refuseExpansion(option, expansion, {
      text: entry.value,
      label: `${this.section}.${option.key}`,
      names,
    });
    return null;
  }

  /** Turns expanded text into a value. */
  parse<T>(option: Option<T>, text: string): T {
    const parsed = option.type.parse(text, this.#reading.host);
    if (parsed.kind === 'parsed') return parsed.value;
    this.refuse(option, {
      reason: option.refusal?.(text, this.section) ?? parsed.reason,
      expected: option.type.expected,
    });
    return option.absent(this.#reading.host);
  }

  names(scope: Scope): Names {
    return this.#names(scope);
  }

  refuse(option: Option<unknown>, { reason, expected = null, brief = reason }: Refusal): void {
    const entry = this.entry(option);
    this.#reading.problems.add({
      message: reason + this.#suffix,
      reason: brief,
      position: entry?.position ?? this.position(),
      section: this.section,
      key: option.key,
      ...(entry && !option.secret && { value: entry.value }),
      expected,
    });
  }

  refuseExpansion(
    option: Option<unknown>,
    failure: Exclude<Expansion, { kind: 'expanded' }>,
    where: { readonly text: string; readonly label: string; readonly names: Names },
  ): void {
    if (option.secret && option.type === text) {
      // Supervisor shows the whole value; what is refused here was probably a password with a percent sign.
      const brief = `badly formatted: a percent sign is written %%`;
      this.refuse(option, { reason: `Format string for '${where.label}' is ${brief}`, brief });
      return;
    }
    this.refuse(option, { reason: describeFailure(failure, where), brief: briefly(failure, where.names) });
  }

  /** Notes that a required key is missing, unless it may stand in a line that could not be read. */
  refuseMissing(option: Option<unknown>, reason: string): void {
    if (!this.#reading.sections.isDamaged(this.section)) this.refuse(option, { reason });
  }

  /** Notes that the section itself is wrong. */
  refuseSection(reason: string, expected: string | null = null): void {
    this.#reading.problems.add({
      message: reason + this.#suffix,
      reason,
      position: this.position(),
      section: this.section,
      expected,
    });
  }
}

function briefly(failure: Exclude<Expansion, { kind: 'expanded' }>, names: Names): string {
  if (failure.kind === 'malformed') return `badly formatted: ${failure.reason}`;
  const known = [...names.keys()].filter((name) => !name.startsWith('ENV_')).sort();
  const variables = [...names.keys()].some((name) => name.startsWith('ENV_')) ? ['ENV_<variable>'] : [];
  return `%(${failure.name}) is not known here; known are ${[...known, ...variables].join(', ')}`;
}
