/**
 * Methods that read and clear log files: the daemon's own and those of processes. Offsets and lengths count bytes; what
 * is not UTF-8, a character cut in two included, is shown as U+FFFD where Supervisor fails.
 */

import { decodeLog, largestSliceBytes, readLog, tailLog } from '../logging/read-log.ts';
import { Fault } from '../model/errors.ts';
import { runBatch } from './batch.ts';
import type { ActiveProcess, LogAccess } from './control.ts';
import { alias, defineMethod } from './define-method.ts';
import type { Method, Parameter } from './method.ts';
import { alwaysTrue, batchRows, processName } from './parameters.ts';
import { allProcesses, findProcess } from './process-lookup.ts';

const offset = {
  name: 'offset',
  type: 'int',
  doc: 'where to begin; negative: that many bytes from the end',
} as const satisfies Parameter;

const length = { name: 'length', type: 'int', doc: 'how many bytes; 0: to the end' } as const satisfies Parameter;

const slice = { type: 'string', doc: 'the text of these bytes' } as const;
const readFaults = ['NO_FILE', 'BAD_ARGUMENTS', 'FAILED'] as const;

const mainLog = defineMethod({
  name: 'supervisor.readLog',
  params: [offset, length],
  returns: slice,
  doc: "Reads a part of the daemon's own log.",
  role: 'view',
  faults: readFaults,
  run: ({ control }, from, bytes) => read(control.mainLog, from, bytes),
});

const clearMainLog = defineMethod({
  name: 'supervisor.clearLog',
  params: [],
  returns: alwaysTrue,
  doc: "Removes the daemon's own log and begins it anew.",
  role: 'admin',
  faults: ['NO_FILE', 'FAILED'],
  run: ({ control }) => {
    const { path } = control.mainLog;
    if (path === null || readLog(path, 0, 1).kind === 'no-file') throw Fault.of('NO_FILE');
    // Before the clearing: the new file begins empty.
    control.log.info('reopening log file');
    if (!clear([control.mainLog])) throw Fault.of('FAILED');
    return true;
  },
});

const readStdout = defineMethod({
  name: 'supervisor.readProcessStdoutLog',
  params: [processName, offset, length],
  returns: slice,
  doc: "Reads a part of the log of a process's standard output.",
  role: 'view',
  faults: ['BAD_NAME', ...readFaults],
  run: ({ control }, name, from, bytes) => read(findProcess(control, name).stdout, from, bytes),
});

const readStderr = defineMethod({
  name: 'supervisor.readProcessStderrLog',
  params: [processName, offset, length],
  returns: slice,
  doc: "Reads a part of the log of a process's standard error.",
  role: 'view',
  faults: ['BAD_NAME', ...readFaults],
  run: ({ control }, name, from, bytes) => read(findProcess(control, name).stderr, from, bytes),
});

const tailParams = [
  processName,
  { name: 'offset', type: 'int', doc: 'how far the caller has read' },
  { name: 'length', type: 'int', doc: 'how many bytes it wants at most' },
] as const satisfies readonly Parameter[];

const tailResult = {
  type: 'array',
  doc: 'the text, the size of the log, and whether bytes were skipped (boolean)',
} as const;

const tailRule =
  'Answers at most the last `length` bytes of it when the log is longer than `offset`; pass the returned size as the ' +
  'next offset. Without a log the answer is empty.';

const tailStdout = defineMethod({
  name: 'supervisor.tailProcessStdoutLog',
  params: tailParams,
  returns: tailResult,
  doc: `Follows the log of a process's standard output by asking again and again. ${tailRule}`,
  role: 'view',
  faults: ['BAD_NAME'],
  run: ({ control }, name, from, bytes) => tail(findProcess(control, name).stdout, from, bytes),
});

const tailStderr = defineMethod({
  name: 'supervisor.tailProcessStderrLog',
  params: tailParams,
  returns: tailResult,
  doc: `Follows the log of a process's standard error by asking again and again. ${tailRule}`,
  role: 'view',
  faults: ['BAD_NAME'],
  run: ({ control }, name, from, bytes) => tail(findProcess(control, name).stderr, from, bytes),
});

const clearProcess = defineMethod({
  name: 'supervisor.clearProcessLogs',
  params: [processName],
  returns: alwaysTrue,
  doc: 'Removes the logs of a process and begins them anew, whether it runs or not.',
  role: 'operate',
  faults: ['BAD_NAME', 'FAILED'],
  run: ({ control }, name) => clearLogsOf(findProcess(control, name), name),
});

const clearAll = defineMethod({
  name: 'supervisor.clearAllProcessLogs',
  params: [],
  returns: batchRows,
  doc: 'Removes the logs of every process and begins them anew.',
  role: 'operate',
  faults: [],
  run: ({ control }) => runBatch({ processes: allProcesses(control), concerns: () => true, act: clearLogsOf }),
});

export const logMethods: readonly Method[] = [
  mainLog,
  alias(mainLog, 'supervisor.readMainLog'),
  clearMainLog,
  readStdout,
  alias(readStdout, 'supervisor.readProcessLog'),
  readStderr,
  tailStdout,
  alias(tailStdout, 'supervisor.tailProcessLog'),
  tailStderr,
  clearProcess,
  alias(clearProcess, 'supervisor.clearProcessLog'),
  clearAll,
];

function read(log: LogAccess, from: number, bytes: number): string {
  if (log.path === null) throw Fault.of('NO_FILE');
  const outcome = readLog(log.path, from, bytes);
  switch (outcome.kind) {
    case 'ok':
      return decodeLog(outcome.bytes);
    case 'no-file':
      throw Fault.of('NO_FILE', log.path);
    case 'bad-arguments':
      throw Fault.of('BAD_ARGUMENTS');
    case 'too-long':
      throw Fault.of('FAILED', `${outcome.length} bytes, and at most ${largestSliceBytes} are sent at once`);
    case 'failed':
      throw Fault.of('FAILED');
    default:
      return outcome satisfies never;
  }
}

function tail(log: LogAccess, from: number, bytes: number): readonly [text: string, offset: number, overflow: boolean] {
  if (log.path === null) return ['', 0, false];
  const outcome = tailLog(log.path, from, bytes);
  switch (outcome.kind) {
    case 'ok':
      return [decodeLog(outcome.bytes), outcome.offset, outcome.overflow];
    case 'no-file':
      return ['', 0, false];
    case 'failed':
      return ['', from, false];
    default:
      return outcome satisfies never;
  }
}

/** Supervisor leaves the files of a process that does not run as they are, and answers true. */
function clearLogsOf(process: ActiveProcess, name: string): true {
  if (!clear([process.stdout, process.stderr])) throw Fault.of('FAILED', name);
  return true;
}

/** All are tried, also when one fails. */
function clear(logs: readonly LogAccess[]): boolean {
  let cleared = true;
  for (const log of logs) {
    if (log.path === null) continue;
    try {
      log.clear();
    } catch {
      cleared = false;
    }
  }
  return cleared;
}
