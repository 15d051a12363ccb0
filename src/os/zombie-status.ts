/**
 * How a process has ended that is no child of ours and waits to be collected by its parent: /proc shows its wait status as
 * long as it waits, to those who might trace it.
 */

import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './watch-process.ts';

/** Of the fields of /proc/PID/stat, counted behind the name. */
const stateField = 0;
const startTicksField = 19;
const exitCodeField = 49;

/** Raw wait status; null if it is no such process (any more), or we are not told: the system would say 0 then. */
export function zombieStatusOf({ pid, startTicks }: ProcessIdentity): number | null {
  try {
    if (!mayTrace(pid)) return null;
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const isThatOne = fields[stateField] === 'Z' && Number(fields[startTicksField]) === startTicks;
    return isThatOne ? Number(fields[exitCodeField]) : null;
  } catch {
    return null;
  }
}

const CAP_SYS_PTRACE = 19n;

/** As the kernel decides it (`ptrace_may_access`) for a process without memory: the same user and group, or the capability. */
function mayTrace(pid: number): boolean {
  const [own, its] = [statusLines('self'), statusLines(String(pid))];
  const capabilities = BigInt(`0x${own.get('CapEff') ?? '0'}`);
  if (((capabilities >> CAP_SYS_PTRACE) & 1n) === 1n) return true;
  const isAll = (numbers: string | undefined, wanted: number | undefined): boolean =>
    numbers?.split(/\s+/).every((number) => Number(number) === wanted) === true;
  return isAll(its.get('Uid'), process.geteuid?.()) && isAll(its.get('Gid'), process.getegid?.());
}

function statusLines(process: string): ReadonlyMap<string, string> {
  const lines = readFileSync(`/proc/${process}/status`, 'latin1').split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
}
