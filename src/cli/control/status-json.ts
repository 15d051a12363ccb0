/** `status --json`: the same processes as data for scripts, with fields that stay as they are. */

import type { ProcessInfo } from '../../model/process-info.ts';

/** docs/debugging.md lists the fields; more may come, these stay. Instants are epoch seconds, 0 = never. */
export interface StatusRow {
  readonly group: string;
  readonly name: string;
  readonly state: string;
  /** Of the OS process; 0 if there is none. */
  readonly pid: number;
  /** Seconds since the start of a process that runs; null otherwise. */
  readonly uptime: number | null;
  readonly started: number;
  readonly stopped: number;
  /** How it ended, −1 for a signal; null in other states than EXITED and STOPPED, and if it never did. */
  readonly exitstatus: number | null;
  readonly spawnerr: string;
  readonly description: string;
  readonly stdout_logfile: string;
  readonly stderr_logfile: string;
}

/** An array with one row a line, so that it can be read by people and compared by lines as well. */
export function formatStatusJson(infos: readonly ProcessInfo[]): readonly string[] {
  if (infos.length === 0) return ['[]'];
  const rows = infos.map((info) => JSON.stringify(rowOf(info)));
  return ['[', ...rows.map((row, index) => `  ${row}${index < rows.length - 1 ? ',' : ''}`), ']'];
}

/** Elsewhere Supervisor's number is that of an earlier end, or 0 for one that is not told. */
const endedStates: ReadonlySet<ProcessInfo['statename']> = new Set(['EXITED', 'STOPPED']);

const rowOf = (info: ProcessInfo): StatusRow => ({
  group: info.group,
  name: info.name,
  state: info.statename,
  pid: info.pid,
  uptime: info.statename === 'RUNNING' ? Math.max(0, info.now - info.start) : null,
  started: info.start,
  stopped: info.stop,
  exitstatus: info.stop > 0 && endedStates.has(info.statename) ? info.exitstatus : null,
  spawnerr: info.spawnerr,
  description: info.description,
  stdout_logfile: info.stdout_logfile,
  stderr_logfile: info.stderr_logfile,
});
