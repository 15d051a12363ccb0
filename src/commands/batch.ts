/**
 * One request over many processes. All are acted on first, in order, then waited for together; a refusal of one is a row
 * of the answer and never stops the others. Rows come in the order in which the outcomes were known, as in Supervisor.
 */

import { Fault, faultCodes } from '../model/errors.ts';
import type { BatchStatus } from '../model/process-info.ts';
import { displayName } from '../model/process-name.ts';
import type { ActiveProcess } from './control.ts';

export interface Batch {
  readonly processes: readonly ActiveProcess[];
  /** Asked for each process just before its turn; the others are left out of the answer. */
  readonly concerns: (process: ActiveProcess) => boolean;
  /** Throws `Fault` (at once, or as a rejection) to refuse. `name` is the shortest name of the process. */
  readonly act: (process: ActiveProcess, name: string) => true | Promise<true>;
}

export async function runBatch({ processes, concerns, act }: Batch): Promise<readonly BatchStatus[]> {
  const rows: BatchStatus[] = [];
  const waits: Promise<void>[] = [];
  for (const process of processes) {
    if (!concerns(process)) continue;
    try {
      const outcome = act(process, displayName(process.group, process.name));
      if (outcome === true) rows.push(succeeded(process));
      else waits.push(awaitRow(process, outcome).then((row) => void rows.push(row)));
    } catch (error) {
      rows.push(failed(process, error));
    }
  }
  await Promise.all(waits);
  return rows;
}

const awaitRow = (process: ActiveProcess, outcome: Promise<true>): Promise<BatchStatus> =>
  outcome.then(
    () => succeeded(process),
    (error) => failed(process, error),
  );

const succeeded = ({ name, group }: ActiveProcess): BatchStatus => ({
  name,
  group,
  status: faultCodes.SUCCESS,
  description: 'OK',
});

function failed({ name, group }: ActiveProcess, error: unknown): BatchStatus {
  if (!(error instanceof Fault)) throw error;
  return { name, group, status: error.code, description: error.text };
}
