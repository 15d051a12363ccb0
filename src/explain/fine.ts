/** Whether a process is as it should be: what is asked for in the night is what is not. */

import { isExpectedExit } from '../model/exit-status.ts';
import type { ExplainedProcess } from './facts.ts';

/** A program that was restarted for a reason nobody expects is watched for so long before it counts as well. */
const recoveryMs = 60_000;

export function isFine(facts: ExplainedProcess): boolean {
  const { statename, now } = facts;
  const endedBadly = hasEndedBadly(facts);
  switch (statename) {
    case 'STOPPED':
      return true;
    case 'STARTING':
      return facts.failures === 0 && !(facts.starts > 1 && endedBadly && now - facts.stoppedAt < recoveryMs);
    case 'RUNNING':
      return !(facts.starts > 1 && endedBadly && now - facts.startedAt < recoveryMs);
    case 'STOPPING':
      return !facts.state.endsWith('.killing');
    case 'EXITED':
      return facts.isEnding || !endedBadly;
    case 'BACKOFF':
    case 'FATAL':
    case 'UNKNOWN':
      return false;
  }
}

/** In another way than `exitcodes` expect, and nobody asked for it. Listeners are also stopped for breaking the protocol. */
export const hasEndedBadly = ({ spec, lastEnd, wasStopped }: ExplainedProcess): boolean =>
  lastEnd !== null && !(wasStopped && spec.kind !== 'eventlistener') && !isExpectedExit(lastEnd, spec.exitCodes);
