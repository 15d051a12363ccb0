/**
 * The operating system's processes as /proc shows them. Whatever a test starts carries the test's folder in its
 * environment, so that descendants are found however they were orphaned or daemonized.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable that marks everything a test starts. */
export const markVariable = 'BLACKBOX_FOLDER';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly processGroup: number;
  readonly session: number;
  /** One letter as in /proc: `S` sleeping, `Z` zombie. */
  readonly state: string;
  readonly command: string;
}

/** Living processes whose environment at their start carried `folder` as the mark. Zombies are not among them. */
export function markedProcesses(folder: string): readonly ProcessEntry[] {
  const mark = `\0${markVariable}=${folder}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => `\0${readIfThere(`/proc/${name}/environ`)}\0`.includes(mark))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry !== undefined)
    .filter((entry) => entry.state !== 'Z');
}

/** What /proc says about one process; undefined when it is gone. */
export function processEntry(pid: number): ProcessEntry | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The command in parentheses may itself hold blanks and parentheses: the fields begin behind the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, processGroup, session] = fields;
  if (state === undefined || session === undefined) return undefined;
  const command = readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return { pid, state, parent: Number(parent), processGroup: Number(processGroup), session: Number(session), command };
}

/** Children of a process that have ended and wait to be collected. */
export function zombiesOf(parent: number): readonly ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry?.parent === parent && entry.state === 'Z') as readonly ProcessEntry[];
}

export function isAlive(pid: number): boolean {
  const entry = processEntry(pid);
  return entry !== undefined && entry.state !== 'Z';
}

/** The lines `Name: value` of /proc/PID/status. */
export function processStatus(pid: number): Readonly<Record<string, string>> {
  const lines = readIfThere(`/proc/${pid}/status`).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
    }),
  );
}

/** Open descriptors of a process: number → what it is open on. */
export function openDescriptors(pid: number): Readonly<Record<number, string>> {
  const folder = `/proc/${pid}/fd`;
  return Object.fromEntries(
    namesIn(folder).flatMap((name) => {
      const target = linkIfThere(`${folder}/${name}`);
      return target === undefined ? [] : [[Number(name), target]];
    }),
  );
}

/** The environment a process was started with. */
export function environmentOf(pid: number): Readonly<Record<string, string>> {
  const entries = readIfThere(`/proc/${pid}/environ`).split('\0').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** The working directory of a process; undefined when it is gone. */
export function workingDirectoryOf(pid: number): string | undefined {
  return linkIfThere(`/proc/${pid}/cwd`);
}

/** Sends a signal; a process that is gone already is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkIfThere(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
