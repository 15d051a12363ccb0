/** The words of the Stately inspector's protocol, version 0.7: one JSON object for each actor, event and new state. */

import type { ActorRefLike, AnyActorRef } from 'xstate';
import { eventFacts } from '../trace/event-facts.ts';
import { type InspectedSnapshot, inspectedDefinition, inspectedSnapshot } from './inspected-actor.ts';

interface Common {
  /** Whoever listens takes only what bears a version. */
  readonly _version: string;
  readonly rootId: string;
  readonly sessionId: string;
  /** Epoch milliseconds, as text. */
  readonly createdAt: string;
  readonly id: null;
}

interface InspectedEvent {
  readonly type: string;
}

export type InspectorMessage = Common &
  (
    | {
        readonly type: '@xstate.actor';
        readonly name: string;
        readonly parentId: string | undefined;
        readonly definition: string;
        readonly snapshot: InspectedSnapshot;
      }
    | { readonly type: '@xstate.event'; readonly sourceId: string | undefined; readonly event: InspectedEvent }
    | { readonly type: '@xstate.snapshot'; readonly event: InspectedEvent; readonly snapshot: InspectedSnapshot }
  );

const protocolVersion = '0.7.2';

/** Makes the messages about one tree of actors. `now`: epoch milliseconds. */
export function createMessages(root: AnyActorRef, now: () => number) {
  const common = ({ sessionId }: ActorRefLike): Common => ({
    _version: protocolVersion,
    rootId: root.sessionId,
    sessionId,
    createdAt: String(now()),
    id: null,
  });
  return {
    /** An actor as it is at this moment. */
    actor(ref: AnyActorRef): InspectorMessage {
      const snapshot: unknown = ref.getSnapshot();
      return {
        ...common(ref),
        type: '@xstate.actor',
        name: nameOf(ref),
        parentId: ref._parent?.sessionId,
        definition: inspectedDefinition(snapshot) ?? JSON.stringify({ id: ref.id }),
        snapshot: inspectedSnapshot(snapshot),
      };
    },
    event(to: ActorRefLike, event: InspectedEvent, from: ActorRefLike | undefined): InspectorMessage {
      return { ...common(to), type: '@xstate.event', sourceId: from?.sessionId, event: withoutSecrets(event) };
    },
    state(of: ActorRefLike, event: InspectedEvent, snapshot: unknown): InspectorMessage {
      const type = '@xstate.snapshot';
      return { ...common(of), type, event: withoutSecrets(event), snapshot: inspectedSnapshot(snapshot) };
    },
  };
}

/** The root has no name of its own. */
const nameOf = ({ id, _parent: parent }: AnyActorRef): string => (parent === undefined ? 'supervisor' : id);

const withoutSecrets = (event: InspectedEvent): InspectedEvent => ({ type: event.type, ...eventFacts(event) });
