/**
 * What should be true of one process: whether somebody wants it to run. Requests that overlap, or whose answer is lost, leave
 * that open; everything else is known for certain. Pure.
 */

import type { ProcessState } from '../../src/model/process-state.ts';

export type Wanted = 'up' | 'down' | 'unknown';

export interface Belief {
  readonly wanted: Wanted;
  /** Requests that concern it and have not been answered. */
  readonly open: number;
  /** Requests have overlapped since there was last none: nobody can tell which came last. */
  readonly muddled: boolean;
  /** It may have ended since it was last seen to run, by itself or by a signal. */
  readonly hurt: boolean;
}

/** When a program is started again after its end. */
export type Restarts = 'always' | 'never' | 'unexpected';

/** What a request came to: for certain what somebody wants now, or whatever they did before. */
export type Outcome = Wanted | 'same';

export const newBelief = (wanted: Wanted): Belief => ({ wanted, open: 0, muddled: false, hurt: false });

/** A request is on its way. */
export const asked = (belief: Belief): Belief => ({
  ...belief,
  open: belief.open + 1,
  muddled: belief.muddled || belief.open > 0,
});

/** A request has been answered, or never will be. */
export function answered(belief: Belief, outcome: Outcome): Belief {
  const open = belief.open - 1;
  if (open < 0) throw new Error('there was no request');
  const wanted = belief.muddled ? 'unknown' : outcome === 'same' ? belief.wanted : outcome;
  return { ...belief, open, wanted, muddled: belief.muddled && open > 0 };
}

export const hurt = (belief: Belief): Belief => ({ ...belief, hurt: true });

/** The states it may be in when nothing moves any more. */
export function allowedStates({ wanted, hurt }: Belief, restarts: Restarts): readonly ProcessState[] {
  const mayHaveEnded = hurt && restarts !== 'always';
  const up: readonly ProcessState[] = mayHaveEnded ? ['RUNNING', 'EXITED'] : ['RUNNING'];
  // Nobody can stop what has ended.
  const down: readonly ProcessState[] = ['STOPPED', 'EXITED'];
  if (wanted === 'up') return up;
  return wanted === 'down' ? down : ['RUNNING', ...down];
}

/** Nothing moves, and this is its state: whatever was open is known now. */
export const settledIn = (state: ProcessState): Belief => newBelief(state === 'RUNNING' ? 'up' : 'down');
