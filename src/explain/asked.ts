/** Who asked for what a process does, out of the trace: the requests at the beginning of chains of causes. */

import type { TraceRecord } from '../model/trace.ts';
import type { Asked, ExplainedProcess } from './facts.ts';

export interface Traced {
  readonly facts: ExplainedProcess;
  /** Serials of the records that the state rests on, in their order. */
  readonly records: readonly number[];
}

/** Events by which a process is told to end. */
const stops: ReadonlySet<string> = new Set(['process.stop', 'process.drain']);

/** Adds what the trace knows. `records` are those of the process and what they follow from, by serial. */
export function withTrace(facts: ExplainedProcess, records: readonly TraceRecord[]): Traced {
  const { groupName, name } = facts.spec;
  const own = records.filter(({ actor, of }) => actor === 'process' && of === `${groupName}:${name}`);
  const entered = own.findLast(({ from, to, outcome }) => outcome === 'taken' && from !== to);
  const stop = own.findLast(({ event, outcome }) => stops.has(event) && outcome === 'taken');
  const end = own.findLast(({ event }) => event === 'child.exited');
  const stopChain = stop === undefined ? [] : causesOf(stop, records);
  const endChain = end === undefined ? [] : causesOf(end, records);
  const isStopped = facts.statename === 'STOPPED' || facts.statename === 'STOPPING' || facts.restartDeclined;
  const basis = new Set([
    ...(isStopped ? stopChain : []),
    ...(end === undefined || facts.lastEnd === null ? [] : endChain),
    ...(entered === undefined ? [] : causesOf(entered, records)),
  ]);
  return {
    facts: {
      ...facts,
      asked: isStopped ? requestIn(stopChain) : null,
      signalledBy: endChain.some(({ event }) => event === 'process.signal') ? requestIn(endChain) : null,
    },
    records: [...basis].map(({ serial }) => serial).sort((one, other) => one - other),
  };
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

function requestIn(chain: readonly TraceRecord[]): Asked | null {
  const request = chain.find(({ actor }) => actor === 'request');
  const peer = request?.facts.peer;
  return request === undefined || typeof peer !== 'string' ? null : { by: peer, at: request.at };
}
