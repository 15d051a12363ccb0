/** Signals to the members of a tree, each of which is made sure to be who it was when it was found. */

import type { Cgroup } from './cgroup.ts';
import { killAll, signalExactly } from './exact-signal.ts';
import type { ProcessFacts } from './process-identity.ts';

/** Returns the pids that may not be signalled. */
export const signalMembers = (members: readonly ProcessFacts[], number: number): readonly number[] =>
  members.filter((one) => signalExactly(one, number).kind === 'failed').map(({ pid }) => pid);

/** SIGKILL to the box and to the members, looked for again until there is nobody new. Returns the pids that may not be signalled. */
export function killMembers(cgroup: Cgroup | null, members: () => readonly ProcessFacts[]): readonly number[] {
  try {
    cgroup?.kill();
  } catch {
    // Removed by somebody else, with nobody left in it, or one that must not be killed as a whole.
  }
  return killAll(members);
}
