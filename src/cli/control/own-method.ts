/** Calls of methods that Supervisor has not: another server is told from one that refuses. */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';

/** Says in one line that the server has no such method, and notes the exit status. False for every other error. */
export function tellUnknown(context: ControlContext, action: string, error: unknown): boolean {
  if (!(error instanceof Fault && error.code === faultCodes.UNKNOWN_METHOD)) return false;
  context.output.line(`ERROR: this supervisord does not know ${action}; it is Supervisor's, or an older version`);
  context.exitStatus = exitStatuses.unimplemented;
  return true;
}
