/**
 * A mark on lists that tell of all processes. They are asked for again and again, and from one time to the next little of
 * them changes: whoever encodes such a list may use again what it has encoded before.
 */

import type { ProcessInfo } from './process-info.ts';

const tables = new WeakSet<object>();

/** Rows and list must not be changed any more. Returns the list itself. */
export function markTable(rows: readonly ProcessInfo[]): readonly ProcessInfo[] {
  tables.add(rows);
  return rows;
}

export const isTable = (value: unknown): value is readonly ProcessInfo[] =>
  typeof value === 'object' && value !== null && tables.has(value);
