/** What one row of the options table is made of. */

import type { Host } from '../os/host.ts';
import type { Parsed, ValueType } from './values.ts';

/**
 * Which names `%(name)s` may use in a value. `environment`: ENV_X only; `here` adds here; `socket` adds program_name to
 * that; `host` adds host_node_name to `here`; `program` adds program_name and group_name to `host`; `process` adds
 * process_num, numprocs and the program's own environment as ENV_X.
 */
export type Scope = 'environment' | 'here' | 'socket' | 'host' | 'program' | 'process';

/** The command-line flag of the daemon that overrides a key. */
export interface Flag {
  /** One letter; null = only the long form, which is the key. */
  readonly short: string | null;
  /** As the usage names the value; null = a switch, which can turn on but not off. */
  readonly argument: string | null;
  /** Of the usage; more than one line is indented. */
  readonly help: readonly string[];
}

export interface Option<T> {
  readonly key: string;
  readonly type: ValueType<T>;
  /** As it would be written; null = none. */
  readonly default: string | null;
  /** How the reference shows the default when it is not a fixed text. */
  readonly defaultDoc: string | null;
  readonly required: boolean;
  readonly scope: Scope;
  /** One line. */
  readonly doc: string;
  /** Supervisor's text for a refused value of a section where it is not the type's own. */
  readonly refusal: ((value: string, section: string) => string) | null;
  readonly flag: Flag | null;
  /** What is written there is not shown in messages: passwords, and variables, which often are some. */
  readonly secret: boolean;
  /** What the option is when nothing, or nothing usable, was written. */
  readonly absent: (host: Host) => T;
}

interface Details {
  readonly scope: Scope;
  readonly doc: string;
  readonly defaultDoc?: string;
  readonly refusal?: (value: string, section: string) => string;
  readonly flag?: Flag;
  readonly secret?: true;
}

/** A key with a default, written as a user would write it. */
export function option<T>(key: string, type: ValueType<T>, preset: string, details: Details): Option<T> {
  return { ...common(key, details), type, default: preset, absent: (host) => presetValue(type, preset, host) };
}

/** A key that may be missing. */
export function optional<T>(key: string, type: ValueType<T>, details: Details): Option<T | null> {
  return { ...common(key, details), type, default: null, absent: () => null };
}

/** A key that must be written; it reads as null when it is not, which is reported elsewhere with its own words. */
export function required<T>(key: string, type: ValueType<T>, details: Details): Option<T | null> {
  return { ...optional(key, type, details), required: true };
}

function common(key: string, { scope, doc, defaultDoc, refusal, flag, secret }: Details) {
  return {
    key,
    scope,
    doc,
    defaultDoc: defaultDoc ?? null,
    refusal: refusal ?? null,
    flag: flag ?? null,
    secret: secret ?? false,
    required: false,
  };
}

function presetValue<T>(type: ValueType<T>, preset: string, host: Host): T {
  const parsed: Parsed<T> = type.parse(preset, host);
  if (parsed.kind === 'refused') throw new Error(`the default ${preset} is refused: ${parsed.reason}`);
  return parsed.value;
}
