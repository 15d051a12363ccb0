/**
 * Has the pipes of programs kept open beyond the daemon, and sees to it that there is never more than one keeper: that of
 * the last daemon is ended as soon as this daemon's own holds everything.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { createKeeper, type Keeper } from '../os/keeper.ts';
import type { Os } from '../os/os.ts';
import type { Reaper } from '../os/reaper.ts';
import { hasEnded, type ProcessIdentity } from '../os/watch-process.ts';
import type { Survival } from './survival.ts';

export interface KeepPipesOptions {
  readonly os: Pick<Os, 'identify' | 'signal' | 'environment'>;
  readonly reaper: Reaper;
  readonly survival: Pick<Survival, 'formerKeepers' | 'keeps'>;
  readonly log: { info(message: string): void };
}

const SIGKILL = 9;

/** Milliseconds that are waited for the end of a keeper that was killed, which may be nobody's child here. */
const longestEndMs = 1000;
const lookEveryMs = 5;

export function keepPipes({ os, reaper, survival, log }: KeepPipesOptions): Keeper {
  let former = survival.formerKeepers;
  const keeper = createKeeper({
    reaper,
    environment: os.environment,
    onPid: (pid) => {
      const present = pid === null ? null : os.identify(pid);
      const keepers = present === null ? [] : [present];
      // Both, until the former one has ended: a daemon that is killed right now leaves both.
      survival.keeps([...keepers, ...former]);
      if (former.length === 0) return;
      endFormer();
      survival.keeps(keepers);
    },
    onProblem: (message) => log.info(message),
  });
  return {
    hold: (descriptors) => keeper.hold(descriptors),
    close: async () => {
      // They are still there if this daemon had no pipes to keep, or no time for it.
      const last = former;
      endFormer();
      await keeper.close();
      const latest = performance.now() + longestEndMs;
      while (!last.every(hasEnded) && performance.now() < latest) await sleep(lookEveryMs);
    },
  };

  function endFormer(): void {
    for (const one of former) endKeeper(one);
    former = [];
  }

  function endKeeper({ pid, startTicks }: ProcessIdentity): void {
    if (os.identify(pid)?.startTicks !== startTicks) return;
    // Its own child, if this daemon has replaced another version in place: no unknown process has ended then.
    reaper.expect(pid, () => {});
    os.signal(pid, SIGKILL);
  }
}
