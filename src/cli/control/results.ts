/** One line for each process an action was tried on, in Supervisor's words. */

import { type Fault, faultCodes } from '../../model/errors.ts';
import type { BatchStatus } from '../../model/process-info.ts';
import { displayName, type ProcessName } from '../../model/process-name.ts';
import { ValueProblem } from './failure.ts';

interface ResultTexts {
  readonly success: string;
  readonly refusals: ReadonlyMap<number, string>;
  /** FAILED prints the server's text alone. */
  readonly showsFailures: boolean;
}

/** No daemon of Supervisor says that. */
const forbidden = [faultCodes.FORBIDDEN, 'not allowed'] as const;

const signalRefusals: ReadonlyMap<number, string> = new Map([
  [faultCodes.BAD_NAME, 'no such process'],
  [faultCodes.BAD_SIGNAL, 'bad signal name'],
  [faultCodes.NOT_RUNNING, 'not running'],
  forbidden,
]);

export const startTexts: ResultTexts = {
  success: 'started',
  refusals: new Map([
    [faultCodes.BAD_NAME, 'no such process'],
    [faultCodes.NO_FILE, 'no such file'],
    [faultCodes.NOT_EXECUTABLE, 'file is not executable'],
    [faultCodes.ALREADY_STARTED, 'already started'],
    [faultCodes.SPAWN_ERROR, 'spawn error'],
    [faultCodes.ABNORMAL_TERMINATION, 'abnormal termination'],
    forbidden,
  ]),
  showsFailures: false,
};

export const stopTexts: ResultTexts = { success: 'stopped', refusals: signalRefusals, showsFailures: true };

export const signalTexts: ResultTexts = { success: 'signalled', refusals: signalRefusals, showsFailures: true };

export const clearTexts: ResultTexts = {
  success: 'cleared',
  refusals: new Map([[faultCodes.BAD_NAME, 'no such process'], [faultCodes.FAILED, 'failed'], forbidden]),
  showsFailures: false,
};

/** The line for one result. Throws `ValueProblem` for a code the action has no words for. */
export function resultLine(texts: ResultTexts, result: BatchStatus): string {
  const name = displayName(result.group, result.name);
  if (result.status === faultCodes.SUCCESS) return `${name}: ${texts.success}`;
  if (texts.showsFailures && result.status === faultCodes.FAILED) return result.description;
  const refusal = texts.refusals.get(result.status);
  if (refusal === undefined) throw new ValueProblem(`Unknown result code ${result.status} for ${name}`);
  return `${name}: ERROR (${refusal})`;
}

/** A success, for one process. */
export const successOf = ({ group, process }: ProcessName): BatchStatus => ({
  name: process ?? group,
  group,
  status: faultCodes.SUCCESS,
  description: 'OK',
});

/** A refusal of the whole request, as the result for one process. */
export const refusalOf = ({ group, process }: ProcessName, fault: Fault): BatchStatus => ({
  name: process ?? group,
  group,
  status: fault.code,
  description: fault.text,
});
