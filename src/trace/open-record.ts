/** A record that may still be added to: transitions are followed step by step, requests until their answer. */

import type { TracedGuard, TraceOutcome, TraceRecord } from '../model/trace.ts';

export interface OpenRecord extends TraceRecord {
  outcome: TraceOutcome;
  from: string;
  to: string;
  via: readonly string[];
  guards: readonly TracedGuard[];
  facts: TraceRecord['facts'];
  written: TraceRecord['written'];
}

export const none: readonly never[] = Object.freeze([]);
export const noFacts: TraceRecord['facts'] = Object.freeze({});
