/**
 * Where events are raised and handed to the pools that asked for them. An event nobody asked for costs a look into a
 * map: it is not rendered and gets no number.
 */

import type { RaisedEvent } from '../model/event-record.ts';
import type { EventType } from '../model/event-types.ts';

export interface EventSubscriber {
  readonly name: string;
  readonly types: ReadonlySet<EventType>;
  readonly accept: (event: RaisedEvent) => void;
}

export interface EventHub {
  /** Whether anybody asked for events of that type. */
  wants(type: EventType): boolean;
  /** Hands an event to everybody who asked for its type. `payload` is called only if there is somebody, and at once. */
  raise(type: EventType, payload: () => string): void;
  /** From now on. A subscriber of the same name is replaced. */
  subscribe(subscriber: EventSubscriber): void;
  unsubscribe(name: string): void;
}

export interface EventHubOptions {
  /** `identifier` of the daemon. */
  readonly server: string;
  /** Numbers from 0 on; they outlive the hub, since a restart of the daemon's work does not begin anew. */
  readonly nextSerial: () => number;
  /** Called when other types are asked for than before. */
  readonly onInterest: () => void;
}

export function createEventHub({ server, nextSerial, onInterest }: EventHubOptions): EventHub {
  const subscribers = new Map<string, EventSubscriber>();
  const wanted = new Map<EventType, EventSubscriber[]>();
  const waiting: RaisedEvent[] = [];
  let delivering = false;

  const recount = (): void => {
    wanted.clear();
    for (const subscriber of subscribers.values()) {
      for (const type of subscriber.types) wanted.set(type, [...(wanted.get(type) ?? []), subscriber]);
    }
    onInterest();
  };

  /** An event raised by the delivery of another one comes after it, for everybody. */
  const deliverAll = (): void => {
    if (delivering) return;
    delivering = true;
    try {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
        for (const subscriber of wanted.get(event.type) ?? []) subscriber.accept(event);
      }
    } finally {
      delivering = false;
    }
  };

  return {
    wants: (type) => wanted.has(type),
    raise: (type, payload) => {
      if (!wanted.has(type)) return;
      waiting.push({ type, serial: nextSerial(), server, payload: payload() });
      deliverAll();
    },
    subscribe: (subscriber) => {
      subscribers.set(subscriber.name, subscriber);
      recount();
    },
    unsubscribe: (name) => {
      if (subscribers.delete(name)) recount();
    },
  };
}

/** Numbers from 0 on. */
export function createSerials(first = 0): () => number {
  let next = first;
  return () => next++;
}
