/** What happens after an exit, and how long a failed start waits for the next try. */

import { type ExitStatus, isExpectedExit } from './exit-status.ts';
import type { ProcessSpec } from './program-spec.ts';

/** Whether a process that ended by itself after having been RUNNING is started again. */
export function wantsRestart(spec: Pick<ProcessSpec, 'autorestart' | 'exitCodes'>, status: ExitStatus): boolean {
  switch (spec.autorestart) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'unexpected':
      return !isExpectedExit(status, spec.exitCodes);
  }
}

/**
 * Milliseconds before a program that ran for `ranMs` is started again: none, unless it ended within a second of its start.
 * Supervisor's loop, which looks once a second, paces those that end at once; without a pace they would take a processor.
 */
export const restartPauseMs = (ranMs: number): number => Math.max(0, 1000 - ranMs);

/** Milliseconds before the next try after the nth failure in a row: n seconds (as Supervisor). */
export const backoffMs = (failures: number): number => failures * 1000;

/** Failures in a row that end in FATAL: one more than `startretries`. */
export const retriesExhausted = (spec: Pick<ProcessSpec, 'startRetries'>, failures: number): boolean =>
  failures > spec.startRetries;

/** Spawn error texts that clients see in `spawnerr` and `description`. */
export const spawnErrorTexts = {
  tooQuick: 'Exited too quickly (process log may have details)',
  badExit: (exitNumber: number): string => `Bad exit code ${exitNumber}`,
} as const;
