/** How a program ended, in words that follow its name or stand alone. */

import { type ExitStatus, describeExit as inLogWords } from '../model/exit-status.ts';
import type { ExplainedProcess } from './facts.ts';
import { ago, duration, joined, times } from './words.ts';

/** `exit status 3`, `terminated by SIGSEGV (core dumped)`, `an end that nobody saw`. */
export const describeEnd = (status: ExitStatus): string =>
  status.kind === 'unseen' ? 'an end that nobody saw' : inLogWords(status);

/** `exited with status 1 after 0.2 s`. */
export function describeRun(status: ExitStatus, ranMs: number): string {
  switch (status.kind) {
    case 'exited':
      return `exited with status ${status.code} ${after(ranMs)}`;
    case 'signalled':
      return `was ${inLogWords(status)} ${after(ranMs)}`;
    case 'unseen':
      return 'ended while no supervisord watched it';
  }
}

/** Less does not show in tenths of a second. */
const atOnceMs = 50;

/** `at once`, `after 0.2 s`. */
export const after = (ranMs: number): string => (ranMs < atOnceMs ? 'at once' : `after ${duration(ranMs)}`);

/** How often it was restarted, and what was before the last time; '' if it never was. */
export function describeFormerLife(facts: ExplainedProcess): string {
  const { starts, lastEnd, stoppedAt, wasStopped } = facts;
  const how = lastEnd === null ? '' : `${wasStopped ? 'stopped, ' : ''}${describeEnd(lastEnd)}`;
  return joined([
    starts > 1 ? `restarted ${times(starts - 1)}` : '',
    lastEnd === null || stoppedAt === 0 ? '' : `before that: ${how}, ${ago(facts, stoppedAt)}`,
  ]);
}
