/**
 * The records of the trace for one subscriber: those that are kept already, then each as it is made, gathered so that a
 * busy daemon is not kept busier by whoever looks at it. It costs nothing while nothing happens.
 */

import type { TraceRecord } from '../model/trace.ts';
import type { TraceControl } from './trace-control.ts';

export interface TraceFeedOptions {
  /** As in `TraceQuery`. */
  readonly of: string;
  readonly since: number;
  /** Never called before `beginTraceFeed` has returned. */
  readonly onRecords: (records: readonly TraceRecord[]) => void;
}

/** Milliseconds between two notifications. */
const gatherMs = 50;

/** So many records at most at once: what is dropped on a slow connection is lost as a whole. */
const mostAtOnce = 500;

/** Records that the others follow from are told once, but of so many it is forgotten. */
const mostRemembered = 20_000;

const mostKept = 10_000;

/** Returns the function that ends it. */
export function beginTraceFeed(trace: TraceControl, { of, since, onRecords }: TraceFeedOptions): () => void {
  const waiting = new Set<TraceRecord>(trace.read({ of, since, limit: mostKept }).records);
  const told = new Set<number>();
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    timer = null;
    const next = [...waiting].slice(0, mostAtOnce);
    for (const record of next) waiting.delete(record);
    const due = new Set(next.map(({ serial }) => serial));
    const records =
      of === ''
        ? next
        : trace.withCauses(next).filter(({ serial }) => serial > since && (due.has(serial) || !told.has(serial)));
    if (told.size > mostRemembered) told.clear();
    if (of !== '') for (const { serial } of records) told.add(serial);
    if (records.length > 0) onRecords(records);
    if (waiting.size > 0) wait();
  };
  const wait = (): void => {
    timer ??= setTimeout(flush, gatherMs);
  };

  const end = trace.onRecord(of, (record) => {
    waiting.add(record);
    wait();
  });
  if (waiting.size > 0) wait();
  return () => {
    end();
    if (timer !== null) clearTimeout(timer);
  };
}
