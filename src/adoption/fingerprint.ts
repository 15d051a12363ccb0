/**
 * Tells whether a program would be started today as it was started then. Only what the running program can notice counts;
 * what a daemon may change around it (priority, restarts, logs, how it is stopped) does not.
 */

import { hash } from 'node:crypto';
import type { ProcessSpec } from '../model/program-spec.ts';

const FINGERPRINT_CHARACTERS = 32;

/** Hexadecimal digits, the same in every version of the product for a program that says the same. */
export function fingerprintOf(spec: ProcessSpec): string {
  const facts = factsOf(spec);
  return hash('sha256', JSON.stringify(facts), 'hex').slice(0, FINGERPRINT_CHARACTERS);
}

type Fact = readonly [name: string, value: unknown];

/**
 * In this order for ever. A fact that is added later must stand at the end and be left out where it says what was always
 * so: then the programs that do not use it keep their fingerprints.
 */
function factsOf(spec: ProcessSpec): readonly Fact[] {
  const { user, socket } = spec;
  const facts: readonly Fact[] = [
    ['kind', spec.kind],
    ['command', spec.command],
    ['directory', spec.directory],
    ['environment', Object.entries(spec.environment).sort(byName)],
    ['user', user === null ? null : [user.uid, user.gid]],
    ['umask', spec.umask],
    ['redirectStderr', spec.redirectStderr],
    ['serverUrl', spec.serverUrl],
    ['socket', socket?.url ?? null],
  ];
  return facts.filter(([, value]) => value !== null);
}

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : Number(one > other);
