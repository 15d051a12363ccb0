/** How a state looks: a colour, and a shape that says the same to those who do not see colours. Pure. */

import type { ProcessState } from '../../model/process-state.ts';

export type Tone = 'good' | 'busy' | 'bad' | 'quiet';

export interface StateStyle {
  readonly tone: Tone;
  /** Path data in a square of 16. */
  readonly shape: string;
}

const disc = 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z';
const ring = 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3zm0 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6z';
const upward = 'M8 3l5.5 9.5h-11z';
const downward = 'M8 13L2.5 3.5h11z';
const halves = 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3zm0 2v6a3 3 0 0 0 0-6z';
const cross = 'M4.6 3L8 6.4 11.4 3 13 4.6 9.6 8l3.4 3.4-1.6 1.6L8 9.6 4.6 13 3 11.4 6.4 8 3 4.6z';
const square = 'M4 4h8v8H4z';
const diamond = 'M8 2.5L13.5 8 8 13.5 2.5 8z';

export const stateStyles: Readonly<Record<ProcessState, StateStyle>> = {
  RUNNING: { tone: 'good', shape: disc },
  STARTING: { tone: 'busy', shape: upward },
  STOPPING: { tone: 'busy', shape: downward },
  BACKOFF: { tone: 'busy', shape: halves },
  FATAL: { tone: 'bad', shape: cross },
  UNKNOWN: { tone: 'bad', shape: diamond },
  EXITED: { tone: 'quiet', shape: ring },
  STOPPED: { tone: 'quiet', shape: square },
};

/** What needs somebody's attention comes first. */
export const statesByNeed: readonly ProcessState[] = [
  'FATAL',
  'UNKNOWN',
  'BACKOFF',
  'EXITED',
  'STOPPING',
  'STARTING',
  'STOPPED',
  'RUNNING',
];

/** The state that clients know, of a machine's innermost one: STARTING of `alive.STARTING.proving`. */
export function stateNameOf(path: string): ProcessState | null {
  for (const word of path.split('.')) if (word in stateStyles) return word as ProcessState;
  return null;
}
