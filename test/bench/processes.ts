/** What the kernel tells about processes: descendants, CPU time, memory, and how often they were woken. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of `/proc/PID/stat`, on every Linux that Node runs on. */
const ticksPerSecond = 100;

const kibPerMib = 1024;

/** A process, its children, theirs, and so on, except those left out and whatever they have started. */
export function family(root: number, without: ReadonlySet<number>): readonly number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of livingProcesses()) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const members: number[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (without.has(pid)) continue;
    members.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return members;
}

/** All processes that work in a folder or name something in it among their arguments. */
export function processesOf(folder: string): readonly number[] {
  return livingProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && (workingFolder(pid).startsWith(folder) || namesPath(pid, folder)));
}

/** Whether a path is among, or in, the arguments of a process. A process id alone may long mean another. */
export const namesPath = (pid: number, path: string): boolean =>
  content(`/proc/${pid}/cmdline`)?.includes(path) ?? false;

/** Seconds of CPU of processes and of their children that have ended. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const fields = statFields(pid);
    if (fields === undefined) return 0;
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map((ticks) => Number(ticks) / ticksPerSecond);
    return Math.max((user ?? 0) + (system ?? 0), scheduledSeconds(pid)) + (childUser ?? 0) + (childSystem ?? 0);
  });
}

/** Private and resident memory in MiB. */
export function memory(pids: readonly number[]): { readonly anonymous: number; readonly resident: number } {
  return {
    anonymous: sum(pids, (pid) => statusNumber(`/proc/${pid}/status`, 'RssAnon')) / kibPerMib,
    resident: sum(pids, (pid) => statusNumber(`/proc/${pid}/status`, 'VmRSS')) / kibPerMib,
  };
}

/** How often the threads of processes have given up the CPU to wait, and so were woken. */
export function wakeUps(pids: readonly number[]): number {
  return sum(pids, (pid) =>
    sum(listing(`/proc/${pid}/task`), (thread) =>
      statusNumber(`/proc/${pid}/task/${thread}/status`, 'voluntary_ctxt_switches'),
    ),
  );
}

/** Whether a process runs; one that has ended and that nobody has asked for does not. */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function livingProcesses(): readonly { readonly pid: number; readonly parent: number }[] {
  return listing('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statFields(Number(name))?.[1]) }));
}

/** The fields of `/proc/PID/stat` behind the name, which may have blanks in it. */
function statFields(pid: number): readonly string[] | undefined {
  return content(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ');
}

/** Counted by the scheduler in nanoseconds: a short program takes less than a tick. */
function scheduledSeconds(pid: number): number {
  return sum(
    listing(`/proc/${pid}/task`),
    (thread) => Number(content(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0) / 1e9,
  );
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function statusNumber(path: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(content(path) ?? '')?.[1] ?? 0);
}

function content(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function listing(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

const sum = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((total, value) => total + of(value), 0);
