/** What the records of the trace say about a moment: the state of each program then, and what had happened last. Pure. */

import type { ProcessState } from '../../model/process-state.ts';
import type { TraceRecord } from '../../model/trace.ts';
import { stateNameOf } from './state-style.ts';

export interface PastProcess {
  readonly statename: ProcessState;
  /** The innermost state of its machine. */
  readonly state: string;
  /** Epoch milliseconds since when it was in `statename`, as far as the records go back; 0 if they do not say. */
  readonly since: number;
  /** 0 if there was none, or it is not known. */
  readonly pid: number;
}

export const isTransition = ({ from, to }: TraceRecord): boolean => from !== to;

/** Index of the first record behind a serial; as many as there are records when none is. */
export function indexBehind(records: readonly TraceRecord[], serial: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.serial ?? 0) > serial) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every program of which the records up to a serial, or the first ones after it, tell the state. By `group:process`. */
export function processesAt(records: readonly TraceRecord[], serial: number): ReadonlyMap<string, PastProcess> {
  const states = new Map<string, PastProcess>();
  const end = indexBehind(records, serial);
  for (let index = 0; index < end; index += 1) {
    const record = records[index];
    if (record !== undefined) note(states, record);
  }
  // What was before the first record of a program is what that one started from.
  for (let index = end; index < records.length; index += 1) {
    const record = records[index];
    if (record?.actor !== 'process' || states.has(record.of)) continue;
    const statename = stateNameOf(record.from);
    if (statename !== null) states.set(record.of, { statename, state: record.from, since: 0, pid: 0 });
  }
  return states;
}

function note(states: Map<string, PastProcess>, { actor, of, to, at, facts }: TraceRecord): void {
  if (actor !== 'process') return;
  const statename = stateNameOf(to);
  if (statename === null) return;
  const before = states.get(of);
  const pid = typeof facts.pid === 'number' ? facts.pid : (before?.pid ?? 0);
  const lives = to.startsWith('alive');
  states.set(of, {
    statename,
    state: to,
    since: before?.statename === statename ? before.since : at,
    pid: lives ? pid : 0,
  });
}

/** The records of a program, its child and what watches over it. */
export const concerns = (record: TraceRecord, process: string): boolean => record.of === process;

/** The newest event of a program's machine up to a serial. */
export function lastOf(records: readonly TraceRecord[], process: string, serial: number): TraceRecord | null {
  for (let index = indexBehind(records, serial) - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record?.actor === 'process' && record.of === process) return record;
  }
  return null;
}

/** The newest event or request up to a serial that changed nothing, if that was after `last` or is it. */
export function inVainSince(
  records: readonly TraceRecord[],
  process: string,
  last: TraceRecord | null,
  serial: number,
): TraceRecord | null {
  const since = last?.serial ?? 0;
  for (let index = indexBehind(records, serial) - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record === undefined || record.serial < since) return null;
    if (record.of === process && (record.outcome === 'ignored' || record.outcome === 'refused')) return record;
  }
  return null;
}

/** The state that each actor had come to by a serial, by its kind and name as `actorKey` has them. */
export function statesAt(records: readonly TraceRecord[], serial: number): ReadonlyMap<string, string> {
  const end = indexBehind(records, serial);
  return new Map(
    records.slice(0, end).flatMap(({ actor, of, to }) => (to === '' ? [] : [[actorKey({ actor, of }), to] as const])),
  );
}

export const actorKey = ({ actor, of }: { readonly actor: string; readonly of: string }): string => `${actor} ${of}`;

/** The record that something follows from, and what that one follows from, the nearest first. */
export function causesOf(records: readonly TraceRecord[], record: TraceRecord): readonly TraceRecord[] {
  const chain: TraceRecord[] = [];
  let serial = record.cause;
  while (serial > 0 && chain.length < longestChain) {
    const cause = find(records, serial);
    if (cause === null) break;
    chain.push(cause);
    serial = cause.cause;
  }
  return chain;
}

const longestChain = 12;

export function find(records: readonly TraceRecord[], serial: number): TraceRecord | null {
  const record = records[indexBehind(records, serial) - 1];
  return record?.serial === serial ? record : null;
}
