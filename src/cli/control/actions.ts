/** Every action by its name, in the order in which completion offers them. */

import { chart } from './chart.ts';
import { clear } from './clear.ts';
import type { ControlContext } from './context.ts';
import { reload, shutdown, version } from './daemon.ts';
import { foreground } from './foreground.ts';
import { add, avail, remove, reread } from './groups.ts';
import { help } from './help.ts';
import { open } from './open.ts';
import { signal } from './signal.ts';
import { restart, start, stop } from './start-stop.ts';
import { pid, status } from './status.ts';
import { maintail, tail } from './tail.ts';
import { top } from './top.ts';
import { trace } from './trace.ts';
import { update } from './update.ts';
import { upgrade } from './upgrade.ts';
import { why } from './why.ts';

/** Runs with what follows the action's name. Rejects with what it has no words for. */
export type Action = (context: ControlContext, argument: string) => Promise<void>;

/** `quit`, `exit` and Ctrl-D: an empty line, and the session ends. */
async function leave(context: ControlContext): Promise<void> {
  context.output.line('');
  context.leaving = true;
}

export const actions: ReadonlyMap<string, Action> = new Map([
  ['help', help],
  ['add', add],
  ['avail', avail],
  ['clear', clear],
  ['exit', leave],
  ['fg', foreground],
  ['maintail', maintail],
  ['open', open],
  ['pid', pid],
  ['quit', leave],
  ['reload', reload],
  ['remove', remove],
  ['reread', reread],
  ['restart', restart],
  ['shutdown', shutdown],
  ['signal', signal],
  ['start', start],
  ['status', status],
  ['stop', stop],
  ['tail', tail],
  ['update', update],
  ['version', version],
]);

/** What Supervisor has not. They can be typed, completed and have help, but stay out of lists that scripts may have read. */
export const ownActions: ReadonlyMap<string, Action> = new Map([
  ['chart', chart],
  ['top', top],
  ['trace', trace],
  ['upgrade', upgrade],
  ['why', why],
]);

/** What the end of input means to the shell; it can be typed, but is not offered. */
export const endOfInput = 'EOF';

/** The action of that name, if there is one. */
export const findAction = (name: string): Action | undefined =>
  name === endOfInput ? leave : (actions.get(name) ?? ownActions.get(name));
