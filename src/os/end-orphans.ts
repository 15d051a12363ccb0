/** The end of everything below this process, for a daemon that inherits the orphans of its programs. */

import { killAll, signalExactly } from './exact-signal.ts';
import { descendantsOf } from './process-tree.ts';

const SIGTERM = 15;
const lookEveryMs = 25;
/** SIGKILL works at once but for a process that waits for a device; that is not waited for any longer. */
const killPatienceMs = 3000;

export interface EndOrphansOptions {
  /** From SIGTERM to SIGKILL. */
  readonly waitMs: number;
  /** Hears who is about to be signalled. */
  readonly onSignal: (signal: 'SIGTERM' | 'SIGKILL', pids: readonly number[]) => void;
}

/** SIGTERM, a wait, SIGKILL. Resolves when nothing is left, or what is left cannot be ended. */
export async function endOrphans({ waitMs, onSignal }: EndOrphansOptions): Promise<void> {
  const orphans = descendantsOf(process.pid);
  if (orphans.length === 0) return;
  onSignal(
    'SIGTERM',
    orphans.map(({ pid }) => pid),
  );
  for (const orphan of orphans) signalExactly(orphan, SIGTERM);
  if (await areGone(waitMs)) return;
  onSignal(
    'SIGKILL',
    descendantsOf(process.pid).map(({ pid }) => pid),
  );
  killAll(() => descendantsOf(process.pid));
  await areGone(killPatienceMs);
}

async function areGone(patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (descendantsOf(process.pid).length === 0) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookEveryMs, leftMs)));
  }
}
