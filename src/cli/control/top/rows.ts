/** The processes as `subscribe.overview` tells them, kept up to date. */

import type { ProcessOverview, ProcessUsage } from '../../../model/trace.ts';
import { fieldsOf, listOf, numberOf, stateOf, textOf } from '../reply-fields.ts';

export type TopRow = Pick<
  ProcessOverview,
  'group' | 'name' | 'statename' | 'since' | 'pid' | 'startedAt' | 'restarts' | 'usage' | 'why'
>;

/** By `group:name`, in boot order. */
export type TopRows = ReadonlyMap<string, TopRow>;

/** From the reply of `subscribe.overview`. */
export const firstRows = (reply: unknown): TopRows =>
  new Map(rowsIn(reply).map((row) => [`${row.group}:${row.name}`, row]));

/** With what `overview.changed` has told. */
export function changedRows(rows: TopRows, change: unknown): TopRows {
  const next = new Map(rows);
  for (const name of listOf(fieldsOf(change).get('removed'))) next.delete(String(name));
  for (const row of rowsIn(change)) next.set(`${row.group}:${row.name}`, row);
  return next;
}

const rowsIn = (value: unknown): readonly TopRow[] => listOf(fieldsOf(value).get('processes')).map(parseRow);

function parseRow(value: unknown): TopRow {
  const fields = fieldsOf(value);
  return {
    group: textOf(fields, 'group'),
    name: textOf(fields, 'name'),
    statename: stateOf(fields, 'statename'),
    since: numberOf(fields, 'since'),
    pid: numberOf(fields, 'pid'),
    startedAt: numberOf(fields, 'startedAt'),
    restarts: numberOf(fields, 'restarts'),
    usage: parseUsage(fields.get('usage')),
    why: textOf(fields, 'why'),
  };
}

function parseUsage(value: unknown): ProcessUsage | null {
  const fields = fieldsOf(value);
  return fields.size === 0 ? null : { cpu: numberOf(fields, 'cpu'), memory: numberOf(fields, 'memory') };
}
