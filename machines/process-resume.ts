/**
 * How a process goes on where an earlier daemon was ended. A child that still lives is watched, whatever was known of
 * it; what ended meanwhile is treated as if its end had just been seen.
 */

import type { ExitReport } from './process-context.ts';
import { quickEnd, type Resumption, unheardExit } from './process-past.ts';
import { processSetup } from './process-setup.ts';

interface Told {
  readonly event: Resumption;
}

const asTold = ({ event }: Told): Resumption => event;
const asUnheard = ({ event }: Told): ExitReport => unheardExit(event);

const resume = { type: 'resume', params: asTold } as const;

/** To be part of STOPPED: of several rows the first that holds is taken. */
export const resumable = processSetup.createStateConfig({
  on: {
    'process.resume': [
      {
        guard: { type: 'isStillStarting', params: asTold },
        target: 'alive.STARTING.proving',
        actions: resume,
      },
      {
        // The stop signal is sent again: whether it was before is not known, and a stop is never lost.
        guard: { type: 'isStillStopping', params: asTold },
        target: 'alive.STOPPING',
        actions: resume,
      },
      {
        guard: { type: 'isStillAlive', params: asTold },
        target: 'alive.RUNNING',
        actions: resume,
      },
      {
        guard: { type: 'diedStarting', params: asTold },
        target: 'BACKOFF',
        actions: [
          resume,
          { type: 'recordQuickExit', params: asTold },
          'countFailure',
          { type: 'announce', params: ({ event }: Told) => quickEnd(event) },
        ],
      },
      {
        guard: { type: 'diedStopping', params: asTold },
        actions: [
          resume,
          { type: 'recordExit', params: asUnheard },
          { type: 'announce', params: { to: 'STOPPED', exit: { kind: 'unseen' } } },
        ],
      },
      {
        guard: { type: 'diedRunning', params: asTold },
        target: 'EXITED',
        actions: [
          resume,
          { type: 'recordExit', params: asUnheard },
          { type: 'recordBadExit', params: asUnheard },
          { type: 'announce', params: { to: 'EXITED', exit: { kind: 'unseen' } } },
        ],
      },
      { guard: { type: 'wasInBackoff', params: asTold }, target: 'BACKOFF', actions: resume },
      { guard: { type: 'wasExited', params: asTold }, target: 'EXITED', actions: resume },
      { guard: { type: 'wasFatal', params: asTold }, target: 'FATAL', actions: resume },
      { actions: resume },
    ],
  },
});
