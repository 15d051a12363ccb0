/**
 * Watches the actors of the tree and notes what reaches them, what came of it and what it followed from. It changes
 * nothing in them, asks no condition again and keeps no event.
 */

import type { ActorRefLike, AnyActorRef, AnyEventObject, InspectionEvent } from 'xstate';
import type { TracedActor, TraceRecord } from '../model/trace.ts';
import { innermostState, isMachineSnapshot, noteSent, type Trail, Trails, takeSent } from './actor-trail.ts';
import { eventFacts, eventName } from './event-facts.ts';
import { measure, measureStep, unmade } from './guards.ts';
import { none, type OpenRecord } from './open-record.ts';

export interface RecorderOptions {
  readonly nextSerial: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Bytes that the channels of a process have written so far. */
  readonly written: (of: string) => { readonly stdout: number; readonly stderr: number };
  readonly onRecord: (record: OpenRecord) => void;
}

type Inspected<Type extends InspectionEvent['type']> = Extract<InspectionEvent, { type: Type }>;

/** What is being done at this moment, the innermost last. */
interface Doing {
  /** null for a request. */
  readonly trail: Trail | null;
  readonly serial: number;
}

/** Machines of which the steps that were not made tell nothing. */
const plainActors: ReadonlySet<TracedActor> = new Set(['pool', 'listener']);

/** How long an end is taken to follow from a signal that was sent on request. */
const signalEffectMs = 5000;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #trails = new Trails();
  readonly #doing: Doing[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Returns the function that ends it. */
  attach(root: AnyActorRef): () => void {
    const subscription = root.system.inspect((inspected) => this.#inspect(inspected));
    return () => subscription.unsubscribe();
  }

  trailOf(ref: ActorRefLike): Trail {
    return this.#trails.of(ref);
  }

  /** Notes a request, which has no actor of its own. */
  noteRequest({ of, event, facts }: Pick<TraceRecord, 'of' | 'event' | 'facts'>): OpenRecord {
    return this.#add({ actor: 'request', of, event, cause: 0, facts, written: null });
  }

  /** What `order` sends follows from that record. */
  within<Result>(serial: number, order: () => Result): Result {
    const depth = this.#doing.push({ trail: null, serial });
    try {
      return order();
    } finally {
      this.#doing.length = depth - 1;
    }
  }

  #inspect(inspected: InspectionEvent): void {
    switch (inspected.type) {
      case '@xstate.event':
        this.#sent(inspected);
        break;
      case '@xstate.microstep':
        this.#stepped(inspected);
        break;
      case '@xstate.snapshot':
        this.#settled(inspected);
        break;
    }
  }

  #sent({ actorRef, sourceRef, event }: Inspected<'@xstate.event'>): void {
    const target = this.#trails.of(actorRef);
    if (target.actor === null) return;
    if (event.type === 'xstate.init') {
      target.lastSerial = sourceRef === undefined ? this.#current() : this.#trails.of(sourceRef).lastSerial;
      target.since = this.#options.now();
      return;
    }
    const cause = this.#causeOf(target, sourceRef, event);
    if (sourceRef !== undefined && event.type.startsWith('xstate.error.actor.')) {
      this.#leave(this.#trails.of(sourceRef));
      this.#trails.forget(sourceRef);
    }
    if (target.actor === 'child') this.#order(target, event, cause);
    else noteSent(target, event, cause);
  }

  #causeOf(target: Trail, sourceRef: ActorRefLike | undefined, event: AnyEventObject): number {
    if (sourceRef === undefined) return this.#current();
    const source = this.#trails.of(sourceRef);
    if (source === target) return event.type.startsWith('xstate.after.') ? target.enteredBy : target.lastSerial;
    if (source.actor === 'child' && event.type === 'child.exited') return this.#causeOfEnd(source);
    return source.lastSerial;
  }

  /** A program ends by itself unless it was told to. */
  #causeOfEnd({ latest }: Trail): number {
    if (latest === null) return 0;
    const isOrdered = latest.facts.purpose !== 'request';
    return isOrdered || this.#options.now() - latest.at <= signalEffectMs ? latest.serial : 0;
  }

  /** The actor of a program has no states: an order is all there is. */
  #order(trail: Trail, event: AnyEventObject, cause: number): void {
    if (event.type !== 'child.signal') return;
    const { of } = trail;
    const written = this.#options.written(of);
    trail.latest = this.#add({ actor: 'child', of, event: event.type, cause, facts: eventFacts(event), written });
    trail.lastSerial = trail.latest.serial;
  }

  #stepped({ actorRef, event, snapshot, _transitions: transitions }: Inspected<'@xstate.microstep'>): void {
    if (event.type === 'xstate.init' || event.type === 'xstate.stop' || !isMachineSnapshot(snapshot)) return;
    const trail = this.#trails.of(actorRef);
    if (trail.actor === null) return;
    const top = this.#doing.at(-1);
    if (top?.trail !== trail) this.#begin(trail, actorRef as AnyActorRef, event, transitions[0]);
    else if (trail.latest !== null && transitions[0] !== undefined) {
      const { latest } = trail;
      if (latest.to !== latest.from || latest.via.length > 0) latest.via = [...latest.via, latest.to];
      const guards = trail.stepped === null ? none : measureStep(trail.stepped, event, transitions[0]);
      if (guards.length > 0) latest.guards = [...latest.guards, ...guards];
    }
    if (trail.latest === null) return;
    trail.stepped = snapshot;
    trail.latest.to = innermostState(snapshot);
    if (transitions.some(({ target, reenter }) => target !== undefined && (reenter || target.length > 0)))
      this.#entered(trail, trail.latest);
  }

  /** The first step of an event. Also made when it changes nothing. */
  #begin(
    trail: Trail,
    ref: AnyActorRef,
    event: AnyEventObject,
    taken: Inspected<'@xstate.microstep'>['_transitions'][number] | undefined,
  ): void {
    this.#leave(trail);
    const cause = takeSent(trail, event);
    const name = eventName(event.type);
    const before: unknown = ref.getSnapshot();
    if (name === null || trail.actor === null || !isMachineSnapshot(before)) {
      trail.latest = null;
      return;
    }
    const { isAnswered, guards } = measure(before, event, taken);
    const from = innermostState(before);
    const { actor, of } = trail;
    const written = actor === 'process' ? this.#options.written(of) : null;
    const record = this.#add({ actor, of, event: name, cause, facts: eventFacts(event), written });
    record.outcome = taken !== undefined ? 'taken' : isAnswered ? 'refused' : 'ignored';
    record.from = from;
    record.to = from;
    record.guards = guards;
    trail.latest = record;
    trail.lastSerial = record.serial;
    this.#doing.push({ trail, serial: record.serial });
  }

  #entered(trail: Trail, { serial, at }: TraceRecord): void {
    trail.enteredBy = serial;
    trail.since = at;
  }

  #settled({ actorRef, event, snapshot }: Inspected<'@xstate.snapshot'>): void {
    if (event.type === 'xstate.stop') {
      this.#trails.forget(actorRef);
      return;
    }
    const trail = this.#trails.of(actorRef);
    const { latest } = trail;
    if (trail.actor === null || latest === null || !this.#doing.some((one) => one.trail === trail)) return;
    if (latest.from !== latest.to && !plainActors.has(trail.actor) && isMachineSnapshot(snapshot)) {
      const guards = unmade(snapshot, event);
      if (guards.length > 0) latest.guards = [...latest.guards, ...guards];
    }
    // The rest of what it had written gets to its logs while its end is handled.
    if (latest.written !== null && latest.event === 'child.exited') latest.written = this.#options.written(trail.of);
    this.#leave(trail);
  }

  /** It is done with its event, or has failed in it. */
  #leave(trail: Trail): void {
    trail.stepped = null;
    const index = this.#doing.findIndex((one) => one.trail === trail);
    if (index >= 0) this.#doing.length = index;
  }

  #current(): number {
    return this.#doing.at(-1)?.serial ?? 0;
  }

  #add({ actor, of, event, cause, facts, written }: Noted): OpenRecord {
    const { nextSerial, now, onRecord } = this.#options;
    const record: OpenRecord = {
      serial: nextSerial(),
      at: now(),
      cause,
      actor,
      of,
      event,
      outcome: 'noted',
      from: '',
      to: '',
      via: none,
      guards: none,
      facts,
      written,
    };
    onRecord(record);
    return record;
  }
}

type Noted = Pick<TraceRecord, 'actor' | 'of' | 'event' | 'cause' | 'facts' | 'written'>;
