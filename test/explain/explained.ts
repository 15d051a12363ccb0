/** Facts for tests of explanations: a program with Supervisor's defaults that was never started, unless told otherwise. */

import type { ExplainedProcess } from '../../src/explain/facts.ts';
import { type Findings, nothingFound } from '../../src/explain/findings.ts';
import { runningTimer } from '../../src/explain/timers.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

/** Epoch milliseconds of the present. */
export const now = 1_700_000_000_000;

export const secondsAgo = (seconds: number): number => now - seconds * 1000;

/** The timer is that of the state, unless it is given. */
export function explained(values: Partial<ExplainedProcess> = {}, spec: Partial<ProcessSpec> = {}): ExplainedProcess {
  const facts = {
    spec: sampleProcess(spec),
    statename: 'STOPPED' as const,
    state: values.statename ?? 'STOPPED',
    now,
    since: 0,
    pid: 0,
    lastPid: values.pid ?? 0,
    startedAt: 0,
    stoppedAt: 0,
    starts: 0,
    failures: 0,
    failedStarts: [],
    spawnError: '',
    lastEnd: null,
    lastRanMs: 0,
    wasStopped: false,
    stopTookMs: 0,
    restartDeclined: false,
    signalError: '',
    isEnding: false,
    asked: null,
    signalledBy: null,
    ...values,
  };
  return { timer: runningTimer(facts), ...facts };
}

export const found = (values: Partial<Findings> = {}): Findings => ({ ...nothingFound, ...values });
