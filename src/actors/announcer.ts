/** Turns what the machines announce into the lines of the daemon's log and into changes for those who listen. */

import type { ProcessChanged } from '../../machines/process.machine.ts';
import type { ProcessResumed } from '../../machines/process-announcements.ts';
import { describeExit, isExpectedExit } from '../model/exit-status.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { ChangeHub } from './change-hub.ts';

export interface AnnouncerDependencies {
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly changes: ChangeHub;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The daemon is stopping: a FATAL is not the program's doing then. */
  readonly isEnding: () => boolean;
}

export function announceChange(deps: AnnouncerDependencies, spec: ProcessSpec, change: ProcessChanged): void {
  logChange(deps, spec, change);
  const { from, to, pid, failures, exit } = change;
  deps.changes.publish({
    group: spec.groupName,
    process: spec.name,
    from,
    to,
    pid,
    failures,
    expected: exit !== null && isExpectedExit(exit, spec.exitCodes),
    at: deps.now(),
  });
}

/** A process that goes on with a living program of an earlier daemon. What ended meanwhile is announced as a change. */
export function announceResumption(
  { log }: Pick<AnnouncerDependencies, 'log'>,
  { name }: ProcessSpec,
  { state, child }: ProcessResumed,
): void {
  if (child === null) return;
  const seconds = Math.floor(child.ranMs / 1000);
  log.info(`adopted: '${name}' with pid ${child.pid}, ${state}, started ${seconds} seconds ago`);
}

function logChange({ log, isEnding }: AnnouncerDependencies, spec: ProcessSpec, { to, exit }: ProcessChanged): void {
  const { name } = spec;
  if (to === 'RUNNING') {
    const seconds = spec.startMs / 1000;
    log.info(`success: ${name} entered RUNNING state, process has stayed up for > than ${seconds} seconds (startsecs)`);
  } else if (to === 'FATAL' && !isEnding()) {
    log.info(`gave up: ${name} entered FATAL state, too many start retries too quickly`);
  }
  if (exit === null) return;
  const expected = isExpectedExit(exit, spec.exitCodes);
  if (to === 'STOPPED') {
    const message = `stopped: ${name} (${describeExit(exit)})`;
    if (expected) log.info(message);
    else log.warn(message);
  } else if (to === 'EXITED' && expected) {
    log.info(`exited: ${name} (${describeExit(exit)}; expected)`);
  } else {
    log.warn(`exited: ${name} (${describeExit(exit)}; not expected)`);
  }
}
