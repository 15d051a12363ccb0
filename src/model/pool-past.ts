/**
 * What the pools of event listeners hand on when another version replaces the daemon: events that no listener has accepted
 * yet, and how far their numbers are. As text it is read with care, for another version may have written it.
 */

import type { PooledEvent } from './event-record.ts';
import { coveredTypes, eventTypes } from './event-types.ts';
import type { PoolSpec } from './program-spec.ts';

/** Of one pool. */
export interface PoolPast {
  /** Events that wait, the next one first. */
  readonly buffer: readonly PooledEvent[];
  /** The events that listeners work on, by the name of the listener. */
  readonly given: ReadonlyMap<string, PooledEvent>;
  /** Serial in the pool of the next event that is new there. */
  readonly nextSerial: number;
  /** How many events were given up because too many waited. */
  readonly discarded: number;
}

/** By the name of the pool. */
export type PoolPasts = ReadonlyMap<string, PoolPast>;

export interface PoolBeginning extends Omit<PoolPast, 'given'> {
  /** Serials in the pool of the events that listeners go on working on. */
  readonly given: ReadonlySet<number>;
}

/**
 * What a pool begins with. Whoever worked on an event and is not gone on with gives it back: it is told to another one before
 * all that wait, as when a listener ends over it. What the pool does not ask for any more is left out; there may be more than
 * it has room for.
 *
 * @param isGoneOnWith - whether that listener still works on its event.
 */
export function beginPool(
  past: PoolPast | null,
  { events }: Pick<PoolSpec, 'events'>,
  isGoneOnWith: (listener: string) => boolean,
): PoolBeginning {
  if (past === null) return { buffer: [], given: new Set(), nextSerial: 0, discarded: 0 };
  const wanted = coveredTypes(events);
  const given = [...past.given];
  const kept = given.filter(([listener]) => isGoneOnWith(listener));
  const returned = given.filter(([listener]) => !isGoneOnWith(listener)).map(([, event]) => event);
  returned.sort((one, other) => one.poolSerial - other.poolSerial);
  return {
    buffer: [...returned, ...past.buffer].filter(({ type }) => wanted.has(type)),
    given: new Set(kept.map(([, { poolSerial }]) => poolSerial)),
    nextSerial: past.nextSerial,
    discarded: past.discarded,
  };
}

export const poolPastsText = (pools: PoolPasts): string =>
  JSON.stringify(Object.fromEntries([...pools].map(([name, past]) => [name, { ...past, given: [...past.given] }])));

/** What is not understood is left out. */
export function readPoolPasts(text: string): PoolPasts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  return new Map(
    [...fieldsOf(value)].map(([name, past]) => {
      const fields = fieldsOf(past);
      const pool: PoolPast = {
        buffer: listOf(fields.get('buffer')).flatMap(eventOf),
        given: new Map(
          listOf(fields.get('given')).flatMap((entry) => {
            const [listener, event] = listOf(entry);
            return typeof listener === 'string' ? eventOf(event).map((one) => [listener, one] as const) : [];
          }),
        ),
        nextSerial: countOf(fields.get('nextSerial')) ?? 0,
        discarded: countOf(fields.get('discarded')) ?? 0,
      };
      return [name, pool];
    }),
  );
}

/** The event, or none. */
function eventOf(value: unknown): readonly PooledEvent[] {
  const fields = fieldsOf(value);
  const type = eventTypes.find((one) => one === fields.get('type'));
  const [serial, poolSerial] = [countOf(fields.get('serial')), countOf(fields.get('poolSerial'))];
  const [server, payload] = [fields.get('server'), fields.get('payload')];
  if (type === undefined || serial === null || poolSerial === null) return [];
  if (typeof server !== 'string' || typeof payload !== 'string') return [];
  return [{ type, serial, server, payload, poolSerial }];
}

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const countOf = (value: unknown): number | null => (Number.isSafeInteger(value) ? Number(value) : null);
