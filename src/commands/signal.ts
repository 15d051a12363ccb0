/** Methods that send signals. They reach the OS process alone, never its group, and change no state. */

import { Fault } from '../model/errors.ts';
import type { BatchStatus } from '../model/process-info.ts';
import { isSignallable } from '../model/process-state.ts';
import type { SignalSpec } from '../model/program-spec.ts';
import { signalName, signalNumbers } from '../os/signals.ts';
import { runBatch } from './batch.ts';
import type { ActiveProcess } from './control.ts';
import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';
import { batchRows, groupName, processOrGroupName, signalText } from './parameters.ts';
import { allProcesses, findGroup, findTarget } from './process-lookup.ts';

const signalProcess = defineMethod({
  name: 'supervisor.signalProcess',
  params: [processOrGroupName, signalText],
  returns: { type: 'boolean', doc: 'true; for a group, what signalProcessGroup answers' },
  doc: 'Sends a signal to a process that has an OS process.',
  role: 'operate',
  faults: ['BAD_NAME', 'BAD_SIGNAL', 'NOT_RUNNING', 'FAILED'],
  run: ({ control }, name, signal) => {
    const target = findTarget(control, name);
    if (target.kind === 'group') return sendAll(target.group.processes(), signal);
    return send(target.process, name, signal);
  },
});

const signalProcessGroup = defineMethod({
  name: 'supervisor.signalProcessGroup',
  params: [groupName, signalText],
  returns: batchRows,
  doc: 'Sends a signal to every process of a group that has an OS process.',
  role: 'operate',
  faults: ['BAD_NAME'],
  run: ({ control }, name, signal) => sendAll(findGroup(control, name).processes(), signal),
});

const signalAllProcesses = defineMethod({
  name: 'supervisor.signalAllProcesses',
  params: [signalText],
  returns: batchRows,
  doc: 'Sends a signal to every process that has an OS process.',
  role: 'operate',
  faults: [],
  run: ({ control }, signal) => sendAll(allProcesses(control), signal),
});

export const signalMethods: readonly Method[] = [signalProcess, signalProcessGroup, signalAllProcesses];

const sendAll = (processes: readonly ActiveProcess[], signal: string): Promise<readonly BatchStatus[]> =>
  runBatch({
    processes,
    concerns: (process) => isSignallable(process.state()),
    act: (process, name) => send(process, name, signal),
  });

/** The signal is judged before the state, as in Supervisor. */
function send(process: ActiveProcess, name: string, text: string): true {
  const signal = parseSignal(text);
  if (signal === null) throw Fault.of('BAD_SIGNAL', text);
  if (!isSignallable(process.state())) throw Fault.of('NOT_RUNNING', name);
  const outcome = process.signal(signal);
  if (outcome.kind === 'failed') throw Fault.of('FAILED', outcome.text);
  return true;
}

/** Names with or without SIG, in any case; numbers that have a name, and 0, which only asks whether the process exists. */
export function parseSignal(text: string): SignalSpec | null {
  const word = text.trim().toUpperCase();
  if (/^[+-]?\d+$/.test(word)) return specOf(Number(word));
  const number = signalNumbers.get(word.startsWith('SIG') ? word : `SIG${word}`);
  return number === undefined ? null : specOf(number);
}

const knownNumbers: ReadonlySet<number> = new Set([0, ...signalNumbers.values()]);

const specOf = (number: number): SignalSpec | null =>
  knownNumbers.has(number) ? { name: signalName(number), number } : null;
