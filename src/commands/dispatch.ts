/**
 * From a request to its answer: looks the method up, checks the arguments, refuses while the daemon is stopping, runs.
 * The order of the checks is Supervisor's, since it decides which fault a client sees.
 */

import { Fault } from '../model/errors.ts';
import { type SupervisorState, supervisorStateCodes } from '../model/process-state.ts';
import { checkArgumentCount, convertArguments } from './arguments.ts';
import type { SupervisorControl } from './control.ts';
import type { Caller } from './define-method.ts';
import type { Dispatch, Method, Session } from './method.ts';

export const createDispatch =
  (methods: ReadonlyMap<string, Method>, control: SupervisorControl): Dispatch =>
  (name, params, session) =>
    callMethod(methods, { control, session }, name, params);

/** Runs up to the method's first wait before it returns, so that a subscription begins in the turn of its request. */
export async function callMethod(
  methods: ReadonlyMap<string, Method>,
  caller: Caller,
  name: string,
  params: readonly unknown[],
): Promise<unknown> {
  const method = methods.get(name);
  if (method === undefined || !isOffered(method, caller.session)) throw Fault.of('UNKNOWN_METHOD');
  checkArgumentCount(method, params.length);
  if (!method.worksInShutdown && isEnding(caller.control.state())) throw Fault.of('SHUTDOWN_STATE');
  return method.run({ ...caller, params: convertArguments(method, params) });
}

/** Subscriptions exist only where the transport can notify; elsewhere they are unknown. */
export const isOffered = (method: Method, session: Session): boolean =>
  session.notify !== undefined || method.needsNotifications !== true;

const isEnding = (state: SupervisorState): boolean => supervisorStateCodes[state] < supervisorStateCodes.RUNNING;
