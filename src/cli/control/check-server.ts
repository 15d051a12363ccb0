/** The question most actions ask first: is there a server that we can speak to? */

import { ConnectionProblem } from '../../client/control-client.ts';
import { Fault, faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { noteHints } from './hint.ts';
import { ask } from './server-call.ts';

const expectedVersion = '3.0';

const missingNamespace =
  'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses ' +
  'to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file ' +
  '(see sample.conf).';

/** False when the action must not go on: why is then said, and the exit status noted. Rejects with what has no text of its own. */
export async function checkServer(context: ControlContext): Promise<boolean> {
  try {
    const version = await ask(context, 'getVersion');
    if (version === expectedVersion) return true;
    return refuse(
      context,
      `Sorry, this version of supervisorctl expects to talk to a server with API version ${expectedVersion}, ` +
        `but the remote version is ${version}.`,
      exitStatuses.notInstalled,
    );
  } catch (error) {
    const { serverUrl } = context.server;
    if (error instanceof Fault && error.code === faultCodes.UNKNOWN_METHOD) {
      return refuse(context, missingNamespace, exitStatuses.unimplemented);
    }
    if (!(error instanceof ConnectionProblem)) throw error;
    switch (error.kind) {
      case 'refused':
        refuse(context, `${serverUrl} refused connection`, exitStatuses.insufficientPrivileges);
        break;
      case 'no-such-file':
        refuse(context, `${serverUrl} no such file`, exitStatuses.notRunning);
        break;
      default:
        throw error;
    }
    noteHints(context, error);
    return false;
  }
}

function refuse(context: ControlContext, line: string, exitStatus: number): false {
  context.output.line(line);
  context.exitStatus = exitStatus;
  return false;
}
