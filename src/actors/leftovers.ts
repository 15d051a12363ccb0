/**
 * Programs of an earlier daemon that must not live on: they are no longer configured, or not as they were started, or
 * nobody wants them adopted. Each is ended in the way it was configured then: stop signal, patience, SIGKILL.
 */

import { describeExit } from '../model/exit-status.ts';
import type { StopSettings } from '../model/process-record.ts';
import type { Os } from '../os/os.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';

export interface Leftover {
  /** `group:name`. */
  readonly title: string;
  readonly program: ProcessIdentity;
  readonly stop: StopSettings;
  /** Why it is ended, behind the pid in the daemon's log. */
  readonly reason: string;
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
