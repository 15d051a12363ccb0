/** When the end of a program ends the daemon as well, and with which exit code: for containers, and for jobs. */

import { describeExit, type ExitStatus, isExpectedExit } from './exit-status.ts';
import type { ProcessSpec } from './program-spec.ts';

/** Of one program: which of its ends are the daemon's, too. */
export const exitOnWords = ['never', 'exit', 'failure', 'fatal'] as const;
export type ExitOn = (typeof exitOnWords)[number];

/** Of the daemon: what ends it, whichever program it happens to. */
export const exitWhenWords = ['never', 'all_done', 'any_fatal'] as const;
export type ExitWhen = (typeof exitWhenWords)[number];

/** A process has come to rest by itself: nobody stopped it, and it will not be started again. */
export type Settlement =
  | { readonly kind: 'exited'; readonly status: ExitStatus }
  /** `status` is how the last start ended; null when there was nothing to end. */
  | { readonly kind: 'fatal'; readonly status: ExitStatus | null };

export interface SettledProcess {
  readonly spec: ProcessSpec;
  readonly settlement: Settlement;
}

/** Why the daemon ends without having been asked to. */
export type DaemonEnd =
  | ({ readonly kind: 'program' } & SettledProcess)
  /** `failed`: the first in order of start that did not end well. */
  | { readonly kind: 'all-done'; readonly failed: SettledProcess | null };

export const isFailure = ({ spec, settlement }: SettledProcess): boolean =>
  settlement.kind === 'fatal' || !isExpectedExit(settlement.status, spec.exitCodes);

/** Whether this one process is reason enough. */
export function endsDaemon(settled: SettledProcess, exitWhen: ExitWhen): boolean {
  const isFatal = settled.settlement.kind === 'fatal';
  if (isFatal && exitWhen === 'any_fatal') return true;
  switch (settled.spec.exitOn) {
    case 'never':
      return false;
    case 'exit':
      return true;
    case 'failure':
      return isFailure(settled);
    case 'fatal':
      return isFatal;
  }
}

/** For the daemon's log. */
export function describeEnd(end: DaemonEnd): string {
  if (end.kind === 'program') return `${describeSettled(end)}, and nothing is to go on without it`;
  const outcome = end.failed === null ? 'all ended well' : describeSettled(end.failed);
  return `all programs are done, ${outcome}`;
}

function describeSettled({ spec: { name }, settlement }: SettledProcess): string {
  if (settlement.kind === 'exited') return `${name} has ended (${describeExit(settlement.status)})`;
  const last = settlement.status === null ? 'could not be started' : describeExit(settlement.status);
  return `${name} is FATAL (${last})`;
}

const failedCode = 1;
const neverRanCode = 127;
const signalBase = 128;

/**
 * The daemon's exit code: the program's own, or 128 and the number of the signal that ended it, as a shell has it. A
 * program that is FATAL has failed even if it said 0, which makes 1, as does an end that nobody saw; one that could not
 * be started makes 127.
 */
export function daemonExitCode(end: DaemonEnd, signalNumber: (name: string) => number): number {
  const settled = end.kind === 'program' ? end : end.failed;
  if (settled === null) return 0;
  const { kind, status } = settled.settlement;
  if (status === null) return neverRanCode;
  if (status.kind === 'signalled') return signalBase + signalNumber(status.signal);
  if (status.kind === 'unseen' || (kind === 'fatal' && status.code === 0)) return failedCode;
  return status.code;
}
