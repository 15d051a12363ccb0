/** Who asked for what a process does, out of the trace: the request at the beginning of a chain of causes. */

import type { TraceRecord } from '../model/trace.ts';
import type { Asked } from './facts.ts';

export interface RequestFound {
  readonly asked: Asked;
  /** The chain, the request first. */
  readonly records: readonly number[];
}

/** Events by which a process is told to end. */
const stops: ReadonlySet<string> = new Set(['process.stop', 'process.drain']);

/** The request for the last stop that had an effect; null when nothing is remembered of it, or nobody asked. */
export function findStopRequest(records: readonly TraceRecord[], of: string): RequestFound | null {
  const stop = records.findLast(
    (record) => record.actor === 'process' && record.of === of && stops.has(record.event) && record.outcome === 'taken',
  );
  return stop === undefined ? null : followBack(stop, records);
}

/** The chain of causes that ends with this record, the first of them first. */
export function causesOf(last: TraceRecord, records: readonly TraceRecord[]): readonly TraceRecord[] {
  const known = new Map(records.map((record) => [record.serial, record]));
  const chain = [last];
  for (let cause = known.get(last.cause); cause !== undefined; cause = known.get(cause.cause)) {
    // Causes are older: anything else is no chain.
    if (cause.serial >= (chain[0]?.serial ?? 0)) break;
    chain.unshift(cause);
  }
  return chain;
}

function followBack(stop: TraceRecord, records: readonly TraceRecord[]): RequestFound | null {
  const chain = causesOf(stop, records);
  const request = chain.find(({ actor }) => actor === 'request');
  const peer = request?.facts.peer;
  if (request === undefined || typeof peer !== 'string') return null;
  return { asked: { by: peer, at: request.at }, records: chain.map(({ serial }) => serial) };
}
