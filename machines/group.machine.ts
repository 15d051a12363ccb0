/**
 * One group: it owns the process actors of its members, starts those with autostart in order, and ends them all in
 * reverse order when the root asks. Requests for single processes go to the process actors themselves.
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
import type { GroupSpec } from '../src/model/program-spec.ts';
import type { GroupCommand, GroupReport, ProcessReport } from './events.ts';
import { processMachine } from './process.machine.ts';

export type ProcessRef = ActorRefFrom<typeof processMachine>;

export interface GroupInput {
  readonly spec: GroupSpec;
  readonly parent: ActorRef<Snapshot<unknown>, GroupReport>;
}

export interface GroupContext extends GroupInput {
  /** By process name, in order of start: ascending (priority, name). */
  readonly processes: ReadonlyMap<string, ProcessRef>;
  /** Processes that have not reported to be stopped since `group.drain`. */
  readonly undrained: number;
}

type GroupEvent = GroupCommand | ProcessReport | ErrorActorEvent<unknown, string>;

export const groupMachine = setup({
  types: {
    input: {} as GroupInput,
    context: {} as GroupContext,
    events: {} as GroupEvent,
  },
  actors: { process: processMachine },
  actions: {
    /** Provided: a defect of ours, not of a program. */
    reportDefect: (_, _params: { group: string; error: unknown }) => {},
    spawnProcesses: assign({
      processes: ({ context, spawn, self }) =>
        new Map(
          context.spec.processes.map((spec) => [
            spec.name,
            spawn('process', { id: `${spec.groupName}:${spec.name}`, input: { spec, parent: self } }),
          ]),
        ),
    }),
    autostart: enqueueActions(({ context, enqueue }) => {
      for (const spec of context.spec.processes) {
        const process = context.processes.get(spec.name);
        if (spec.autostart && process) enqueue.sendTo(process, { type: 'process.start' });
      }
    }),
    quiesceProcesses: enqueueActions(({ context, enqueue }) => {
      for (const process of context.processes.values()) enqueue.sendTo(process, { type: 'process.quiesce' });
    }),
    drainProcesses: enqueueActions(({ context, enqueue }) => {
      for (const process of [...context.processes.values()].reverse())
        enqueue.sendTo(process, { type: 'process.drain' });
    }),
    countUndrained: assign({ undrained: ({ context }) => context.processes.size }),
    countDrained: assign({ undrained: ({ context }) => context.undrained - 1 }),
    reportDrained: enqueueActions(({ context, enqueue }) => {
      enqueue.sendTo(context.parent, { type: 'group.drained', name: context.spec.name });
    }),
  },
  guards: {
    isDrained: ({ context }) => context.undrained === 0,
  },
}).createMachine({
  id: 'group',
  initial: 'active',
  context: ({ input }) => ({ ...input, processes: new Map(), undrained: 0 }),
  entry: ['spawnProcesses', 'autostart'],
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
        'group.drain': 'draining',
      },
    },
    draining: {
      entry: ['countUndrained', 'drainProcesses'],
      always: { guard: 'isDrained', target: 'drained' },
      on: { 'process.drained': { actions: 'countDrained' } },
    },
    drained: { entry: 'reportDrained' },
  },
});

export type GroupMachine = typeof groupMachine;
