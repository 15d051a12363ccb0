/** The action `clear`. */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { BatchStatus } from '../../model/process-info.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';
import { splitWords } from './line.ts';
import { runBatch } from './process-batch.ts';
import { clearTexts, refusalOf, successOf } from './results.ts';
import { ask } from './server-call.ts';

/** `clear name…`: empties log files. `clear g:*` works, unlike in Supervisor, which answers `g:None: ERROR …`. */
export async function clear(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const names = splitWords(argument);
  if (names.length === 0) {
    refuseArguments(context, 'clear', 'Error: clear requires a process name');
    return;
  }
  await runBatch(context, names, {
    texts: clearTexts,
    benign: null,
    noGroupStatus: exitStatuses.generic,
    all: () => ask(context, 'clearAllProcessLogs'),
    group: (group) => clearGroup(context, group),
    one: (name) => ask(context, 'clearProcessLogs', name),
  });
}

/** The server has no such method: each member is cleared by itself. Rejects with BAD_NAME when there is no member. */
async function clearGroup(context: ControlContext, group: string): Promise<readonly BatchStatus[]> {
  const members = (await ask(context, 'getAllProcessInfo')).filter((info) => info.group === group);
  if (members.length === 0) throw Fault.of('BAD_NAME', group);
  const results: BatchStatus[] = [];
  for (const { name } of members) results.push(await clearMember(context, group, name));
  return results;
}

async function clearMember(context: ControlContext, group: string, process: string): Promise<BatchStatus> {
  try {
    await ask(context, 'clearProcessLogs', `${group}:${process}`);
    return successOf({ group, process });
  } catch (error) {
    if (!(error instanceof Fault) || error.code === faultCodes.SHUTDOWN_STATE) throw error;
    return refusalOf({ group, process }, error);
  }
}
