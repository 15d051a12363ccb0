/** Giving up the privileges of root, once, before anything else is opened. */

import type { UserSpec } from '../model/program-spec.ts';

/** Documented by Node, but missing in its type declarations. */
const withInitgroups: NodeJS.Process & { initgroups?: (user: string, extraGroup: number) => void } = process;

/** Becomes the user, with its primary and supplementary groups. Returns Supervisor's text if that fails, else null. */
export function dropPrivileges(user: UserSpec): string | null {
  if (process.geteuid?.() === user.uid) return null;
  if (process.geteuid?.() !== 0) return "Can't drop privilege as nonroot user";
  const steps: readonly [() => void, string][] = [
    [() => withInitgroups.initgroups?.(user.name, user.gid), 'Could not set groups of effective user'],
    [() => process.setgid?.(user.gid), 'Could not set group id of effective user'],
    [() => process.setuid?.(user.uid), `Can't find uid ${user.uid}`],
  ];
  for (const [step, failure] of steps) {
    try {
      step();
    } catch {
      return failure;
    }
  }
  return null;
}
