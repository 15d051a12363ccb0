/**
 * What a program has left behind that ended while no daemon lived. Only what is certain counts: its cgroup, which no other
 * program ever had, and its mark. What has lost both cannot be told from a stranger, and is left alone.
 */

import type { Cgroup } from './cgroup.ts';
import type { EndableTree } from './os.ts';
import { markedTree } from './process-tree.ts';
import { killMembers, signalMembers } from './tree-members.ts';

/** `cgroup`: null where there is none any more, or never was. */
export function leftTree(mark: string, cgroup: Cgroup | null): EndableTree {
  const members = () => markedTree(mark, new Set(cgroup?.pids()));
  return {
    living: () => members().map(({ pid }) => pid),
    signal: (number) => signalMembers(members(), number),
    kill: () => killMembers(cgroup, members),
    close: () => cgroup?.remove(),
  };
}
