/**
 * Programs of an earlier daemon that must not live on: they are no longer configured, or not as they were started, or
 * nobody wants them adopted. Each is ended in the way it was configured then: stop signal, patience, SIGKILL.
 */

import { describeExit } from '../model/exit-status.ts';
import type { StopSettings } from '../model/process-record.ts';
import type { Os } from '../os/os.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import { endTree } from './tree-end.ts';

export interface Leftover {
  /** `group:name`. */
  readonly title: string;
  readonly program: ProcessIdentity;
  readonly stop: StopSettings;
  /** Why it is ended, behind the pid in the daemon's log. */
  readonly reason: string;
}

/** What a program has started that should have ended with it, and did not because no daemon lived. */
export interface LeftTree {
  /** `group:name`. */
  readonly title: string;
  /** What all of it carries along. */
  readonly mark: string;
  readonly stop: Pick<StopSettings, 'signal' | 'waitMs'>;
}

export interface LeftoverLog {
  info(message: string): void;
  warn(message: string): void;
}

/** SIGKILL is repeated no faster than this, in milliseconds. */
const minKillRepeatMs = 1000;
const killNumber = 9;

/** Resolves when the program is gone, however long that takes: nothing may run twice. */
export function endLeftover(
  os: Pick<Os, 'watch' | 'signal'>,
  log: LeftoverLog,
  { title, program, stop, reason }: Leftover,
): Promise<void> {
  const { pid } = program;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const watch = os.watch(program, (status) => {
      clearTimeout(timer);
      log.info(`stopped: ${title} (${describeExit(status)})`);
      resolve();
    });
    if (watch.kind === 'gone') {
      resolve();
      return;
    }
    const kill = (): void => {
      log.warn(`killing '${title}' (${pid}) with SIGKILL`);
      os.signal(stop.killAsGroup ? -pid : pid, killNumber);
      timer = setTimeout(kill, Math.max(minKillRepeatMs, stop.waitMs));
    };
    log.info(`ending ${title} (pid ${pid}), which the last supervisord has left: ${reason}`);
    const sent = os.signal(stop.asGroup ? -pid : pid, stop.signal.number);
    if (sent.kind === 'failed') log.warn(`cannot signal ${title} (pid ${pid}): ${sent.error}`);
    timer = setTimeout(kill, Math.max(0, stop.waitMs));
  });
}

/** Resolves when nothing is left of it that can be ended. */
export function endLeftTree(
  os: Pick<Os, 'findLeftTree'>,
  log: LeftoverLog,
  { title, mark, stop }: LeftTree,
): Promise<void> {
  const tree = os.findLeftTree(mark);
  if (tree === null) return Promise.resolve();
  return new Promise((resolve) => {
    endTree({ tree, name: title, stopSignal: stop.signal, patienceMs: stop.waitMs, log, onGone: resolve });
  });
}
