/** What a process remembers from an earlier daemon, and how what ended meanwhile is understood. */

import type { ExitStatus } from '../src/model/exit-status.ts';
import type { ProcessPast } from './events.ts';
import type { Change } from './process-announcements.ts';
import type { ExitReport, ProcessContext } from './process-context.ts';

export interface Resumption {
  readonly past: ProcessPast;
  /** When it was found out what became of it, epoch ms. */
  readonly at: number;
}

type Remembered = Pick<
  ProcessContext,
  | 'announced'
  | 'pid'
  | 'adopted'
  | 'startedAt'
  | 'stoppedAt'
  | 'failures'
  | 'lastExit'
  | 'lastEnd'
  | 'lastRanMs'
  | 'spawnError'
  | 'restartDeclined'
>;

/** `announced` is the state it was in: going on in the same state is no change, and any other is one from there. */
export const restored = (past: ProcessPast): Remembered => ({
  announced: past.state,
  pid: past.child?.pid ?? past.pid,
  adopted: past.child,
  startedAt: past.startedAt,
  stoppedAt: past.stoppedAt,
  failures: past.failures,
  lastExit: past.lastExit,
  lastEnd: past.lastExit,
  lastRanMs: past.child?.ranMs ?? Math.max(0, past.stoppedAt - past.startedAt),
  spawnError: past.spawnError,
  restartDeclined: past.restartDeclined,
});

/** An end that no daemon was there to see. */
export const unseen: ExitStatus = { kind: 'unseen' };

/** The report that nobody was there to hear. The child ran until now at most: when it ended is not known. */
export const unheardExit = ({ past, at }: Resumption): ExitReport => ({
  type: 'child.exited',
  status: unseen,
  at,
  ranMs: Math.max(0, at - past.startedAt),
});

/** A start of which no child is known may have been ended before there was one: no exit is told of then. */
export const quickEnd = ({ past }: Resumption): Change =>
  past.pid === 0 ? { to: 'BACKOFF' } : { to: 'BACKOFF', exit: unseen };
