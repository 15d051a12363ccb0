/**
 * One group: it owns the process actors of its members, starts those with autostart in order, and ends them all in
 * reverse order when the root asks. Requests for single processes go to the process actors themselves; events for
 * listeners go to the pool.
 */

import {
  type ActorRef,
  type ActorRefFrom,
  assign,
  type ErrorActorEvent,
  enqueueActions,
  type Snapshot,
  setup,
} from 'xstate';
import type { SettledProcess } from '../src/model/exit-policy.ts';
import type { GroupSpec } from '../src/model/program-spec.ts';
import type { GroupCommand, GroupPast, GroupReport, PoolReport, ProcessReport } from './events.ts';
import type { ListenerPast } from './listener.machine.ts';
import { poolMachine } from './pool.machine.ts';
import { processMachine } from './process.machine.ts';

export type ProcessRef = ActorRefFrom<typeof processMachine>;
export type PoolRef = ActorRefFrom<typeof poolMachine>;

export interface GroupInput {
  readonly spec: GroupSpec;
  readonly parent: ActorRef<Snapshot<unknown>, GroupReport>;
  /** Of those processes that an earlier daemon has left; null or missing when there is none. */
  readonly past?: GroupPast | null;
}

export interface GroupContext extends GroupInput {
  /** By process name, in order of start: ascending (priority, name). */
  readonly processes: ReadonlyMap<string, ProcessRef>;
  /** Gives events to the processes; null unless they are event listeners. */
  readonly pool: PoolRef | null;
  /** null once the processes have been told. */
  readonly past: GroupPast | null;
  /** How many process actors have not reported to be stopped since `group.drain`. */
  readonly undrained: number;
}

const processId = (group: string, process: string): string => `${group}:${process}`;

/** Actors that failed hear nothing any more and never report. */
const isActive = (process: ProcessRef): boolean => process.getSnapshot().status === 'active';

/** Whether the failed actor of that id is a process that was waited for. Its context can still be read. */
function owesReport({ processes }: GroupContext, id: string): boolean {
  const failed = [...processes.values()].find((process) => process.id === id);
  return failed !== undefined && failed.getSnapshot().context.drain !== 'answered';
}

/** What is gone on with of a listener; a process that goes on in RUNNING announces no change. */
function listenerPast({ past }: GroupContext, name: string): ListenerPast | null {
  const process = past?.processes.get(name);
  if (process === undefined || process.child === null || process.listener === null) return null;
  return { state: process.listener, up: process.state === 'RUNNING' };
}

/** A listener that does not keep up must not hold up the end. */
const longestFarewellMs = 1000;

type GroupEvent = GroupCommand | ProcessReport | PoolReport | ErrorActorEvent<unknown, string>;

export const groupMachine = setup({
  types: {
    input: {} as GroupInput,
    context: {} as GroupContext,
    events: {} as GroupEvent,
  },
  actors: { process: processMachine, pool: poolMachine },
  actions: {
    /** Provided: a defect of ours, not of a program. */
    reportDefect: (_, _params: { group: string; error: unknown }) => {},
    spawnProcesses: assign({
      processes: ({ context, spawn, self }) =>
        new Map(
          context.spec.processes.map((spec) => [
            spec.name,
            spawn('process', { id: processId(context.spec.name, spec.name), input: { spec, parent: self } }),
          ]),
        ),
    }),
    spawnPool: assign({
      pool: ({ context, spawn, self }) => {
        const { name, pool, processes } = context.spec;
        if (pool === undefined) return null;
        const members = processes.flatMap((spec) => {
          const process = context.processes.get(spec.name);
          const past = listenerPast(context, spec.name);
          return process === undefined ? [] : [{ spec, process, past }];
        });
        const past = context.past?.pool ?? null;
        return spawn('pool', { id: 'pool', input: { spec: { name, pool }, members, parent: self, past } });
      },
    }),
    /** Those with a past go on with it, of the others those begin that are to be started. */
    beginProcesses: enqueueActions(({ context, enqueue }) => {
      for (const { name, autostart } of context.spec.processes) {
        const process = context.processes.get(name);
        const past = context.past?.processes.get(name);
        if (process && context.past && past)
          enqueue.sendTo(process, { type: 'process.resume', past, at: context.past.at });
        else if (process && autostart) enqueue.sendTo(process, { type: 'process.start' });
      }
      enqueue.assign({ past: null });
    }),
    drainPool: enqueueActions(({ context, enqueue }) => {
      if (context.pool) enqueue.sendTo(context.pool, { type: 'pool.drain' });
    }),
    quiesceProcesses: enqueueActions(({ context, enqueue }) => {
      for (const process of [...context.processes.values()].filter(isActive))
        enqueue.sendTo(process, { type: 'process.quiesce' });
    }),
    drainProcesses: enqueueActions(({ context, enqueue }) => {
      for (const process of [...context.processes.values()].filter(isActive).reverse())
        enqueue.sendTo(process, { type: 'process.drain' });
    }),
    awaitProcesses: assign({
      undrained: ({ context }) => [...context.processes.values()].filter(isActive).length,
    }),
    noteDrained: assign({ undrained: ({ context }) => context.undrained - 1 }),
    /** One that had reported before it failed was counted then. */
    noteFailed: assign({
      undrained: ({ context }, params: { id: string }) => context.undrained - (owesReport(context, params.id) ? 1 : 0),
    }),
    reportSettled: enqueueActions(({ context, enqueue }, { spec, settlement }: SettledProcess) => {
      enqueue.sendTo(context.parent, { type: 'group.settled', spec, settlement });
    }),
    reportDrained: enqueueActions(({ context, enqueue }) => {
      enqueue.sendTo(context.parent, { type: 'group.drained', name: context.spec.name });
    }),
  },
  guards: {
    hasListeners: ({ context }) =>
      context.pool !== null &&
      [...context.processes.values()].some((process) => process.getSnapshot().matches('alive')),
    isDrained: ({ context }) => context.undrained <= 0,
  },
  delays: {
    farewell: ({ context }) =>
      Math.max(0, Math.min(longestFarewellMs, ...context.spec.processes.map(({ stopWaitMs }) => stopWaitMs))),
  },
}).createMachine({
  id: 'group',
  initial: 'active',
  context: ({ input }) => ({ ...input, processes: new Map(), past: input.past ?? null, pool: null, undrained: 0 }),
  entry: ['spawnProcesses', 'spawnPool', 'beginProcesses'],
  on: {
    'xstate.error.actor.*': {
      actions: {
        type: 'reportDefect',
        params: ({ context, event }) => ({ group: context.spec.name, error: event.error }),
      },
    },
  },
  states: {
    active: {
      on: {
        'group.quiesce': { actions: 'quiesceProcesses' },
        'process.settled': { actions: { type: 'reportSettled', params: ({ event }) => event } },
        'group.drain': [{ guard: 'hasListeners', target: 'delivering' }, 'draining'],
      },
    },
    /** Listeners are still told of the end of the others, as far as they keep up. */
    delivering: {
      entry: ['quiesceProcesses', 'drainPool'],
      after: { farewell: 'draining' },
      on: { 'pool.drained': 'draining' },
    },
    draining: {
      entry: ['awaitProcesses', 'drainProcesses'],
      always: { guard: 'isDrained', target: 'drained' },
      on: {
        'process.drained': { actions: 'noteDrained' },
        // A process actor that failed will never report; the rest must not wait for it.
        'xstate.error.actor.*': {
          actions: [
            {
              type: 'reportDefect',
              params: ({ context, event }) => ({ group: context.spec.name, error: event.error }),
            },
            { type: 'noteFailed', params: ({ event }) => ({ id: event.actorId }) },
          ],
        },
      },
    },
    drained: { entry: 'reportDrained' },
  },
});

export type GroupMachine = typeof groupMachine;
