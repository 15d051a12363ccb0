/**
 * Who an actor of the tree is, and how far the trace has followed it. Found out once for each actor, and forgotten when
 * the actor has stopped: each attempt to start a program has actors of its own.
 */

import type { ActorRefLike, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type { TracedActor } from '../model/trace.ts';
import { isMachineSnapshot } from './innermost-state.ts';
import type { OpenRecord } from './open-record.ts';
import type { SentEvents } from './sent-events.ts';

/** Who does something at this moment: an actor, or a request. */
export interface Doer {
  isDoing: boolean;
  /** Serial of what its own events follow from; 0 when of nothing. */
  lastSerial: number;
}

export interface Trail extends Doer {
  /** null for actors that are not traced. */
  readonly actor: TracedActor | null;
  readonly of: string;
  /** null until something was sent to it. */
  sent: SentEvents | null;
  /** The record of what it is doing, or did last. */
  latest: OpenRecord | null;
  /** How the last step of what it is doing has left it; null when it does nothing. */
  stepped: AnyMachineSnapshot | null;
  /** Serial of the record by which it entered its state, and when that was, in epoch milliseconds. */
  enteredBy: number;
  since: number;
}

const kinds: Readonly<Record<string, TracedActor>> = {
  supervisor: 'supervisor',
  group: 'group',
  process: 'process',
  pool: 'pool',
  listener: 'listener',
};

const trailKey = Symbol('trail');

/** Kept with the actor itself: a map of all of them took longer than all else, for every attempt brings new ones. */
type Followed = ActorRefLike & { [trailKey]?: Trail | null };

export function trailOf(ref: ActorRefLike): Trail {
  const followed: Followed = ref;
  const known = followed[trailKey];
  if (known !== undefined && known !== null) return known;
  const trail = identify(ref as AnyActorRef);
  followed[trailKey] = trail;
  return trail;
}

export function forgetTrail(ref: ActorRefLike): void {
  const followed: Followed = ref;
  followed[trailKey] = null;
}

function identify(ref: AnyActorRef): Trail {
  const { _parent: parent, id } = ref;
  const machine = machineOf(ref);
  const actor = machine === null ? (id === 'child' ? 'child' : null) : (kinds[machine] ?? null);
  if (actor === null) return untraced;
  const around = parent === undefined ? '' : trailOf(parent).of;
  switch (actor) {
    case 'child':
    case 'pool':
      return createTrail(actor, around);
    case 'listener':
      return createTrail(actor, `${around}:${id}`);
    case 'group':
    case 'process':
      return createTrail(actor, id);
    default:
      return createTrail(actor, '');
  }
}

const createTrail = (actor: TracedActor | null, of: string): Trail => ({
  isDoing: false,
  lastSerial: 0,
  actor,
  of,
  sent: null,
  latest: null,
  stepped: null,
  enteredBy: 0,
  since: 0,
});

/** Nothing is ever noted in it. */
const untraced = createTrail(null, '');

/** Id of an actor's machine; null if it is none. */
function machineOf(ref: AnyActorRef): string | null {
  const snapshot: unknown = ref.getSnapshot();
  return isMachineSnapshot(snapshot) ? snapshot.machine.id : null;
}
