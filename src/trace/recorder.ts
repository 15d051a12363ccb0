/**
 * Watches the actors of the tree and notes what reaches them, what came of it and what it followed from. It changes
 * nothing in them, asks no condition again and keeps no event for long: what was seen is put by at first, with all
 * that will not be as it was, and noted later.
 */

import type { ActorRefLike, AnyActorRef, AnyEventObject, AnyTransitionDefinition } from 'xstate';
import type { TracedActor, TraceRecord } from '../model/trace.ts';
import { type Doer, forgetTrail, type Trail, trailOf } from './actor-trail.ts';
import type { Backlog } from './backlog.ts';
import { eventFacts, eventName, isBulky } from './event-facts.ts';
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
  readonly written: (of: string) => Written;
  readonly onNew: (record: OpenRecord) => void;
  /** The same after `onNew`, and once more when a request is answered. */
  readonly onChange: (record: OpenRecord) => void;
  readonly backlog: Pick<Backlog, 'add' | 'catchUp'>;
}

type Written = NonNullable<TraceRecord['written']>;

/** What a step does not carry with it and will have changed when it is noted. */
interface Circumstances {
  readonly at: number;
  /** The actor's, before the step. */
  readonly before: unknown;
  /** null when it is not noted with that step. */
  readonly written: Written | null;
}

/** A request of which a record is or will be made. */
export interface RequestNote {
  /** null until then. */
  record: OpenRecord | null;
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
  /** Of what is being noted, epoch milliseconds. */
  #at = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  attach(root: AnyActorRef): void {
    inspect(root, (step) => this.#see(step));
  }

  /** Notes a request, which has no actor of its own. */
  noteRequest({ of, event, facts }: Pick<TraceRecord, 'of' | 'event' | 'facts'>): RequestNote {
    const note: RequestNote = { record: null };
    const at = this.#options.now();
    this.#options.backlog.add(() => {
      this.#at = at;
      note.record = this.#add({ actor: 'request', of, event, cause: 0, facts, written: null });
    });
    return note;
  }

  /** What `order` sends follows from that request. */
  within<Result>(note: RequestNote, order: () => Result): Result {
    const { backlog } = this.#options;
    const request: Doer = { isDoing: false, lastSerial: 0 };
    backlog.add(() => {
      request.lastSerial = note.record?.serial ?? 0;
      request.isDoing = true;
      this.#doing.push(request);
    });
    try {
      return order();
    } finally {
      backlog.add(() => this.#end(request));
    }
  }

  /** Adds to the record of a request. */
  amend(note: RequestNote, change: (record: OpenRecord) => void): void {
    this.#options.backlog.add(() => {
      if (note.record === null) return;
      change(note.record);
      this.#options.onChange(note.record);
    });
  }

  #see(step: Step): void {
    if (!isTelling(step)) return;
    const { backlog, now } = this.#options;
    const circumstances = { at: now(), before: snapshotBefore(step), written: this.#writtenBy(step) };
    backlog.add(() => this.#follow(step, circumstances));
    if (isBulky(step.event.type)) backlog.catchUp();
  }

  /** Counts of what the process has written, where they are to be noted. */
  #writtenBy({ type, actorRef, event }: TellingStep): Written | null {
    const ref = actorRef as AnyActorRef;
    if (type === '@xstate.event')
      return event.type === 'child.signal' ? this.#options.written(ref._parent?.id ?? '') : null;
    if (type === '@xstate.snapshot' && event.type !== 'child.exited') return null;
    const snapshot: unknown = ref.getSnapshot();
    return isMachineSnapshot(snapshot) && snapshot.machine.id === 'process' ? this.#options.written(ref.id) : null;
  }

  #follow(step: TellingStep, { at, before, written }: Circumstances): void {
    this.#at = at;
    switch (step.type) {
      case '@xstate.event':
        this.#sent(step, written);
        break;
      case '@xstate.microstep':
        this.#stepped(step, before, written);
        break;
      case '@xstate.snapshot':
        this.#settled(step, written);
        break;
    }
  }

  #sent({ actorRef, sourceRef, event }: Told<'@xstate.event'>, written: Written | null): void {
    const target = trailOf(actorRef);
    if (target.actor === null) return;
    if (event.type === 'xstate.init') {
      target.lastSerial = sourceRef === undefined ? this.#current() : trailOf(sourceRef).lastSerial;
      target.since = this.#at;
      return;
    }
    const cause = this.#causeOf(target, sourceRef, event);
    if (sourceRef !== undefined && event.type.startsWith('xstate.error.actor.')) {
      this.#leave(trailOf(sourceRef));
      forgetTrail(sourceRef);
    }
    if (target.actor === 'child') this.#order(target, event, cause, written);
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
    return isOrdered || this.#at - latest.at <= signalEffectMs ? latest.serial : 0;
  }

  /** The actor of a program has no states: an order is all there is. */
  #order(trail: Trail, event: AnyEventObject, cause: number, written: Written | null): void {
    if (event.type !== 'child.signal') return;
    const { of } = trail;
    trail.latest = this.#add({ actor: 'child', of, event: event.type, cause, facts: eventFacts(event), written });
    trail.lastSerial = trail.latest.serial;
  }

  #stepped(step: Told<'@xstate.microstep'>, before: unknown, written: Written | null): void {
    const { actorRef, event, snapshot, _transitions: transitions } = step;
    if (!isMachineSnapshot(snapshot)) return;
    const trail = trailOf(actorRef);
    if (trail.actor === null) return;
    const [taken] = transitions;
    if (this.#doing.at(-1) !== trail) this.#begin(trail, { event, taken, before, written });
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
  #begin(trail: Trail, { event, taken, before, written }: FirstStep): void {
    this.#leave(trail);
    const cause = trail.sent?.take(event) ?? 0;
    const name = eventName(event.type);
    if (name === null || trail.actor === null || !isMachineSnapshot(before)) {
      trail.latest = null;
      return;
    }
    const table = this.#tables.of(before);
    const { actor, of } = trail;
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

  #settled({ actorRef, event, snapshot }: Told<'@xstate.snapshot'>, written: Written | null): void {
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
    if (latest.written !== null && latest.event === 'child.exited') latest.written = written;
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
    const { nextSerial, onNew, onChange } = this.#options;
    const record: OpenRecord = {
      serial: nextSerial(),
      at: this.#at,
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
    onNew(record);
    onChange(record);
    return record;
  }
}

interface FirstStep extends Omit<Circumstances, 'at'> {
  readonly event: AnyEventObject;
  readonly taken: AnyTransitionDefinition | undefined;
}

type TellingStep = Told<'@xstate.event' | '@xstate.microstep' | '@xstate.snapshot'>;

/** Whether anything is noted of such a step. */
function isTelling(step: Step): step is TellingStep {
  switch (step.type) {
    case '@xstate.event':
      return true;
    case '@xstate.microstep':
      return step.event.type !== 'xstate.init' && step.event.type !== 'xstate.stop' && isMachineSnapshot(step.snapshot);
    case '@xstate.snapshot':
      return step.event.type === 'xstate.stop' || isMachineSnapshot(step.snapshot);
    default:
      return false;
  }
}

/** The actor has it until the last step of an event is done. */
const snapshotBefore = ({ type, actorRef }: TellingStep): unknown =>
  type === '@xstate.microstep' ? actorRef.getSnapshot() : null;

type Noted = Pick<TraceRecord, 'actor' | 'of' | 'event' | 'cause' | 'facts' | 'written'>;

const entersStates = ({ target, reenter }: AnyTransitionDefinition): boolean =>
  target !== undefined && (reenter || target.length > 0);
