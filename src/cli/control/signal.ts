/** The action `signal`. */

import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';
import { splitWords } from './line.ts';
import { runBatch } from './process-batch.ts';
import { signalTexts } from './results.ts';
import { ask } from './server-call.ts';

/** `signal SIG name…`: SIG is a number or a name, with or without SIG, in any case; the server reads it. */
export async function signal(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const [signalName, ...names] = splitWords(argument);
  if (signalName === undefined || names.length === 0) {
    refuseArguments(context, 'signal', 'Error: signal requires a signal name and a process name');
    return;
  }
  await runBatch(context, names, {
    texts: signalTexts,
    benign: null,
    noGroupStatus: exitStatuses.generic,
    all: () => ask(context, 'signalAllProcesses', signalName),
    group: (group) => ask(context, 'signalProcessGroup', group, signalName),
    one: (name) => ask(context, 'signalProcess', name, signalName),
  });
}
