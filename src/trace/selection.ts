/** Which records of the trace tell of one process or group, and what those follow from. */

import type { TraceRecord } from '../model/trace.ts';

/** `of`: `group:process`, or a group's name for the group and all in it; '' = everything. */
export const belongsTo = (record: Pick<TraceRecord, 'of'>, of: string): boolean =>
  of === '' || record.of === of || (!of.includes(':') && record.of.startsWith(`${of}:`));

/** The same records and all they follow from, by serial, as far as that is still known. */
export function withCauses(chosen: readonly TraceRecord[], all: readonly TraceRecord[]): readonly TraceRecord[] {
  const known = new Map(all.map((record) => [record.serial, record]));
  const found = new Map(chosen.map((record) => [record.serial, record]));
  for (const { cause } of chosen) {
    for (let serial = cause; serial > 0 && !found.has(serial); ) {
      const record = known.get(serial);
      if (record === undefined) break;
      found.set(serial, record);
      serial = record.cause;
    }
  }
  return [...found.values()].sort((one, other) => one.serial - other.serial);
}
