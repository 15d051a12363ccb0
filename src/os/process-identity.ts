/**
 * Who a process is, beyond its number: numbers are used again, but no two processes of one boot have both the same number
 * and the same start time.
 */

import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** One letter: `Z` is a process that has ended and waits to be collected. */
  readonly state: string;
  /** Clock ticks since the system's start. */
  readonly startTicks: number;
}

/** Whether it only waits to be collected. */
export const isDead = ({ state }: Pick<ProcessFacts, 'state'>): boolean => state === 'Z' || state === 'X';

/** null when there is no such process. */
export function processFacts(pid: number): ProcessFacts | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name stands in parentheses and may hold anything, parentheses and blanks included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  return {
    pid,
    state: fields[0] ?? '',
    parentPid: number(1),
    groupId: number(2),
    sessionId: number(3),
    startTicks: number(19),
  };
}

/** Tells one start of the system from every other. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}
