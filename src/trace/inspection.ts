/**
 * What the library that runs the machines tells of each step, without the copies it makes for its own observers: those
 * took more time than all that is noted here. The only place that looks at how it does so.
 */

import type { ActorRefLike, AnyActorRef, AnyEventObject, AnyTransitionDefinition } from 'xstate';

export type Step =
  | {
      readonly type: '@xstate.event';
      readonly actorRef: ActorRefLike;
      readonly sourceRef: ActorRefLike | undefined;
      readonly event: AnyEventObject;
    }
  | {
      readonly type: '@xstate.microstep';
      readonly actorRef: ActorRefLike;
      readonly event: AnyEventObject;
      readonly snapshot: unknown;
      readonly _transitions: readonly AnyTransitionDefinition[];
    }
  | {
      readonly type: '@xstate.snapshot';
      readonly actorRef: ActorRefLike;
      readonly event: AnyEventObject;
      readonly snapshot: unknown;
    }
  | { readonly type: '@xstate.actor'; readonly actorRef: ActorRefLike }
  | { readonly type: '@xstate.action' | '@xstate.transition' };

interface Announcing {
  _sendInspectionEvent?: (step: Step) => void;
}

/** Other observers are told as before. */
export function inspect(root: Pick<AnyActorRef, 'system'>, observe: (step: Step) => void): void {
  const system: AnyActorRef['system'] & Announcing = root.system;
  const tellOthers = system._sendInspectionEvent;
  // A later version of the library may do it otherwise.
  if (tellOthers === undefined) {
    system.inspect(observe);
    return;
  }
  system._sendInspectionEvent = (step) => {
    observe(step);
    tellOthers(step);
  };
}

/**
 * The library spreads the options of an actor into a new object, of which Node 20 keeps a description for each actor: 300
 * bytes, for four actors a program. A copy made in this way has the same description as all others.
 */
export function shareShape(actor: ActorRefLike & { options?: object }): void {
  if (actor.options !== undefined) actor.options = Object.assign({}, actor.options);
}
