/** The parameters several methods share. */

import type { Parameter } from './method.ts';

export const processOrGroupName = {
  name: 'name',
  type: 'string',
  doc: 'process name, `group:name`, or `group:*` for the whole group',
} as const satisfies Parameter;

export const processName = {
  name: 'name',
  type: 'string',
  doc: 'process name, or `group:name`',
} as const satisfies Parameter;

export const groupName = { name: 'name', type: 'string', doc: 'group name' } as const satisfies Parameter;

export const signalText = {
  name: 'signal',
  type: 'string',
  acceptsNumber: true,
  doc: 'signal name (`HUP`, `SIGHUP`, any case) or number',
} as const satisfies Parameter;

/** What a batch answers. */
export const batchRows = {
  type: 'array',
  doc: 'a struct for each process concerned: `name`, `group`, `status` (80 = success, else a fault code), `description`',
} as const;

export const alwaysTrue = { type: 'boolean', doc: 'always true' } as const;
