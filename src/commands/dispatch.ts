/**
 * From a request to its answer: looks the method up, refuses whoever may not call it, checks the arguments, refuses while
 * the daemon is stopping, runs. The order of the checks is Supervisor's, since it decides which fault a client sees.
 */

import { Fault } from '../model/errors.ts';
import { type SupervisorState, supervisorStateCodes } from '../model/process-state.ts';
import { suffices } from '../model/role.ts';
import { checkArgumentCount, convertArguments } from './arguments.ts';
import { attributed } from './attributed-control.ts';
import { describeAction, describeError, describeResult } from './audit.ts';
import type { SupervisorControl } from './control.ts';
import type { Caller } from './define-method.ts';
import type { Dispatch, Method, Session } from './method.ts';
import { noteAction } from './note-action.ts';
import type { NotedRequest } from './trace-control.ts';

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
  if (method.role === 'view') return run(caller, method, params);
  return runAudited(caller, method, params);
}

/** Subscriptions exist only where the transport can notify; elsewhere they are unknown. */
export const isOffered = (method: Method, session: Session): boolean =>
  session.notify !== undefined || method.needsNotifications !== true;

async function runAudited(caller: Caller, method: Method, params: readonly unknown[]): Promise<unknown> {
  const { control, session } = caller;
  // Now, for whoever asked may be somebody else on this connection by the time it is answered.
  const action = describeAction({ method, params, session });
  const request = noteAction({ method, params, session }, control);
  try {
    const result = await run(request === null ? caller : attributedCaller(caller, request), method, params);
    const outcome = describeResult(result);
    control.log.info(`${action} -> ${outcome}`);
    request?.answered(outcome);
    return result;
  } catch (error) {
    const outcome = describeError(error);
    control.log.info(`${action} -> ${outcome}`);
    request?.refused(outcome);
    throw error;
  }
}

const attributedCaller = ({ control, session }: Caller, request: NotedRequest): Caller => ({
  control: attributed(control, request),
  session,
});

function run(caller: Caller, method: Method, params: readonly unknown[]): unknown {
  const { control, session } = caller;
  if (!suffices(session.role, method.role)) {
    throw Fault.of('FORBIDDEN', `${method.name} needs the role ${method.role}, yours is ${session.role}`);
  }
  checkArgumentCount(method, params.length);
  if (!method.worksInShutdown && isEnding(control.state())) throw Fault.of('SHUTDOWN_STATE');
  return method.run({ ...caller, params: convertArguments(method, params) });
}

const isEnding = (state: SupervisorState): boolean => supervisorStateCodes[state] < supervisorStateCodes.RUNNING;
