/**
 * The timer that a process waits for, from what is known of it: when its state was entered and how long the machine waits
 * there. Instants are epoch milliseconds of the clock that `since` is of.
 */

import type { ProcessSpec } from '../model/program-spec.ts';
import { backoffMs, restartPauseMs, wantsRestart } from '../model/restart-policy.ts';
import type { RunningTimer } from '../model/trace.ts';
import type { ExplainedProcess } from './facts.ts';

/** As the machine: SIGKILL is repeated no faster. */
const minKillRepeatMs = 1000;

type Timed = Pick<
  ExplainedProcess,
  'state' | 'since' | 'startedAt' | 'failures' | 'lastEnd' | 'lastRanMs' | 'restartDeclined' | 'isEnding' | 'now'
> & { readonly spec: ProcessSpec };

/** null when nothing is waited for but events. */
export function runningTimer(facts: Timed): RunningTimer | null {
  const { spec, state, since, now } = facts;
  const timer = (name: string, from: number, lengthMs: number): RunningTimer => ({
    name,
    endsAt: from + lengthMs,
    lengthMs,
  });
  switch (state) {
    case 'alive.STARTING.proving':
      return timer('startWindow', facts.startedAt, spec.startMs);
    case 'alive.STOPPING.signalled':
      return timer('stopWait', since, spec.stopWaitMs);
    case 'alive.STOPPING.killing': {
      const repeatMs = Math.max(minKillRepeatMs, spec.stopWaitMs);
      const first = since + spec.stopWaitMs;
      return timer('killRepeat', first + Math.floor(Math.max(0, now - first) / repeatMs) * repeatMs, repeatMs);
    }
    case 'BACKOFF':
      return timer('backoff', since, backoffMs(facts.failures));
    case 'EXITED': {
      const pause = restartPauseMs(facts.lastRanMs);
      const isDue = !facts.isEnding && !facts.restartDeclined && facts.lastEnd !== null;
      return isDue && wantsRestart(spec, facts.lastEnd) ? timer('restartPause', since, pause) : null;
    }
    default:
      return null;
  }
}
