/** A tree at work on a simulated clock, over fake children, with its trace. */

import type { TraceRecord } from '../../src/model/trace.ts';
import { createTrace } from '../../src/trace/trace.ts';
import type { sampleGroup } from '../helpers/spec-samples.ts';
import { superviseTree } from '../machines/tree.ts';

const oneAndTwo = () => ({ stdout: 1, stderr: 2 });

export interface TraceTreeOptions {
  readonly isLate?: boolean;
  /** Bytes that a process has written by then, in epoch milliseconds. */
  readonly writtenBy?: (of: string, now: number) => NonNullable<TraceRecord['written']>;
}

/** Not booted yet. */
export function traceTree(
  specs: readonly ReturnType<typeof sampleGroup>[],
  size = 1000,
  { isLate = true, writtenBy = oneAndTwo }: TraceTreeOptions = {},
) {
  const tree = superviseTree(specs);
  let serial = 0;
  const trace = createTrace(tree.actor, {
    size,
    isLate,
    nextSerial: () => {
      serial += 1;
      return serial;
    },
    now: tree.now,
    written: (of) => writtenBy(of, tree.now()),
  });
  const read = (of = '', since = 0): readonly TraceRecord[] => trace.read({ of, since, limit: 10_000 }).records;
  return {
    tree,
    trace,
    read,
    /** The latest record of that event. */
    latest: (of: string, event: string): TraceRecord => {
      const found = read().findLast((record) => record.of === of && record.event === event);
      if (found === undefined) throw new Error(`there is no record of ${event} for ${of}`);
      return found;
    },
    /** The events that led to a record, the first cause first. */
    chain: (record: TraceRecord): readonly string[] => {
      const all = new Map(read().map((one) => [one.serial, one]));
      const chain: string[] = [];
      for (let one: TraceRecord | undefined = record; one !== undefined; one = all.get(one.cause))
        chain.unshift(one.event);
      return chain;
    },
  };
}
