/** The trace of one tree: its recorder and what is kept of it, as the control methods see them. */

import type { AnyActorRef } from 'xstate';
import type { NotedRequest, RequestToNote, TraceControl, TraceQuery } from '../commands/trace-control.ts';
import { type TraceReading, type TraceRecord, traceVersion } from '../model/trace.ts';
import { Backlog } from './backlog.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { belongsTo, withCauses } from './selection.ts';
import { TraceStore } from './trace-store.ts';
import { readTree } from './tree.ts';

export interface TraceOptions extends Omit<RecorderOptions, 'onNew' | 'onChange' | 'backlog'> {
  /** Most records that are kept; 0 = none are made. */
  readonly size: number;
  /** Whether they may be made when there is time for it; that is not noticed otherwise. */
  readonly isLate: boolean;
}

/** @param root - The root of the tree, before it is started. */
export function createTrace(root: AnyActorRef, options: TraceOptions): TraceControl {
  const { size, isLate } = options;
  const store = new TraceStore(size);
  const listeners = new Set<(record: TraceRecord) => void>();
  const tell = (record: TraceRecord): void => {
    if (listeners.size > 0) for (const listener of listeners) listener(record);
  };
  const backlog = new Backlog(isLate);
  const recorder = new Recorder({ ...options, backlog, onNew: (record) => store.add(record), onChange: tell });
  if (size > 0) recorder.attach(root);

  const read = ({ of, since, limit }: TraceQuery): TraceReading => {
    backlog.catchUp();
    const all = store.all();
    const chosen = all.filter((record) => record.serial > since && belongsTo(record, of));
    const records = of === '' ? chosen.slice(-limit) : withCauses(chosen.slice(-limit), all);
    return { version: traceVersion, first: all[0]?.serial ?? 0, last: all.at(-1)?.serial ?? 0, records };
  };

  const noteRequest = ({ of, method, facts }: RequestToNote): NotedRequest | null => {
    if (size === 0) return null;
    const note = recorder.noteRequest({ of, event: method, facts });
    const end = (result: string, outcome: TraceRecord['outcome']): void =>
      recorder.amend(note, (record) => {
        record.facts = { ...record.facts, result };
        record.outcome = outcome;
      });
    return {
      within: (order) => recorder.within(note, order),
      answered: (result) => end(result, 'noted'),
      refused: (fault) => end(fault, 'refused'),
    };
  };

  return {
    read,
    noteRequest,
    tree: () => {
      backlog.catchUp();
      return readTree(root, options.now());
    },
    withCauses: (records) => withCauses(records, store.all()),
    onRecord: (of, tellOne) => {
      const listener = (record: TraceRecord): void => {
        if (belongsTo(record, of)) tellOne(record);
      };
      listeners.add(listener);
      backlog.isUrgent = true;
      return () => {
        listeners.delete(listener);
        backlog.isUrgent = listeners.size > 0;
      };
    },
  };
}
