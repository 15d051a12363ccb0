/**
 * Has the pipes of programs kept open beyond the daemon, and sees to it that there is never more than one keeper: that of
 * the last daemon is ended as soon as this daemon's own holds everything.
 */

import { createKeeper, type Keeper } from '../os/keeper.ts';
import type { Os } from '../os/os.ts';
import type { Reaper } from '../os/reaper.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import type { Survival } from './survival.ts';

export interface KeepPipesOptions {
  readonly os: Pick<Os, 'identify' | 'signal' | 'environment'>;
  readonly reaper: Reaper;
  readonly survival: Pick<Survival, 'formerKeepers' | 'keeps'>;
  readonly log: { info(message: string): void };
}

const SIGKILL = 9;

export function keepPipes({ os, reaper, survival, log }: KeepPipesOptions): Keeper {
  let former = survival.formerKeepers;
  return createKeeper({
    reaper,
    environment: os.environment,
    onPid: (pid) => {
      const present = pid === null ? null : os.identify(pid);
      const keepers = present === null ? [] : [present];
      // Both, until the former one has ended: a daemon that is killed right now leaves both.
      survival.keeps([...keepers, ...former]);
      if (former.length === 0) return;
      for (const keeper of former) endKeeper(keeper);
      former = [];
      survival.keeps(keepers);
    },
    onProblem: (message) => log.info(message),
  });

  function endKeeper(keeper: ProcessIdentity): void {
    if (os.identify(keeper.pid)?.startTicks !== keeper.startTicks) return;
    // Its own child, if this daemon has replaced another version in place: no unknown process has ended then.
    reaper.expect(keeper.pid, () => {});
    os.signal(keeper.pid, SIGKILL);
  }
}
