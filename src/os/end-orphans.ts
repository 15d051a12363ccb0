/** The end of everything below this process, for a daemon that inherits the orphans of its programs. */

import { killAll, signalExactly } from './exact-signal.ts';
import type { ProcessFacts } from './process-identity.ts';
import { descendantsOf } from './process-tree.ts';

const SIGTERM = 15;
const lookEveryMs = 25;
/** SIGKILL works at once but for a process that waits for a device; that is not waited for any longer. */
const killPatienceMs = 3000;

export interface EndOrphansOptions {
  /** From SIGTERM to SIGKILL. */
  readonly waitMs: number;
  /** Children that are no orphans, and ended by somebody else. */
  readonly spared: () => readonly number[];
  /** Hears who is about to be signalled. */
  readonly onSignal: (signal: 'SIGTERM' | 'SIGKILL', pids: readonly number[]) => void;
}

/** SIGTERM, a wait, SIGKILL. Resolves when nothing is left, or what is left cannot be ended. */
export async function endOrphans({ waitMs, spared, onSignal }: EndOrphansOptions): Promise<void> {
  const find = (): readonly ProcessFacts[] => {
    const others = new Set(spared());
    return descendantsOf(process.pid).filter(({ pid }) => !others.has(pid));
  };
  const orphans = find();
  if (orphans.length === 0) return;
  onSignal(
    'SIGTERM',
    orphans.map(({ pid }) => pid),
  );
  for (const orphan of orphans) signalExactly(orphan, SIGTERM);
  if (await isNothingLeft(find, waitMs)) return;
  onSignal(
    'SIGKILL',
    find().map(({ pid }) => pid),
  );
  killAll(find);
  await isNothingLeft(find, killPatienceMs);
}

async function isNothingLeft(find: () => readonly ProcessFacts[], patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (find().length === 0) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookEveryMs, leftMs)));
  }
}
