/**
 * Methods that start processes. A start that waits is answered when the process has stayed up for startsecs, or as soon
 * as the first attempt fails, although the daemon goes on trying (as Supervisor).
 */

import { Fault } from '../model/errors.ts';
import type { BatchStatus } from '../model/process-info.ts';
import { isRunning, type ProcessState } from '../model/process-state.ts';
import { runBatch } from './batch.ts';
import type { ActiveProcess } from './control.ts';
import { type Caller, defineMethod } from './define-method.ts';
import type { Method, Parameter } from './method.ts';
import { batchRows, groupName, processOrGroupName } from './parameters.ts';
import { allProcesses, findGroup, findTarget } from './process-lookup.ts';
import { watchProcess } from './process-watch.ts';

const wait = {
  name: 'wait',
  type: 'boolean',
  default: true,
  doc: 'answer only when each process is RUNNING or has failed',
} as const satisfies Parameter;

const startFaults = [
  'NO_FILE',
  'NOT_EXECUTABLE',
  'ALREADY_STARTED',
  'FAILED',
  'SPAWN_ERROR',
  'ABNORMAL_TERMINATION',
] as const;

const startProcess = defineMethod({
  name: 'supervisor.startProcess',
  params: [processOrGroupName, wait],
  returns: { type: 'boolean', doc: 'true; for a group, what startProcessGroup answers' },
  doc: 'Starts a process. The command is looked up first, so that a missing program is told as such in every state.',
  role: 'operate',
  faults: ['BAD_NAME', ...startFaults],
  run: (caller, name, waits) => {
    const target = findTarget(caller.control, name);
    if (target.kind === 'group') return startAll(caller, target.group.processes(), waits);
    return start(caller, target.process, { name, waits });
  },
});

const startProcessGroup = defineMethod({
  name: 'supervisor.startProcessGroup',
  params: [groupName, wait],
  returns: batchRows,
  doc: 'Starts every process of a group that is not running, in ascending priority.',
  role: 'operate',
  faults: ['BAD_NAME'],
  run: (caller, name, waits) => startAll(caller, findGroup(caller.control, name).processes(), waits),
});

const startAllProcesses = defineMethod({
  name: 'supervisor.startAllProcesses',
  params: [wait],
  returns: batchRows,
  doc: 'Starts every process that is not running, in ascending priority.',
  role: 'operate',
  faults: [],
  run: (caller, waits) => startAll(caller, allProcesses(caller.control), waits),
});

export const startMethods: readonly Method[] = [startProcess, startProcessGroup, startAllProcesses];

const startAll = (
  caller: Caller,
  processes: readonly ActiveProcess[],
  waits: boolean,
): Promise<readonly BatchStatus[]> =>
  runBatch({
    processes,
    concerns: (process) => !isRunning(process.state()),
    act: (process, name) => start(caller, process, { name, waits }),
  });

interface StartRequest {
  /** As the caller wrote it, for faults. */
  readonly name: string;
  readonly waits: boolean;
}

function start(caller: Caller, process: ActiveProcess, { name, waits }: StartRequest): true | Promise<true> {
  refuseStart(caller, process, name);
  const watch = watchProcess(process, caller.session, judgeStart);
  process.start();
  const verdict = watch.verdict();
  if (verdict !== null) return concludeStart(verdict, name);
  if (waits) return watch.decided.then((decided) => concludeStart(decided, name));
  watch.end();
  return true;
}

function refuseStart({ control }: Caller, process: ActiveProcess, name: string): void {
  const problem = process.checkCommand();
  if (problem) throw Fault.of(problem.kind === 'not-found' ? 'NO_FILE' : 'NOT_EXECUTABLE', problem.text);
  const state = process.state();
  if (isRunning(state)) throw Fault.of('ALREADY_STARTED', name);
  if (state === 'UNKNOWN') throw Fault.of('FAILED', `${name} is in an unknown process state`);
  if (state !== 'STOPPING') return;
  // Without waiting Supervisor answers true here although nothing will be started; nobody is served by that.
  control.log.warn(`process '${process.name}' already running`);
  throw Fault.of('ABNORMAL_TERMINATION', name);
}

type StartVerdict = 'running' | 'spawn-error' | 'abnormal';

function judgeStart(entered: ProcessState): StartVerdict | null {
  switch (entered) {
    case 'STARTING':
      return null;
    case 'RUNNING':
      return 'running';
    case 'BACKOFF':
    case 'FATAL':
      return 'spawn-error';
    case 'STOPPING':
    case 'STOPPED':
    case 'EXITED':
    case 'UNKNOWN':
      return 'abnormal';
    default:
      return entered satisfies never;
  }
}

function concludeStart(verdict: StartVerdict | 'abandoned', name: string): true {
  switch (verdict) {
    case 'running':
      return true;
    case 'spawn-error':
      throw Fault.of('SPAWN_ERROR', name);
    case 'abnormal':
      throw Fault.of('ABNORMAL_TERMINATION', name);
    case 'abandoned':
      throw Fault.of('FAILED', `the connection ended while ${name} was starting`);
    default:
      return verdict satisfies never;
  }
}
