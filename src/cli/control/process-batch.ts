/**
 * The way `start`, `stop`, `signal` and `clear` walk through their names: everything for `all`, a group for `g:*`, else
 * one process after the other, with a line for each result.
 */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { BatchStatus } from '../../model/process-info.ts';
import { parseProcessName } from '../../model/process-name.ts';
import type { ControlContext } from './context.ts';
import { noteResult } from './exit-statuses.ts';
import { refusalOf, resultLine, successOf } from './results.ts';

export interface ProcessBatch {
  readonly texts: Parameters<typeof resultLine>[0];
  /** The fault of what was so already: it leaves the exit status alone. */
  readonly benign: number | null;
  /** Exit status for `g:*` of a group that does not exist. */
  readonly noGroupStatus: number;
  readonly all: () => Promise<readonly BatchStatus[]>;
  readonly group: (group: string) => Promise<readonly BatchStatus[]>;
  /** The name as typed. */
  readonly one: (name: string) => Promise<unknown>;
}

/** Runs the batch on the names. Rejects, leaving the remaining names out, at a refusal there are no words for. */
export async function runBatch(context: ControlContext, names: readonly string[], batch: ProcessBatch): Promise<void> {
  if (names.includes('all')) {
    report(context, batch, await batch.all());
    return;
  }
  for (const name of names) {
    const { group, process } = parseProcessName(name);
    if (process === null) await runOnGroup(context, group, batch);
    else await runOnProcess(context, name, batch);
  }
}

async function runOnGroup(context: ControlContext, group: string, batch: ProcessBatch): Promise<void> {
  try {
    report(context, batch, await batch.group(group));
  } catch (error) {
    if (!(error instanceof Fault && error.code === faultCodes.BAD_NAME)) throw error;
    context.output.line(`${group}: ERROR (no such group)`);
    context.exitStatus = batch.noGroupStatus;
  }
}

async function runOnProcess(context: ControlContext, name: string, batch: ProcessBatch): Promise<void> {
  const parsed = parseProcessName(name);
  try {
    await batch.one(name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    report(context, batch, [refusalOf(parsed, error)]);
    return;
  }
  report(context, batch, [successOf(parsed)]);
}

function report(context: ControlContext, batch: ProcessBatch, results: readonly BatchStatus[]): void {
  context.output.lines(results.map((result) => resultLine(batch.texts, result)));
  for (const { status } of results) noteResult(context, status, batch.benign);
}
