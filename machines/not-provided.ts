/** Stand-ins for the actors that `src/` provides: a machine that runs without them says which one is missing. */

import { type CallbackActorLogic, type EventObject, fromCallback, type NonReducibleUnknown } from 'xstate';

export const notProvided = <Received extends EventObject, Input extends NonReducibleUnknown>(
  name: string,
): CallbackActorLogic<Received, Input> =>
  fromCallback<Received, Input>(() => {
    throw new Error(`actor '${name}' was not provided`);
  });
