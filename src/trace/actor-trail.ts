/**
 * Who an actor of the tree is, and how far the trace has followed it. Found out once for each actor, and forgotten when
 * the actor has stopped: each attempt to start a program has actors of its own.
 */

import type { ActorRefLike, AnyActorRef, AnyMachineSnapshot, StateNode } from 'xstate';
import type { TracedActor } from '../model/trace.ts';
import type { OpenRecord } from './open-record.ts';

/** What has been sent to an actor and has not been looked at by it yet. */
interface Sent {
  readonly event: object;
  readonly cause: number;
}

export interface Trail {
  /** null for actors that are not traced. */
  readonly actor: TracedActor | null;
  readonly of: string;
  /** Sent to it, in the order in which it will look at it. */
  readonly sent: Sent[];
  /** The record of what it is doing, or did last. */
  latest: OpenRecord | null;
  /** How the last step of what it is doing has left it; null when it does nothing. */
  stepped: AnyMachineSnapshot | null;
  /** Serial of what its own events follow from; 0 when of nothing. */
  lastSerial: number;
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

/** Most that is remembered of what waits for one actor: only causes of more would be lost. */
const mostSent = 4096;

export class Trails {
  // By session and not by the actors themselves: weak maps of short-lived objects keep the garbage collector busy.
  readonly #known = new Map<string, Trail>();

  of(ref: ActorRefLike): Trail {
    const known = this.#known.get(ref.sessionId);
    if (known !== undefined) return known;
    const { actor, of } = this.#identify(ref as AnyActorRef);
    if (actor === null) return untraced;
    const trail = createTrail(actor, of);
    this.#known.set(ref.sessionId, trail);
    return trail;
  }

  forget({ sessionId }: ActorRefLike): void {
    this.#known.delete(sessionId);
  }

  #identify(ref: AnyActorRef): Pick<Trail, 'actor' | 'of'> {
    const { _parent: parent, id } = ref;
    const machine = machineOf(ref);
    const actor = machine === null ? (id === 'child' ? 'child' : null) : (kinds[machine] ?? null);
    const around = parent === undefined ? '' : this.of(parent).of;
    switch (actor) {
      case 'child':
      case 'pool':
        return { actor, of: around };
      case 'listener':
        return { actor, of: `${around}:${id}` };
      case 'group':
      case 'process':
        return { actor, of: id };
      default:
        return { actor, of: '' };
    }
  }
}

const createTrail = (actor: TracedActor | null, of: string): Trail => ({
  actor,
  of,
  sent: [],
  latest: null,
  stepped: null,
  lastSerial: 0,
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

export const isMachineSnapshot = (snapshot: unknown): snapshot is AnyMachineSnapshot =>
  typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot;

type Node = Pick<StateNode, 'path' | 'type'>;

const paths = new WeakMap<Node, string>();

/** The innermost state, as `alive.STARTING.proving`. */
export function innermostState({ _nodes: nodes }: { readonly _nodes: readonly Node[] }): string {
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const node = nodes[index];
    if (node === undefined || node.type === 'compound') continue;
    const known = paths.get(node);
    if (known !== undefined) return known;
    const path = node.path.join('.');
    paths.set(node, path);
    return path;
  }
  return '';
}

export function noteSent(trail: Trail, event: object, cause: number): void {
  if (trail.sent.length >= mostSent) trail.sent.shift();
  trail.sent.push({ event, cause });
}

/** What the event followed from that the actor looks at now; 0 when that is not known. */
export function takeSent(trail: Trail, event: object): number {
  const index = trail.sent.findIndex((sent) => sent.event === event);
  if (index < 0) return 0;
  const cause = trail.sent[index]?.cause ?? 0;
  trail.sent.splice(0, index + 1);
  return cause;
}
