/** How processes are told apart in what is remembered of them: no two have the same key, whatever their names. */

import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec } from '../model/program-spec.ts';

/** Asked for with each change of a process. */
const keys = new WeakMap<ProcessSpec, string>();

export function keyOf(spec: ProcessSpec): string {
  const known = keys.get(spec);
  if (known !== undefined) return known;
  const key = keyOfNames(spec.groupName, spec.name);
  keys.set(spec, key);
  return key;
}

export const keyOfRecord = ({ group, name }: Pick<ProcessRecord, 'group' | 'name'>): string => keyOfNames(group, name);

const keyOfNames = (group: string, name: string): string => JSON.stringify([group, name]);
