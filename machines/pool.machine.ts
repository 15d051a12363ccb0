/**
 * The events that wait for the listeners of one pool: first in, first out, bounded. Whenever a listener is available the
 * oldest event goes to the first of them; what comes back goes to the front. It never waits for anybody.
 */

import { type ActorRef, type ActorRefFrom, assign, type ErrorActorEvent, type Snapshot, sendTo, setup } from 'xstate';
import type { PooledEvent, RaisedEvent } from '../src/model/event-record.ts';
import { beginPool, type PoolPast } from '../src/model/pool-past.ts';
import type { GroupSpec, PoolSpec, ProcessSpec } from '../src/model/program-spec.ts';
import type { ListenerReport, PoolCommand, PoolReport, ProcessCommand } from './events.ts';
import { type ListenerPast, listenerMachine } from './listener.machine.ts';

export type ListenerRef = ActorRefFrom<typeof listenerMachine>;

export interface PoolMember {
  readonly spec: ProcessSpec;
  readonly process: ActorRef<Snapshot<unknown>, ProcessCommand>;
  /** null or missing when it is still to be started. */
  readonly past?: ListenerPast | null;
}

export interface PoolInput {
  readonly spec: Pick<GroupSpec, 'name'> & { readonly pool: PoolSpec };
  /** In the order in which they are asked. */
  readonly members: readonly PoolMember[];
  readonly parent: ActorRef<Snapshot<unknown>, PoolReport>;
  /** From an earlier version of the daemon; null or missing when there is nothing to go on with. */
  readonly past?: PoolPast | null;
}

export interface PoolContext extends PoolInput {
  /** null once the listeners have been told. */
  readonly past: PoolPast | null;
  /** By process name, in the order in which they are asked. */
  readonly listeners: ReadonlyMap<string, ListenerRef>;
  /** Events that wait, the next one first. */
  readonly buffer: readonly PooledEvent[];
  /** Serials in the pool of the events that listeners work on. */
  readonly given: ReadonlySet<number>;
  /** Of the next event that is new here. */
  readonly nextSerial: number;
  /** Names of the listeners that can be given an event. */
  readonly available: ReadonlySet<string>;
  /** Events given up because too many waited. */
  readonly discarded: number;
}

type PoolEvent = PoolCommand | ListenerReport | ErrorActorEvent<unknown, string>;

/** What a listener goes on working on. */
function eventOf({ members, past = null }: PoolInput, listener: string): PooledEvent | null {
  const member = members.find(({ spec }) => spec.name === listener);
  return member?.past?.state === 'BUSY' ? (past?.given.get(listener) ?? null) : null;
}

/** The available listener that is asked first. */
const nextListener = ({ listeners, available }: PoolContext): ListenerRef | undefined =>
  [...listeners].find(([name]) => available.has(name))?.[1];

const poolSetup = setup({
  types: {
    input: {} as PoolInput,
    context: {} as PoolContext,
    events: {} as PoolEvent,
  },
  actors: { listener: listenerMachine },
  actions: {
    /** Provided: an event is given up. */
    reportOverflow: (_, _params: { pool: string; event: PooledEvent | undefined }) => {},
    /** Provided: an event goes back to the front, with so many others behind it. */
    reportRebuffering: (_, _params: { pool: string; event: PooledEvent; behind: number; limit: number }) => {},
    /** Provided: a defect of ours, not of a listener. */
    reportDefect: (_, _params: { pool: string; error: unknown }) => {},
    spawnListeners: assign({
      listeners: ({ context, spawn, self }) =>
        new Map(
          context.members.map(({ spec, process, past = null }) => {
            const pool = { name: context.spec.name, lengthUnit: context.spec.pool.lengthUnit };
            const input = { spec, process, pool, parent: self, past, event: eventOf(context, spec.name) };
            return [spec.name, spawn('listener', { id: spec.name, input })];
          }),
        ),
      past: null,
    }),
    discardOldest: assign({
      buffer: ({ context }) => context.buffer.slice(1),
      discarded: ({ context }) => context.discarded + 1,
    }),
    append: assign({
      buffer: ({ context }, params: { event: RaisedEvent }) => [
        ...context.buffer,
        { ...params.event, poolSerial: context.nextSerial },
      ],
      nextSerial: ({ context }) => context.nextSerial + 1,
    }),
    putBack: assign({
      buffer: ({ context }, params: { event: PooledEvent }) => [params.event, ...context.buffer],
    }),
    /** A listener does not work on the event any more. */
    takeBack: assign({
      given: ({ context }, params: { event: PooledEvent }) =>
        new Set([...context.given].filter((serial) => serial !== params.event.poolSerial)),
    }),
    reportDrained: sendTo(({ context }) => context.parent, { type: 'pool.drained' }),
    noteAvailable: assign({
      available: ({ context }, params: { name: string }) => new Set([...context.available, params.name]),
    }),
    noteUnavailable: assign({
      available: ({ context }, params: { name: string }) =>
        new Set([...context.available].filter((name) => name !== params.name)),
    }),
  },
  guards: {
    isEmpty: ({ context }) => context.buffer.length === 0 && context.given.size === 0,
    isFull: ({ context }) => context.buffer.length >= context.spec.pool.bufferSize,
    isOverfull: ({ context }) => context.buffer.length > context.spec.pool.bufferSize,
    canDeliver: ({ context }) => context.buffer.length > 0 && nextListener(context) !== undefined,
  },
});

interface Returned {
  readonly context: PoolContext;
  readonly event: Extract<ListenerReport, { type: 'listener.returned' }>;
}

const rebuffering = ({ context, event }: Returned) => ({
  pool: context.spec.name,
  event: event.event,
  behind: context.buffer.length,
  limit: context.spec.pool.bufferSize,
});

export const poolMachine = poolSetup
  .extend({
    actions: {
      deliverOldest: poolSetup.enqueueActions(({ context, enqueue }) => {
        const [oldest, ...rest] = context.buffer;
        const listener = nextListener(context);
        if (oldest === undefined || listener === undefined) return;
        enqueue.sendTo(listener, { type: 'listener.deliver', event: oldest });
        enqueue.assign({
          buffer: rest,
          given: new Set([...context.given, oldest.poolSerial]),
          available: new Set([...context.available].filter((name) => name !== listener.id)),
        });
        const [next] = rest;
        if (next === undefined || context.available.size > 1) return;
        const { name, pool } = context.spec;
        enqueue({
          type: 'reportRebuffering',
          params: { pool: name, event: next, behind: rest.length - 1, limit: pool.bufferSize },
        });
      }),
    },
  })
  .createMachine({
    id: 'pool',
    initial: 'open',
    context: ({ input }) => ({
      ...input,
      past: input.past ?? null,
      ...beginPool(input.past ?? null, input.spec.pool, (listener) => eventOf(input, listener) !== null),
      listeners: new Map(),
      available: new Set(),
    }),
    entry: 'spawnListeners',
    on: {
      'xstate.error.actor.*': {
        actions: {
          type: 'reportDefect',
          params: ({ context, event }) => ({ pool: context.spec.name, error: event.error }),
        },
      },
    },
    states: {
      open: {
        initial: 'serving',
        always: [
          // What was handed over may be more than the present configuration has room for.
          {
            guard: 'isOverfull',
            actions: [
              {
                type: 'reportOverflow',
                params: ({ context }) => ({ pool: context.spec.name, event: context.buffer[0] }),
              },
              'discardOldest',
            ],
          },
          { guard: 'canDeliver', actions: 'deliverOldest' },
        ],
        on: {
          'pool.drain': '.draining',
          'pool.accept': [
            {
              guard: 'isFull',
              actions: [
                {
                  type: 'reportOverflow',
                  params: ({ context }) => ({ pool: context.spec.name, event: context.buffer[0] }),
                },
                'discardOldest',
                { type: 'append', params: ({ event }) => event },
              ],
            },
            { actions: { type: 'append', params: ({ event }) => event } },
          ],
          'listener.available': { actions: { type: 'noteAvailable', params: ({ event }) => event } },
          'listener.unavailable': { actions: { type: 'noteUnavailable', params: ({ event }) => event } },
          'listener.accepted': { actions: { type: 'takeBack', params: ({ event }) => event } },
          // What comes back is the oldest of all, but it was given out once: the next in line gives way.
          'listener.returned': [
            {
              guard: 'isFull',
              actions: [
                { type: 'takeBack', params: ({ event }) => event },
                { type: 'reportRebuffering', params: rebuffering },
                {
                  type: 'reportOverflow',
                  params: ({ context }) => ({ pool: context.spec.name, event: context.buffer[0] }),
                },
                'discardOldest',
                { type: 'putBack', params: ({ event }) => event },
              ],
            },
            {
              actions: [
                { type: 'takeBack', params: ({ event }) => event },
                { type: 'reportRebuffering', params: rebuffering },
                { type: 'putBack', params: ({ event }) => event },
              ],
            },
          ],
        },
        states: {
          serving: {},
          draining: { always: { guard: 'isEmpty', target: 'drained' } },
          /** Events still come, if only because its own listeners stop. */
          drained: { entry: 'reportDrained' },
        },
      },
    },
  });

export type PoolMachine = typeof poolMachine;
