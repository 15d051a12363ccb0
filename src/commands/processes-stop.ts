/** Methods that stop processes. A stop that waits is answered when the exit of the OS process has been seen. */

import { Fault } from '../model/errors.ts';
import type { BatchStatus } from '../model/process-info.ts';
import { isRunning, isStopped, type ProcessState } from '../model/process-state.ts';
import { runBatch } from './batch.ts';
import type { ActiveProcess, CommandLog } from './control.ts';
import { type Caller, defineMethod } from './define-method.ts';
import type { Method, Parameter } from './method.ts';
import { batchRows, groupName, processOrGroupName } from './parameters.ts';
import { allProcesses, findGroup, findTarget } from './process-lookup.ts';
import { watchProcess } from './process-watch.ts';

const waitReportMs = 2000;

const wait = {
  name: 'wait',
  type: 'boolean',
  default: true,
  doc: 'answer only when each process has ended; else as soon as the stop signal is sent',
} as const satisfies Parameter;

const stopProcess = defineMethod({
  name: 'supervisor.stopProcess',
  params: [processOrGroupName, wait],
  returns: { type: 'boolean', doc: 'true; for a group, what stopProcessGroup answers' },
  doc: 'Stops a process: sends its stopsignal and, after stopwaitsecs, SIGKILL.',
  role: 'operate',
  faults: ['BAD_NAME', 'NOT_RUNNING', 'FAILED'],
  run: (caller, name, waits) => {
    const target = findTarget(caller.control, name);
    if (target.kind === 'group') return stopAll(caller, target.group.processes(), waits);
    return stop(caller, target.process, { name, waits });
  },
});

const stopProcessGroup = defineMethod({
  name: 'supervisor.stopProcessGroup',
  params: [groupName, wait],
  returns: batchRows,
  doc: 'Stops every running process of a group.',
  role: 'operate',
  faults: ['BAD_NAME'],
  run: (caller, name, waits) => stopAll(caller, findGroup(caller.control, name).processes(), waits),
});

const stopAllProcesses = defineMethod({
  name: 'supervisor.stopAllProcesses',
  params: [wait],
  returns: batchRows,
  doc: 'Stops every running process.',
  role: 'operate',
  faults: [],
  run: (caller, waits) => stopAll(caller, allProcesses(caller.control), waits),
});

export const stopMethods: readonly Method[] = [stopProcess, stopProcessGroup, stopAllProcesses];

const stopAll = (
  caller: Caller,
  processes: readonly ActiveProcess[],
  waits: boolean,
): Promise<readonly BatchStatus[]> => {
  for (const process of processes) declineRestart(process);
  return runBatch({
    processes,
    concerns: (process) => isRunning(process.state()),
    act: (process, name) => stop(caller, process, { name, waits }),
  });
};

interface StopRequest {
  /** As the caller wrote it, for faults. */
  readonly name: string;
  readonly waits: boolean;
}

function stop(caller: Caller, process: ActiveProcess, { name, waits }: StopRequest): true | Promise<true> {
  declineRestart(process);
  if (!isRunning(process.state())) throw Fault.of('NOT_RUNNING', name);
  const { pid } = process.info();
  const conclude = (verdict: StopVerdict | 'abandoned'): true => {
    if (verdict === 'stopped') return true;
    if (verdict === 'abandoned') throw Fault.of('FAILED', `the connection ended while ${name} was stopping`);
    throw Fault.of('FAILED', `unknown problem killing ${process.name} (${pid})`);
  };
  const watch = watchProcess(process, caller.session, judgeStop);
  process.stop();
  const verdict = watch.verdict();
  if (verdict !== null) return conclude(verdict);
  if (waits) {
    const endReports = reportWaiting(caller.control.log, process);
    return watch.decided.then(conclude).finally(endReports);
  }
  watch.end();
  return true;
}

/** A program that has just ended may be about to be started again; who asks for a stop does not want that. */
function declineRestart(process: ActiveProcess): void {
  if (process.state() === 'EXITED') process.stop();
}

type StopVerdict = 'stopped' | 'unknown';

/** UNKNOWN is entered when the stop signal could not be sent: the process runs on. */
function judgeStop(entered: ProcessState): StopVerdict | null {
  if (entered === 'UNKNOWN') return 'unknown';
  return isStopped(entered) ? 'stopped' : null;
}

/** Says in the daemon's log whom a client waits for: at once, then every two seconds. */
function reportWaiting(log: CommandLog, process: ActiveProcess): () => void {
  const report = () => log.info(`waiting for ${process.name} to stop`);
  report();
  const timer = setInterval(report, waitReportMs);
  return () => clearInterval(timer);
}
