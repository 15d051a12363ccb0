/**
 * Tells one listener of a tree of actors: all that live first, in pieces that it can take, and from then on what happens
 * to each. Watches the tree only as long as somebody listens, and never lets a mistake of its own reach the tree.
 */

import type { ActorRefLike, AnyActorRef, InspectionEvent } from 'xstate';
import { isInspected, livingActors } from './inspected-actor.ts';
import { createMessages, type InspectorMessage } from './inspector-messages.ts';

export interface FeedOptions {
  readonly root: AnyActorRef;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly send: (message: InspectorMessage) => void;
  /** Resolves when what was sent has mostly been taken. */
  readonly room: () => Promise<void>;
  /** Something here is wrong; the feed has ended. */
  readonly onDefect: (error: unknown) => void;
}

/** Returns the function that ends it. */
export function feedInspector({ root, now, send, room, onDefect }: FeedOptions): () => void {
  const messages = createMessages(root, now);
  const introduced = new WeakSet<ActorRefLike>();
  let ended = false;
  const end = (): void => {
    ended = true;
    subscription.unsubscribe();
  };
  const fail = (error: unknown): void => {
    if (ended) return;
    end();
    onDefect(error);
  };
  const introduce = (ref: AnyActorRef): void => {
    if (introduced.has(ref) || !isInspected(ref)) return;
    introduced.add(ref);
    send(messages.actor(ref));
  };
  const tell = (inspected: InspectionEvent): void => {
    const ref = inspected.actorRef;
    if (inspected.type === '@xstate.actor') introduce(ref as AnyActorRef);
    else if (!introduced.has(ref)) return;
    else if (inspected.type === '@xstate.event') send(messages.event(ref, inspected.event, inspected.sourceRef));
    else if (inspected.type === '@xstate.snapshot') send(messages.state(ref, inspected.event, inspected.snapshot));
  };
  const subscription = root.system.inspect((inspected) => {
    try {
      if (!ended) tell(inspected);
    } catch (error) {
      fail(error);
    }
  });

  async function introduceAll(): Promise<void> {
    // What is started meanwhile is introduced as it starts, and what has ended meanwhile need not be.
    for (const ref of livingActors(root)) {
      if (ended) return;
      introduce(ref);
      await room();
    }
  }
  introduceAll().catch(fail);
  return end;
}
