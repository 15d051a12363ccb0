/** Methods that tell the state of processes, and those that end or restart the daemon. */

import type { ProcessInfo } from '../model/process-info.ts';
import { markTable } from '../model/process-table.ts';
import { takesFastPath } from '../os/fast-paths.ts';
import { readingConfig } from './config-faults.ts';
import type { ActiveGroup, ActiveProcess, SupervisorControl } from './control.ts';
import { defineMethod } from './define-method.ts';
import { compareText } from './lexical-order.ts';
import type { Method } from './method.ts';
import { alwaysTrue, processName } from './parameters.ts';
import { allProcesses, findProcess } from './process-lookup.ts';

const lowestInt32 = -(2 ** 31);
const highestInt32 = 2 ** 31 - 1;

const infoFields =
  '`name`, `group`, `start`, `stop`, `now` (epoch seconds), `state` (code), `statename`, `spawnerr`, `exitstatus`, ' +
  '`logfile`, `stdout_logfile`, `stderr_logfile`, `pid`, `description`';

const getProcessInfo = defineMethod({
  name: 'supervisor.getProcessInfo',
  params: [processName],
  returns: { type: 'struct', doc: infoFields },
  doc: 'Tells the state of one process.',
  role: 'view',
  faults: ['BAD_NAME'],
  run: ({ control }, name) => infoOf(findProcess(control, name)),
});

const getAllProcessInfo = defineMethod({
  name: 'supervisor.getAllProcessInfo',
  params: [],
  returns: { type: 'array', doc: `a struct for each process: ${infoFields}` },
  doc: 'Tells the state of every process, sorted by group and name.',
  role: 'view',
  faults: [],
  run: ({ control }) => {
    const rows = sortedProcesses(control).map(infoOf);
    return takesFastPath('kept-table') ? markTable(rows) : rows;
  },
});

const shutdown = defineMethod({
  name: 'supervisor.shutdown',
  params: [],
  returns: alwaysTrue,
  doc: 'Stops every process, then the daemon. Answers before the stopping begins.',
  role: 'admin',
  faults: [],
  run: ({ control }) => {
    control.shutdown();
    return true;
  },
});

const restart = defineMethod({
  name: 'supervisor.restart',
  params: [],
  returns: alwaysTrue,
  doc:
    'Stops every process, reads the configuration again and starts anew. Answers before the stopping begins. An invalid ' +
    'configuration is refused, and everything runs on.',
  role: 'admin',
  faults: ['CANT_REREAD'],
  run: ({ control }) => {
    readingConfig(() => control.restart());
    return true;
  },
});

export const stateMethods: readonly Method[] = [getProcessInfo, getAllProcessInfo, shutdown, restart];

const sorted = new WeakMap<readonly ActiveGroup[], readonly ActiveProcess[]>();

/** A list of groups stands for the processes in them: which belong to a group never changes. */
function sortedProcesses(control: SupervisorControl): readonly ActiveProcess[] {
  const groups = control.groups();
  const known = sorted.get(groups) ?? allProcesses(control).toSorted(byGroupAndName);
  sorted.set(groups, known);
  return known;
}

const byGroupAndName = (left: ActiveProcess, right: ActiveProcess): number =>
  compareText(left.group, right.group) || compareText(left.name, right.name);

/** Clients know 32-bit integers only: instants outside are clamped (as Supervisor). */
function infoOf(process: ActiveProcess): ProcessInfo {
  const info = process.info();
  if (fits32(info.start) && fits32(info.stop) && fits32(info.now)) return info;
  return { ...info, start: clamp(info.start), stop: clamp(info.stop), now: clamp(info.now) };
}

const fits32 = (seconds: number): boolean => clamp(seconds) === seconds;

const clamp = (seconds: number): number => Math.min(highestInt32, Math.max(lowestInt32, Math.trunc(seconds)));
