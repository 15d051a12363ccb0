/** Sentences about processes that are being stopped, and about those that do not run because of it. */

import { formatSeconds } from '../model/duration.ts';
import { after, describeEnd } from './ends.ts';
import type { ExplainedProcess } from './facts.ts';
import { ago, duration, joined } from './words.ts';

export function explainStopping(facts: ExplainedProcess): string {
  const { spec, since, now, timer, state } = facts;
  const { name } = spec.stopSignal;
  const to = spec.stopAsGroup ? ' to its process group' : '';
  const sent = `${name} sent${to} ${ago(facts, since)}`;
  const wait = `stopwaitsecs ${formatSeconds(spec.stopWaitMs)}`;
  const killedAt = since + spec.stopWaitMs;
  const kill = state.endsWith('.killing')
    ? `SIGKILL ${ago(facts, killedAt)} (${wait}), and it has still not ended`
    : `SIGKILL in ${duration((timer?.endsAt ?? killedAt) - now)} (${wait})`;
  return joined([`${sent}, ${kill}`, whoAsked(facts)]);
}

export function explainStopped(facts: ExplainedProcess): string {
  const { spec, startedAt, stoppedAt, since, lastEnd, stopTookMs } = facts;
  if (startedAt === 0 && stoppedAt === 0 && since === 0) return explainNeverStarted(facts);
  const by = facts.asked === null ? (facts.isEnding ? ' because supervisord is ending' : '') : ` by ${facts.asked.by}`;
  const at = since === 0 ? stoppedAt : since;
  const wasKilled = lastEnd?.kind === 'signalled' && lastEnd.signal === 'SIGKILL' && spec.stopSignal.name !== 'SIGKILL';
  return joined([
    `stopped${by} ${ago(facts, at)}`,
    describeOutcome(),
    wasKilled && stopTookMs >= spec.stopWaitMs
      ? `it had not ended within ${formatSeconds(spec.stopWaitMs)} s of ${spec.stopSignal.name} (stopwaitsecs)`
      : '',
  ]);

  function describeOutcome(): string {
    if (stopTookMs > 0 && lastEnd !== null) return `${describeEnd(lastEnd)} ${after(stopTookMs)}`;
    if (facts.failures > 0) return 'it was waiting for its next try';
    return lastEnd === null ? '' : describeEnd(lastEnd);
  }
}

function explainNeverStarted({ spec, isEnding }: ExplainedProcess): string {
  if (isEnding) return 'never started, and supervisord is ending';
  return spec.autostart ? 'not started yet' : 'never started: autostart is false';
}

const whoAsked = ({ asked, isEnding }: ExplainedProcess): string => {
  if (asked !== null) return `asked for by ${asked.by}`;
  return isEnding ? 'supervisord is ending' : '';
};
