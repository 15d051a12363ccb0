/**
 * One sentence on why a process is in its state, made for whoever looks at it at night: what happened, by which settings,
 * and what comes next. Pure: the same facts give the same sentence.
 */

import { wantsRestart } from '../model/restart-policy.ts';
import { describeFormerLife, describeRun } from './ends.ts';
import type { ExplainedProcess } from './facts.ts';
import { explainBackoff, explainFatal, explainStarting } from './starts.ts';
import { explainStopped, explainStopping } from './stops.ts';
import { ago, duration, joined } from './words.ts';

/** Begins with a small letter and has no full stop: it follows the name of the state. */
export function explainState(facts: ExplainedProcess): string {
  switch (facts.statename) {
    case 'STOPPED':
      return explainStopped(facts);
    case 'STARTING':
      return explainStarting(facts);
    case 'RUNNING':
      return explainRunning(facts);
    case 'BACKOFF':
      return explainBackoff(facts);
    case 'STOPPING':
      return explainStopping(facts);
    case 'EXITED':
      return explainExited(facts);
    case 'FATAL':
      return explainFatal(facts);
    case 'UNKNOWN':
      return explainUnknown(facts);
  }
}

function explainRunning(facts: ExplainedProcess): string {
  return joined([`up for ${duration(facts.now - facts.startedAt)}`, describeFormerLife(facts)]);
}

function explainExited(facts: ExplainedProcess): string {
  const { spec, lastEnd, timer, now, asked } = facts;
  const status = lastEnd === null ? 'ended' : describeRun(lastEnd, facts.lastRanMs);
  return joined([`${status}, ${ago(facts, facts.stoppedAt)}`, next()]);

  function next(): string {
    if (facts.isEnding) return 'not started again because supervisord is ending';
    if (facts.restartDeclined && lastEnd !== null && wantsRestart(spec, lastEnd))
      return `not started again because a stop was asked for${asked === null ? '' : ` by ${asked.by}`} before the restart`;
    if (timer !== null) return `started again in ${duration(timer.endsAt - now)}: it had run for less than a second`;
    const codes = `exitcodes ${spec.exitCodes.join(',')}`;
    if (spec.autorestart === 'never') return `not started again because autorestart is false (${codes})`;
    return `that is expected (${codes}) and autorestart is unexpected, so it is not started again`;
  }
}

function explainUnknown({ state, pid, signalError }: ExplainedProcess): string {
  return state === 'UNKNOWN'
    ? "an internal error ended its supervision; supervisord's log has it, and a restart of supervisord makes it whole"
    : joined([
        `a signal could not be sent${signalError === '' ? '' : ` (${signalError})`}`,
        `pid ${pid} still runs and is watched until it ends`,
      ]);
}
