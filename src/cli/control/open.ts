/** The action `open`. */

import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { status } from './status.ts';

/** `open url`: the session speaks to another server from now on, and shows its processes. */
export async function open(context: ControlContext, argument: string): Promise<void> {
  if (!/^(?:unix|http):/i.test(argument)) {
    context.output.line('ERROR: url must be http:// or unix://');
    context.exitStatus = exitStatuses.generic;
    return;
  }
  context.server.open(argument);
  const before = context.exitStatus;
  await status(context, '');
  context.exitStatus = before;
}
