/** The actions on the daemon itself: `shutdown`, `reload`, `version`. */

import { ConnectionProblem } from '../../client/control-client.ts';
import { Fault, faultCodes } from '../../model/errors.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { EndOfInput } from './failure.ts';
import { refuseArguments } from './help.ts';
import { noteHints } from './hint.ts';
import { ask } from './server-call.ts';

/** `shutdown`: the server answers before its processes have stopped. */
export async function shutdown(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'shutdown', 'Error: shutdown accepts no arguments');
    return;
  }
  if (!(await confirm(context, 'Really shut the remote supervisord process down y/N? '))) return;
  try {
    await ask(context, 'shutdown');
    context.output.line('Shut down');
  } catch (error) {
    if (error instanceof Fault && error.code === faultCodes.SHUTDOWN_STATE) {
      // Not an error for the exit status: what was asked for is happening.
      context.output.line('ERROR: already shutting down');
      return;
    }
    const reason = error instanceof ConnectionProblem ? unreachableTexts.get(error.kind) : undefined;
    if (reason === undefined) throw error;
    context.output.line(`ERROR: ${context.server.serverUrl} ${reason} (already shut down?)`);
    context.exitStatus = exitStatuses.generic;
    noteHints(context, error);
  }
}

const unreachableTexts: ReadonlyMap<string, string> = new Map([
  ['refused', 'refused connection'],
  ['no-such-file', 'no such file'],
]);

/** `reload`: the daemon restarts itself with its configuration read again. */
export async function reload(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'reload', 'Error: reload accepts no arguments');
    return;
  }
  if (!(await confirm(context, 'Really restart the remote supervisord process y/N? '))) return;
  try {
    await ask(context, 'restart');
    context.output.line('Restarted supervisord');
  } catch (error) {
    if (!(error instanceof Fault && error.code === faultCodes.SHUTDOWN_STATE)) throw error;
    context.output.line('ERROR: already shutting down');
    context.exitStatus = exitStatuses.generic;
  }
}

/** `version`: that of the daemon. */
export async function version(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'version', 'Error: version accepts no arguments');
    return;
  }
  if (!(await checkServer(context))) return;
  context.output.line(await ask(context, 'getSupervisorVersion'));
}

/** Asks in interactive use; else the answer is yes. Rejects with `EndOfInput` when nobody can answer. */
async function confirm(context: ControlContext, question: string): Promise<boolean> {
  if (!context.interactive) return true;
  const answer = await context.input.read(question);
  if (answer === null) throw new EndOfInput();
  return answer.toLowerCase().startsWith('y');
}
