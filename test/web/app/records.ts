/** Records of a trace as tests need them. */

import type { TraceRecord } from '../../../src/model/trace.ts';

export const record = (serial: number, rest: Partial<TraceRecord> = {}): TraceRecord => ({
  serial,
  at: 1000 * serial,
  cause: 0,
  actor: 'process',
  of: 'web:web',
  event: 'process.start',
  outcome: 'taken',
  from: 'STOPPED',
  to: 'alive.STARTING.spawning',
  via: [],
  guards: [],
  facts: {},
  written: null,
  ...rest,
});
