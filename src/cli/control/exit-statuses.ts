/** Exit statuses of one-shot commands. They are those the LSB gives to init scripts, as Supervisor uses them. */

import { faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';

export const exitStatuses = {
  generic: 1,
  /** Also: the command line or the configuration is not valid. */
  invalidArguments: 2,
  unimplemented: 3,
  /** Also: the connection was refused. */
  insufficientPrivileges: 4,
  /** The server's API has another version. */
  notInstalled: 5,
  notRunning: 7,
} as const;

/** `status` has its own scale. */
export const statusExitStatuses = { notRunning: 3, unknown: 4 } as const;

const deadProgramCodes: ReadonlySet<number> = new Set([
  faultCodes.SPAWN_ERROR,
  faultCodes.ABNORMAL_TERMINATION,
  faultCodes.NOT_RUNNING,
]);

/** Notes what one result means for the exit status. `benign` is the code of what was so already; null if there is none. */
export function noteResult(context: ControlContext, code: number, benign: number | null): void {
  if (code === faultCodes.SUCCESS || code === benign) return;
  context.exitStatus = deadProgramCodes.has(code) ? exitStatuses.notRunning : exitStatuses.generic;
}
