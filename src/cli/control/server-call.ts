/** The `supervisor.` methods the actions call, each with the type of its answer. */

import type { BatchStatus, ProcessInfo } from '../../model/process-info.ts';
import { isUsable } from './answer-shapes.ts';
import type { ControlContext } from './context.ts';
import { ValueProblem } from './failure.ts';

/** The fields of a configuration row that `avail` shows. */
export interface ConfigInfo {
  readonly group: string;
  readonly name: string;
  readonly inuse: boolean;
  readonly autostart: boolean;
  readonly group_prio: number;
  readonly process_prio: number;
}

/** Group names: added, changed, removed. */
export type ConfigChange = readonly [readonly string[], readonly string[], readonly string[]];

interface Answers {
  readonly addProcessGroup: boolean;
  readonly clearAllProcessLogs: readonly BatchStatus[];
  readonly clearProcessLogs: boolean;
  readonly getAllConfigInfo: readonly ConfigInfo[];
  readonly getAllProcessInfo: readonly ProcessInfo[];
  readonly getPID: number;
  readonly getProcessInfo: ProcessInfo;
  readonly getSupervisorVersion: string;
  readonly getVersion: string;
  readonly readLog: string | Uint8Array;
  readonly readProcessStderrLog: string | Uint8Array;
  readonly readProcessStdoutLog: string | Uint8Array;
  readonly reloadConfig: readonly [ConfigChange];
  readonly removeProcessGroup: boolean;
  readonly restart: boolean;
  readonly sendProcessStdin: boolean;
  readonly shutdown: boolean;
  readonly signalAllProcesses: readonly BatchStatus[];
  readonly signalProcess: boolean;
  readonly signalProcessGroup: readonly BatchStatus[];
  readonly startAllProcesses: readonly BatchStatus[];
  readonly startProcess: boolean;
  readonly startProcessGroup: readonly BatchStatus[];
  readonly stopAllProcesses: readonly BatchStatus[];
  readonly stopProcess: boolean;
  readonly stopProcessGroup: readonly BatchStatus[];
}

export type MethodName = keyof Answers;

/** Calls a method of the server. Rejects with `ValueProblem` when the answer is none that an action could go on with. */
export async function ask<Name extends MethodName>(
  context: Pick<ControlContext, 'server'>,
  method: Name,
  ...params: readonly unknown[]
): Promise<Answers[Name]> {
  const answer = await context.server.call(`supervisor.${method}`, ...params);
  if (!isUsable(method, answer))
    throw new ValueProblem(`what the server says to supervisor.${method} is no answer to it`);
  return answer as Answers[Name];
}
