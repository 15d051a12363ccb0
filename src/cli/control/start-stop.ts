/** The actions `start`, `stop` and `restart`. */

import { faultCodes } from '../../model/errors.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';
import { splitWords } from './line.ts';
import { runBatch } from './process-batch.ts';
import { startTexts, stopTexts } from './results.ts';
import { ask } from './server-call.ts';

/** `start name…`: waits until each runs. */
export async function start(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const names = splitWords(argument);
  if (names.length === 0) {
    refuseArguments(context, 'start', 'Error: start requires a process name', exitStatuses.invalidArguments);
    return;
  }
  await runBatch(context, names, {
    texts: startTexts,
    benign: faultCodes.ALREADY_STARTED,
    noGroupStatus: exitStatuses.invalidArguments,
    all: () => ask(context, 'startAllProcesses'),
    group: (group) => ask(context, 'startProcessGroup', group),
    one: (name) => ask(context, 'startProcess', name),
  });
}

/** `stop name…`: waits until each has stopped. */
export async function stop(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const names = splitWords(argument);
  if (names.length === 0) {
    refuseArguments(context, 'stop', 'Error: stop requires a process name');
    return;
  }
  await runBatch(context, names, {
    texts: stopTexts,
    benign: faultCodes.NOT_RUNNING,
    noGroupStatus: exitStatuses.generic,
    all: () => ask(context, 'stopAllProcesses'),
    group: (group) => ask(context, 'stopProcessGroup', group),
    one: (name) => ask(context, 'stopProcess', name),
  });
}

/** `restart name…`: a stop of all the names, then a start of all of them, with the output of both. */
export async function restart(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  if (splitWords(argument).length === 0) {
    refuseArguments(context, 'restart', 'Error: restart requires a process name');
    return;
  }
  await stop(context, argument);
  await start(context, argument);
}
