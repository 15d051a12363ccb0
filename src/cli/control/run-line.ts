/** Runs one line of the shell, or the words of the command line joined. Errors become lines; none escapes. */

import { ConnectionProblem } from '../../client/control-client.ts';
import { type Action, findAction } from './actions.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { EndOfInput, failureLine, isBug } from './failure.ts';
import { noteHints } from './hint.ts';
import { parseLine } from './line.ts';

/** Runs a line to its end. */
export async function runLine(context: ControlContext, typed: string): Promise<void> {
  const line = parseLine(typed);
  if (line.kind === 'empty') return;
  const action = line.kind === 'action' ? findAction(line.name) : undefined;
  if (line.kind === 'unknown' || action === undefined) {
    context.output.line(`*** Unknown syntax: ${line.text}`);
    context.exitStatus = exitStatuses.generic;
    return;
  }
  try {
    await runWithLogin(context, action, line.argument);
  } catch (error) {
    context.output.line(failureLine(error));
    context.exitStatus = exitStatuses.generic;
    noteHints(context, error);
    if (isBug(error) && error instanceof Error) context.output.note(error.stack ?? error.message);
  } finally {
    // A connection that outlived its line could be one to a daemon that is gone by the next.
    context.server.close();
  }
}

/** As long as the server wants other credentials, interactive use asks for them and runs the action again. */
async function runWithLogin(context: ControlContext, action: Action, argument: string): Promise<void> {
  for (;;) {
    try {
      await action(context, argument);
      return;
    } catch (error) {
      if (!(error instanceof ConnectionProblem && error.kind === 'unauthorized')) throw error;
      context.output.line('Server requires authentication');
      if (!context.interactive) throw error;
      await login(context);
    }
  }
}

async function login(context: ControlContext): Promise<void> {
  const username = await context.input.read('Username:');
  const password = username === null ? null : await context.input.readSecret('Password:');
  if (username === null || password === null) throw new EndOfInput();
  context.output.line('');
  context.server.login(username, password);
}
