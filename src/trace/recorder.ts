/**
 * Watches the actors of the tree and notes what reaches them, what came of it and what it followed from. It changes
 * nothing in them, asks no condition again and keeps no event.
 */

import type { ActorRefLike, AnyActorRef, AnyEventObject, AnyTransitionDefinition } from 'xstate';
import type { TracedActor, TraceRecord } from '../model/trace.ts';
import { type Doer, forgetTrail, type Trail, trailOf } from './actor-trail.ts';
import { eventFacts, eventName } from './event-facts.ts';
import { isMachineSnapshot } from './innermost-state.ts';
import { inspect, type Step } from './inspection.ts';
import { none, type OpenRecord } from './open-record.ts';
import { SentEvents } from './sent-events.ts';
import { joined, StateTables } from './state-table.ts';

export interface RecorderOptions {
  readonly nextSerial: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Bytes that the channels of a process have written so far. */
  readonly written: (of: string) => { readonly stdout: number; readonly stderr: number };
  readonly onRecord: (record: OpenRecord) => void;
}

type Told<Type extends Step['type']> = Extract<Step, { type: Type }>;

/** Machines of which the steps that were not made tell nothing. */
const plainActors: ReadonlySet<TracedActor> = new Set(['pool', 'listener']);

/** How long an end is taken to follow from a signal that was sent on request. */
const signalEffectMs = 5000;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #tables = new StateTables();
  /** Who does something at this moment, the innermost last. */
  readonly #doing: Doer[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  attach(root: AnyActorRef): void {
    inspect(root, (step) => this.#follow(step));
  }

  /** Notes a request, which has no actor of its own. */
  noteRequest({ of, event, facts }: Pick<TraceRecord, 'of' | 'event' | 'facts'>): OpenRecord {
    return this.#add({ actor: 'request', of, event, cause: 0, facts, written: null });
  }

  /** What `order` sends follows from that record. */
  within<Result>(serial: number, order: () => Result): Result {
    const request: Doer = { isDoing: true, lastSerial: serial };
    this.#doing.push(request);
    try {
      return order();
    } finally {
      this.#end(request);
    }
  }

  #follow(step: Step): void {
    switch (step.type) {
      case '@xstate.event':
        this.#sent(step);
        break;
      case '@xstate.microstep':
        this.#stepped(step);
        break;
      case '@xstate.snapshot':
        this.#settled(step);
        break;
    }
  }

  #sent({ actorRef, sourceRef, event }: Told<'@xstate.event'>): void {
    const target = trailOf(actorRef);
    if (target.actor === null) return;
    if (event.type === 'xstate.init') {
      target.lastSerial = sourceRef === undefined ? this.#current() : trailOf(sourceRef).lastSerial;
      target.since = this.#options.now();
      return;
    }
    const cause = this.#causeOf(target, sourceRef, event);
    if (sourceRef !== undefined && event.type.startsWith('xstate.error.actor.')) {
      this.#leave(trailOf(sourceRef));
      forgetTrail(sourceRef);
    }
    if (target.actor === 'child') this.#order(target, event, cause);
    else {
      target.sent ??= new SentEvents();
      target.sent.add(event, cause);
    }
  }

  #causeOf(target: Trail, sourceRef: ActorRefLike | undefined, event: AnyEventObject): number {
    if (sourceRef === undefined) return this.#current();
    const source = trailOf(sourceRef);
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

  #stepped({ actorRef, event, snapshot, _transitions: transitions }: Told<'@xstate.microstep'>): void {
    if (event.type === 'xstate.init' || event.type === 'xstate.stop' || !isMachineSnapshot(snapshot)) return;
    const trail = trailOf(actorRef);
    if (trail.actor === null) return;
    const [taken] = transitions;
    if (this.#doing.at(-1) !== trail) this.#begin(trail, actorRef as AnyActorRef, event, taken);
    else if (taken !== undefined) this.#goOn(trail, event, taken);
    const { latest } = trail;
    if (latest === null) return;
    trail.stepped = snapshot;
    latest.to = this.#tables.of(snapshot).path;
    if (transitions.some(entersStates)) {
      trail.enteredBy = latest.serial;
      trail.since = latest.at;
    }
  }

  /** The first step of an event. Also made when it changes nothing. */
  #begin(trail: Trail, ref: AnyActorRef, event: AnyEventObject, taken: AnyTransitionDefinition | undefined): void {
    this.#leave(trail);
    const cause = trail.sent?.take(event) ?? 0;
    const name = eventName(event.type);
    const before: unknown = ref.getSnapshot();
    if (name === null || trail.actor === null || !isMachineSnapshot(before)) {
      trail.latest = null;
      return;
    }
    const table = this.#tables.of(before);
    const { actor, of } = trail;
    const written = actor === 'process' ? this.#options.written(of) : null;
    const record = this.#add({ actor, of, event: name, cause, facts: eventFacts(event), written });
    record.outcome = taken !== undefined ? 'taken' : table.answersTo(event) ? 'refused' : 'ignored';
    record.from = table.path;
    record.to = table.path;
    record.guards = table.measure(before, event, taken);
    trail.latest = record;
    trail.lastSerial = record.serial;
    trail.isDoing = true;
    this.#doing.push(trail);
  }

  /** A further step of the same event. */
  #goOn({ latest, stepped }: Trail, event: AnyEventObject, taken: AnyTransitionDefinition): void {
    if (latest === null || stepped === null) return;
    const table = this.#tables.of(stepped);
    if (latest.to !== latest.from || latest.via.length > 0)
      latest.via = latest.via.length === 0 ? table.alone : [...latest.via, latest.to];
    latest.guards = joined(latest.guards, table.measureStep(stepped, event, taken));
  }

  #settled({ actorRef, event, snapshot }: Told<'@xstate.snapshot'>): void {
    if (event.type === 'xstate.stop') {
      forgetTrail(actorRef);
      return;
    }
    if (!isMachineSnapshot(snapshot)) return;
    const trail = trailOf(actorRef);
    const { actor, latest } = trail;
    if (actor === null || latest === null || !trail.isDoing) return;
    if (latest.from !== latest.to && !plainActors.has(actor))
      latest.guards = joined(latest.guards, this.#tables.of(snapshot).unmade(snapshot, event));
    // The rest of what it had written gets to its logs while its end is handled.
    if (latest.written !== null && latest.event === 'child.exited') latest.written = this.#options.written(trail.of);
    this.#leave(trail);
  }

  /** It is done with its event, or has failed in it. */
  #leave(trail: Trail): void {
    trail.stepped = null;
    if (trail.isDoing) this.#end(trail);
  }

  /** With all that was done within. */
  #end(doer: Doer): void {
    while (doer.isDoing) {
      const ended = this.#doing.pop();
      if (ended === undefined) return;
      ended.isDoing = false;
    }
  }

  #current(): number {
    return this.#doing.at(-1)?.lastSerial ?? 0;
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

const entersStates = ({ target, reenter }: AnyTransitionDefinition): boolean =>
  target !== undefined && (reenter || target.length > 0);
