/** How processes are told apart in what is remembered of them: no two have the same key, whatever their names. */

import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec } from '../model/program-spec.ts';

export const keyOf = ({ groupName, name }: ProcessSpec): string => keyOfNames(groupName, name);

export const keyOfRecord = ({ group, name }: Pick<ProcessRecord, 'group' | 'name'>): string => keyOfNames(group, name);

const keyOfNames = (group: string, name: string): string => JSON.stringify([group, name]);
