/** Which programs run at this moment, as the system tells it and nobody else. */

import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, markVariable, processEntry } from '../helpers/process-table.ts';

export interface RunningProgram {
  /** `group:name`. */
  readonly name: string;
  readonly pid: number;
  /** Since it was started, in milliseconds. */
  readonly ageMs: number;
}

/** Programs of supervisors in `folder`: of each its main process, which leads its group. */
export function runningPrograms(folder: string): readonly RunningProgram[] {
  const [uptime = '0'] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    const name = Number.isInteger(pid) ? programName(pid, folder) : null;
    return name === null || processEntry(pid)?.processGroup !== pid || !isAlive(pid)
      ? []
      : [{ name, pid, ageMs: Number(uptime) * 1000 - startedAtMs(pid) }];
  });
}

const millisecondsPerTick = 10;
/** Of the fields behind the command in /proc/PID/stat. */
const startTicksField = 19;

/** Since the boot of the system. */
function startedAtMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[startTicksField]) * millisecondsPerTick;
  } catch {
    return 0;
  }
}

/** `group:name` of the program that a process belongs to; null when it is none, is gone, or is of another folder. */
export function programName(pid: number, folder: string): string | null {
  const text = environmentText(pid);
  if (!text.includes(`\0${markVariable}=${folder}\0`)) return null;
  const group = /\0SUPERVISOR_GROUP_NAME=([^\0]*)\0/.exec(text)?.[1];
  const name = /\0SUPERVISOR_PROCESS_NAME=([^\0]*)\0/.exec(text)?.[1];
  return group === undefined || name === undefined ? null : `${group}:${name}`;
}

/**
 * Programs that run twice. A look at all processes takes its time: one may end and be started again meanwhile, so both are
 * looked at once more, and two that live then have lived together.
 */
export function twiceRunning(programs: readonly RunningProgram[], folder: string): readonly string[] {
  const seen = new Map<string, number>();
  return programs.flatMap(({ name, pid }) => {
    const other = seen.get(name);
    seen.set(name, pid);
    const both = other !== undefined && [other, pid].every((one) => isAlive(one) && programName(one, folder) === name);
    return both ? [`${name} runs twice: as ${other} and as ${pid}`] : [];
  });
}

function environmentText(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch {
    return '';
  }
}
