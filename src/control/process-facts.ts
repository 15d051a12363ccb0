/** What is known of a process at this moment, and the row of it that the page and `supervisorctl top` show. */

import type { ProcessRef } from '../../machines/group.machine.ts';
import { livingPid, processState, statePath } from '../../machines/selectors.ts';
import type { ExplainedProcess } from '../explain/facts.ts';
import { explainState } from '../explain/reason.ts';
import { runningTimer } from '../explain/timers.ts';
import { describeProcess } from '../model/description.ts';
import { describeExit } from '../model/exit-status.ts';
import type { ProcessOverview } from '../model/trace.ts';
import type { EvenTime } from '../os/even-time.ts';
import type { NoteTaker } from './process-notes.ts';

export interface FactSources {
  readonly notes: NoteTaker;
  readonly clock: EvenTime & { now(): number };
}

/** Everything but who asked for it, which the trace tells. */
export function factsOf(ref: ProcessRef, { notes, clock }: FactSources): ExplainedProcess {
  const snapshot = ref.getSnapshot();
  const { context } = snapshot;
  const { since, starts, failedStarts, stopTookMs, wasStopped } = notes.of(ref);
  const shown = (at: number): number => (at === 0 ? 0 : clock.shown(at));
  const facts = {
    spec: context.spec,
    statename: processState(snapshot),
    state: statePath(snapshot.value),
    now: clock.now(),
    since: shown(since),
    pid: livingPid(snapshot),
    lastPid: context.pid,
    startedAt: shown(context.startedAt),
    stoppedAt: shown(context.stoppedAt),
    starts,
    failures: context.failures,
    failedStarts: failedStarts.map((start) => ({ ...start, at: shown(start.at) })),
    spawnError: context.spawnError,
    lastEnd: context.lastEnd,
    lastRanMs: context.lastRanMs,
    wasStopped,
    stopTookMs,
    restartDeclined: context.restartDeclined,
    signalError: context.signalError,
    isEnding: context.quiescent,
    asked: null,
    signalledBy: null,
  };
  return { ...facts, timer: runningTimer(facts) };
}

/** The row without what it uses, which has to be measured over some time. */
export function overviewOf(facts: ExplainedProcess): ProcessOverview {
  const { spec, statename, pid, startedAt, stoppedAt, spawnError, lastEnd, now } = facts;
  return {
    group: spec.groupName,
    name: spec.name,
    statename,
    state: facts.state,
    since: facts.since,
    pid,
    startedAt,
    restarts: Math.max(0, facts.starts - 1),
    lastExit: lastEnd === null ? '' : describeExit(lastEnd),
    usage: null,
    timer: facts.timer,
    why: explainState(facts),
    description: describeProcess({ state: statename, name: spec.name, pid, startedAt, stoppedAt, spawnError, now }),
  };
}
