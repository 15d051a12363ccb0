/**
 * Whether another user may enter the directory of a program and execute its file. The question is put to the system as that
 * user, so that modes, groups and access lists all count. The daemon never stays another user beyond the question.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserSpec } from '../model/program-spec.ts';
import { executeRefusal } from './native.ts';
import type { SpawnFailure, SpawnRequest } from './os.ts';

/** Documented by Node, but missing in its type declarations. */
const withInitgroups: NodeJS.Process & { initgroups?: (user: string, extraGroup: number) => void } = process;

/** Why `user` could not start the program, in the order in which the steps would fail; null if nothing speaks against it. */
export function refusalTo(user: UserSpec, { directory, file }: SpawnRequest): SpawnFailure | null {
  return askAs(user, () => {
    // With the dot it is a question about the directory itself, and a file in its place is an error.
    const noEntry = directory === null ? null : executeRefusal(`${directory}/.`);
    if (noEntry !== null) return { kind: 'directory', reason: noEntry };
    const noExecution = executeRefusal(file.startsWith('/') ? file : join(directory ?? '.', file));
    return noExecution === null ? null : { kind: 'exec', reason: noExecution };
  });
}

/**
 * Only the effective ids change: a process whose real and saved user is root takes no signals from the user. Where the
 * change fails nothing is answered; starting the program fails for the same reason and says so.
 */
function askAs<Answer>(user: UserSpec, question: () => Answer): Answer | null {
  const group = process.getegid?.() ?? 0;
  const groups = supplementaryGroups();
  try {
    withInitgroups.initgroups?.(user.name, user.gid);
    process.setegid?.(user.gid);
    process.seteuid?.(user.uid);
    return question();
  } catch {
    return null;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
    process.setgroups?.(groups);
  }
}

/** Node's own list has the effective group added, which other programs would then get as well. */
function supplementaryGroups(): number[] {
  const [, list = ''] = /^Groups:(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return list.trim().split(/\s+/).filter(Boolean).map(Number);
}
