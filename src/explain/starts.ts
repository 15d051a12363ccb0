/** Sentences about processes that are being started, and about those that could not be. */

import { formatSeconds } from '../model/duration.ts';
import { spawnErrorTexts } from '../model/restart-policy.ts';
import { describeEnd, describeFormerLife, describeRun } from './ends.ts';
import type { ExplainedProcess, ExplainedStart } from './facts.ts';
import { duration, joined, times } from './words.ts';

export function explainStarting(facts: ExplainedProcess): string {
  const { spec, timer, now, failures, state } = facts;
  if (state.endsWith('.spawning')) return 'waits until what an earlier supervisord has left behind has ended';
  if (state.endsWith('.lingering')) return 'has ended too quickly; what it has started is being ended (killtree)';
  const left = timer === null ? 0 : timer.endsAt - now;
  return joined([
    `RUNNING in ${duration(left)} if it stays up (startsecs ${formatSeconds(spec.startMs)})`,
    failures === 0
      ? describeFormerLife(facts)
      : `attempt ${failures + 1} of ${spec.startRetries + 1}, the last one ${lastFailure(facts)}`,
  ]);
}

export function explainBackoff(facts: ExplainedProcess): string {
  const { spec, failures, timer, now, isEnding } = facts;
  const used = `${Math.max(0, failures - 1)} of ${spec.startRetries} retries used`;
  const next = timer === null ? 'next try is due' : `next try in ${duration(timer.endsAt - now)}`;
  return joined([isEnding ? 'no further try because supervisord is ending' : `${next} (${used})`, lastFailure(facts)]);
}

export function explainFatal(facts: ExplainedProcess): string {
  const { spec, failedStarts, lastEnd, isEnding } = facts;
  const settings = `startsecs ${formatSeconds(spec.startMs)}, startretries ${spec.startRetries}`;
  const last = failedStarts.at(-1);
  if (last === undefined) {
    if (lastEnd !== null) return joined([`could not be started (${settings})`, `last ${describeEnd(lastEnd)}`]);
    if (facts.spawnError !== spawnErrorTexts.tooQuick) {
      return joined([`could not be started (${settings})`, facts.spawnError]);
    }
    return joined([`ended too quickly each time (${settings})`, 'that was under an earlier supervisord']);
  }
  const count = failedStarts.length;
  if (isEnding && count <= spec.startRetries) {
    return joined(['not tried again because supervisord is ending', lastFailure(facts)]);
  }
  if (failedStarts.every(({ status }) => status !== null)) {
    const how = failedStarts.every(({ status }) => status?.kind === 'signalled') ? 'was terminated' : 'exited';
    const within = `within ${formatSeconds(spec.startMs)} s of starting`;
    return joined([
      `${how} ${times(count)} ${within} (${settings})`,
      last.status === null ? '' : `last ${describeEnd(last.status)}`,
    ]);
  }
  if (failedStarts.every(({ status }) => status === null)) {
    return joined([`could not be started, tried ${times(count)} (startretries ${spec.startRetries})`, last.spawnError]);
  }
  return joined([`${count} starts in a row have failed (${settings})`, lastFailure(facts)]);
}

function lastFailure({ failedStarts, lastEnd, spawnError }: ExplainedProcess): string {
  const last = failedStarts.at(-1);
  if (last !== undefined) return describeStart(last);
  return lastEnd === null ? spawnError : describeEnd(lastEnd);
}

/** `exited with status 1 after 0.2 s`, or why it could not be started. */
export const describeStart = ({ status, spawnError, ranMs }: ExplainedStart): string =>
  status === null ? spawnError : describeRun(status, ranMs);
