/** What lives of a program, by number and name, for people. Looks through the whole of /proc: not for every second. */

import { readFileSync } from 'node:fs';
import type { ProcessFacts } from './process-identity.ts';
import { descendantsOf, livingProcesses } from './process-tree.ts';

export interface LivingMember {
  readonly pid: number;
  /** As `ps -o comm` shows it. */
  readonly name: string;
  /** One letter as `ps` has it. */
  readonly state: string;
}

/**
 * The process, what it has started, and its process group.
 *
 * @param isEnded the process is known to have ended: if its number is taken, then by another one, and its group is as well.
 */
export function livingMembers(pid: number, isEnded: boolean): readonly LivingMember[] {
  if (pid <= 1) return [];
  const all = everyProcess();
  if (isEnded && all.some((one) => one.pid === pid)) return [];
  const descendants = new Set(isEnded ? [] : descendantsOf(pid, all).map((one) => one.pid));
  return all
    .filter((one) => one.pid === pid || one.groupId === pid || descendants.has(one.pid))
    .sort((one, other) => Number(other.pid === pid) - Number(one.pid === pid) || one.pid - other.pid)
    .map((one) => ({ pid: one.pid, name: nameOf(one.pid), state: one.state }));
}

/** None where /proc is not there. */
function everyProcess(): readonly ProcessFacts[] {
  try {
    return livingProcesses();
  } catch {
    return [];
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '?';
  }
}
