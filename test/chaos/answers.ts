/** What methods answer, read with care: only a daemon that does what it promises answers so. */

import { type ProcessState, processStates } from '../../src/model/process-state.ts';

/** One process, from the answer of `getAllProcessInfo`. */
export interface Info {
  /** `group:name`. */
  readonly name: string;
  readonly state: ProcessState;
  /** 0 when it has none. */
  readonly pid: number;
}

export const processInfos = (value: unknown): readonly Info[] =>
  structs(value).map((fields) => ({
    name: nameIn(fields),
    state: processStates.find((state) => state === fields.get('statename')) ?? 'UNKNOWN',
    pid: Number(fields.get('pid')),
  }));

/** `group:name` → the code of what a request for a whole group came to. */
export const codesByName = (value: unknown): ReadonlyMap<string, number> =>
  new Map(structs(value).map((fields) => [nameIn(fields), Number(fields.get('status'))]));

/** Added, changed and removed groups, from the answer of `reloadConfig`. */
export function groupLists(value: unknown): readonly [readonly string[], readonly string[], readonly string[]] {
  const lists: unknown = Array.isArray(value) ? value[0] : [];
  const list = (index: number): readonly string[] => {
    const names: unknown = Array.isArray(lists) ? lists[index] : [];
    return Array.isArray(names) ? names.map(String) : [];
  };
  return [list(0), list(1), list(2)];
}

type Fields = ReadonlyMap<string, unknown>;

const structs = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map((entry: unknown) => new Map(Object.entries(Object(entry)))) : [];

const nameIn = (fields: Fields): string => `${fields.get('group')}:${fields.get('name')}`;
