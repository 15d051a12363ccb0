/** What the control methods may ask of the trace, and tell it. `src/trace` implements it. */

import type { TraceReading, TraceRecord, TreeNode } from '../model/trace.ts';

export interface TraceQuery {
  /** Those of a process and its child (`group:process`), or of a group with its processes; '' = all. */
  readonly of: string;
  /** Only records with a higher serial. */
  readonly since: number;
  /** The latest of more are answered. */
  readonly limit: number;
}

export interface TraceControl {
  /** With the records that the others follow from, wherever those belong. */
  read(query: TraceQuery): TraceReading;
  /** The actors as they are now, from the root on. */
  tree(): TreeNode;
  /** The same records with those they follow from, as far as these are still known. */
  withCauses(records: readonly TraceRecord[]): readonly TraceRecord[];
  /**
   * Each record of those (`of` as in `TraceQuery`) as it is made, and once more when a request is answered. A record is
   * still added to in the turn in which it is made. Returns the function that ends it.
   */
  onRecord(of: string, listener: (record: TraceRecord) => void): () => void;
  /** Remembers a request; null when nothing is remembered. */
  noteRequest(request: RequestToNote): NotedRequest | null;
}

export interface RequestToNote {
  /** As in `TraceRecord`. */
  readonly of: string;
  readonly method: string;
  readonly facts: TraceRecord['facts'];
}

export interface NotedRequest {
  /** What `order` causes follows from the request. */
  within<Result>(order: () => Result): Result;
  answered(result: string): void;
  refused(fault: string): void;
}
