/** The tree of actors as it is at this moment: their states, since when, and what each waits for. */

import type { AnyActorRef } from 'xstate';
import type { TreeNode } from '../model/trace.ts';
import { trailOf } from './actor-trail.ts';
import { innermostState, isMachineSnapshot } from './innermost-state.ts';
import { readTimers } from './running-timers.ts';
import { waitsFor } from './waits-for.ts';

/** @param now - Epoch milliseconds. */
export function readTree(root: AnyActorRef, now: number): TreeNode {
  const timersOf = readTimers(root);
  const read = (ref: AnyActorRef): TreeNode => {
    const { actor, of, since } = trailOf(ref);
    const snapshot: unknown = ref.getSnapshot();
    const timers = timersOf(ref);
    if (actor === null || !isMachineSnapshot(snapshot)) {
      const isChild = actor === 'child';
      const around = ref._parent === undefined ? '' : trailOf(ref._parent).of;
      return {
        actor: actor ?? 'output',
        of: isChild ? of : `${around}:${ref.id}`,
        state: '',
        since: 0,
        waitsFor: isChild ? "the program's end" : 'output',
        timers,
        children: [],
      };
    }
    const state = innermostState(snapshot);
    const children: readonly AnyActorRef[] = Object.values<AnyActorRef | undefined>(snapshot.children).flatMap(
      (child) => child ?? [],
    );
    return {
      actor,
      of,
      state,
      since,
      waitsFor: waitsFor({ actor, state, context: snapshot.context, timers, now }),
      timers,
      children: children.map(read),
    };
  };
  return read(root);
}
