/**
 * The root of the supervision tree. It boots the groups by priority, adds and removes groups on request, and at the end
 * drains them in reverse priority: first nothing is started any more, then one level of priority after another stops.
 */

import { type ActorRefFrom, assign, type ErrorActorEvent, emit, enqueueActions, raise, setup } from 'xstate';
import { type DaemonEnd, type ExitWhen, endsDaemon, isFailure, type SettledProcess } from '../src/model/exit-policy.ts';
import type { SupervisorState } from '../src/model/process-state.ts';
import type { GroupSpec } from '../src/model/program-spec.ts';
import type { GroupPast, GroupReport, SupervisorCommand, TreePast } from './events.ts';
import { groupMachine } from './group.machine.ts';
import { isAtRest, type ProcessSnapshot, settlementOf } from './selectors.ts';

export type GroupRef = ActorRefFrom<typeof groupMachine>;

export interface SupervisorInput {
  /** Sorted by (priority, name). */
  readonly groups: readonly GroupSpec[];
  /** Of the processes that an earlier daemon has left; missing when there is none. */
  readonly past?: TreePast;
  readonly exitWhen: ExitWhen;
}

export interface SupervisorContext {
  readonly boot: readonly GroupSpec[];
  /** null once the groups have been told. */
  readonly past: TreePast | null;
  /** By name, in boot order: later additions stand behind their equals in priority. */
  readonly groups: ReadonlyMap<string, GroupRef>;
  /** What follows once everything is stopped. */
  readonly intent: 'shutdown' | 'restart';
  readonly exitWhen: ExitWhen;
  /** Why it ends without having been asked to; null when it was asked, or does not end. */
  readonly end: DaemonEnd | null;
  /** Groups still to be drained, the next ones last. */
  readonly undrained: readonly GroupRef[];
  /** Names of the groups that are being drained. */
  readonly awaited: ReadonlySet<string>;
  /** How many of them have reported, or never will. A number, for a set would be copied with each of a thousand. */
  readonly reported: number;
}

/** Emitted once, when everything is stopped, with what is to follow. */
export interface SupervisorHalted {
  readonly type: 'supervisor.halted';
  readonly intent: 'shutdown' | 'restart';
  /** Why, when nobody asked for it: what the daemon's exit code is made from. */
  readonly end: DaemonEnd | null;
}

type SupervisorEvent = SupervisorCommand | GroupReport | ErrorActorEvent<unknown, string>;

const priorityOf = (group: GroupRef): number => group.getSnapshot().context.spec.priority;

/** Actors that failed hear nothing any more and never report. */
const isActive = (group: GroupRef): boolean => group.getSnapshot().status === 'active';

function pastOf(past: TreePast | null, group: string): GroupPast | null {
  const processes = past?.groups.get(group);
  const pool = past?.pools?.get(group) ?? null;
  return past && (processes || pool) ? { at: past.at, processes: processes ?? new Map(), pool } : null;
}

/** The groups that stop next: those that share the highest priority value left. They stand together, at the end. */
function lastLevel(groups: readonly GroupRef[]): readonly GroupRef[] {
  const last = groups.at(-1);
  if (last === undefined) return [];
  const priority = priorityOf(last);
  return groups.slice(groups.findLastIndex((group) => priorityOf(group) !== priority) + 1);
}

/** Whether a group that has failed was waited for: not if it had reported before. Its state can still be read. */
const owesReport = ({ awaited, groups }: SupervisorContext, name: string): boolean =>
  awaited.has(name) && groups.get(name)?.getSnapshot().value !== 'drained';

/** Of all programs, in order of start. Listeners serve the others: they are never done, and nobody waits for them. */
function* programsOf({ groups }: SupervisorContext): Generator<ProcessSnapshot> {
  for (const group of groups.values()) {
    const { pool, processes } = group.getSnapshot().context;
    if (pool === null) for (const process of processes.values()) yield process.getSnapshot();
  }
}

/** As a rule the first one tells: looking at all of them each time one has come to rest would take long for many. */
function areAllAtRest(context: SupervisorContext): boolean {
  for (const snapshot of programsOf(context)) if (!isAtRest(snapshot)) return false;
  return true;
}

function firstFailure(context: SupervisorContext): SettledProcess | null {
  for (const snapshot of programsOf(context)) {
    const settlement = settlementOf(snapshot);
    if (settlement === null) continue;
    const settled = { spec: snapshot.context.spec, settlement };
    if (isFailure(settled)) return settled;
  }
  return null;
}

export const supervisorMachine = setup({
  types: {
    input: {} as SupervisorInput,
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    emitted: {} as SupervisorHalted,
  },
  actors: { group: groupMachine },
  actions: {
    announceHalt: emit(
      ({ context: { intent, end } }): SupervisorHalted => ({ type: 'supervisor.halted', intent, end }),
    ),
    /** Provided: groups have become active, or are gone. */
    announceGroups: (_, _params: { names: readonly string[]; change: 'added' | 'removed' }) => {},
    /** Provided: the daemon runs, or begins to stop. */
    announceState: (_, _params: { state: SupervisorState }) => {},
    /** Provided: says which processes the daemon still waits for. */
    reportWaiting: () => {},
    /** Provided: says why the daemon ends of itself. */
    reportEnd: (_, _params: { end: DaemonEnd | null }) => {},
    /** Provided: a defect of ours, not of a program. */
    reportDefect: (_, _params: { error: unknown }) => {},
    bootGroups: assign({
      groups: ({ context, spawn, self }) =>
        new Map(
          context.boot.map((spec) => {
            const past = pastOf(context.past, spec.name);
            return [spec.name, spawn('group', { id: spec.name, input: { spec, parent: self, past } })];
          }),
        ),
      past: null,
    }),
    addGroup: assign({
      groups: ({ context, spawn, self }, params: { spec: GroupSpec }) => {
        const { spec } = params;
        const added = spawn('group', { id: spec.name, input: { spec, parent: self } });
        const groups = [...context.groups.values()];
        const behind = groups.findLastIndex((group) => priorityOf(group) <= spec.priority) + 1;
        const entries = [...context.groups];
        return new Map([...entries.slice(0, behind), [spec.name, added] as const, ...entries.slice(behind)]);
      },
    }),
    forgetGroup: assign({
      groups: ({ context }, params: { name: string }) =>
        new Map([...context.groups].filter(([name]) => name !== params.name)),
    }),
    intendShutdown: assign({ intent: 'shutdown' }),
    recordEnd: assign({
      end: (_, { spec, settlement }: SettledProcess): DaemonEnd => ({ kind: 'program', spec, settlement }),
    }),
    recordAllDone: assign({
      end: ({ context }): DaemonEnd => ({ kind: 'all-done', failed: firstFailure(context) }),
    }),
    intendRestart: assign({ intent: 'restart' }),
    queueGroups: assign({ undrained: ({ context }) => [...context.groups.values()] }),
    awaitLevel: assign({
      awaited: ({ context }) =>
        new Set(
          lastLevel(context.undrained)
            .filter(isActive)
            .map(({ id }) => id),
        ),
      reported: 0,
      undrained: ({ context }) =>
        context.undrained.slice(0, context.undrained.length - lastLevel(context.undrained).length),
    }),
    noteDrained: assign({
      reported: ({ context }, params: { name: string }) =>
        context.reported + (context.awaited.has(params.name) ? 1 : 0),
    }),
    noteFailed: assign({
      reported: ({ context }, params: { name: string }) =>
        context.reported + (owesReport(context, params.name) ? 1 : 0),
    }),
  },
  guards: {
    hasPast: ({ context }) => context.past !== null && context.past.groups.size > 0,
    isKnown: ({ context }, params: { name: string }) => context.groups.has(params.name),
    isUnknown: ({ context }, params: { name: string }) => !context.groups.has(params.name),
    endsDaemon: ({ context }, params: SettledProcess) => endsDaemon(params, context.exitWhen),
    isEverythingDone: ({ context }) => context.exitWhen === 'all_done' && areAllAtRest(context),
    isLevelDrained: ({ context }) => context.reported >= context.awaited.size,
    isEverythingDrained: ({ context }) => context.undrained.length === 0,
  },
  delays: { waitReport: 3000 },
})
  .extend({
    actions: {
      stopGroup: enqueueActions(({ context, enqueue }, params: { name: string }) => {
        const group = context.groups.get(params.name);
        if (group) enqueue.stopChild(group);
      }),
      /** Not those that are drained first: they are told to end before anything else can happen. */
      quiesceGroups: enqueueActions(({ context: { undrained }, enqueue }) => {
        const later = undrained.slice(0, undrained.length - lastLevel(undrained).length);
        for (const group of later.filter(isActive)) enqueue.sendTo(group, { type: 'group.quiesce' });
      }),
      drainLevel: enqueueActions(({ context, enqueue }) => {
        for (const group of lastLevel(context.undrained).filter(isActive).reverse())
          enqueue.sendTo(group, { type: 'group.drain' });
      }),
    },
  })
  .createMachine({
    id: 'supervisor',
    initial: 'idle',
    context: ({ input }) => ({
      boot: input.groups,
      past: input.past ?? null,
      groups: new Map(),
      intent: 'shutdown',
      exitWhen: input.exitWhen,
      end: null,
      undrained: [],
      awaited: new Set(),
      reported: 0,
    }),
    on: {
      'xstate.error.actor.*': {
        actions: { type: 'reportDefect', params: ({ event }) => ({ error: event.error }) },
      },
    },
    states: {
      /** Everything is prepared, nothing runs. */
      idle: {
        initial: 'wanted',
        states: {
          wanted: {
            on: {
              'supervisor.boot': '#supervisor.running',
              // Without a past the end was asked for before there was anything to stop.
              'supervisor.shutdown': [
                { guard: 'hasPast', target: 'unwanted', actions: 'intendShutdown' },
                { target: '#supervisor.stopping', actions: 'intendShutdown' },
              ],
              'supervisor.restart': [
                { guard: 'hasPast', target: 'unwanted', actions: 'intendRestart' },
                { target: '#supervisor.stopping', actions: 'intendRestart' },
              ],
            },
          },
          /** What still runs has to be taken over before it can be stopped. */
          unwanted: {
            on: {
              'supervisor.boot': {
                target: '#supervisor.running',
                actions: raise(({ context }) => ({ type: `supervisor.${context.intent}` as const })),
              },
              'supervisor.shutdown': { actions: 'intendShutdown' },
            },
          },
        },
      },
      running: {
        entry: [
          'bootGroups',
          { type: 'announceGroups', params: ({ context }) => ({ names: [...context.groups.keys()], change: 'added' }) },
          { type: 'announceState', params: { state: 'RUNNING' } },
        ],
        on: {
          'group.add': {
            guard: { type: 'isUnknown', params: ({ event }) => event.spec },
            actions: [
              { type: 'addGroup', params: ({ event }) => event },
              { type: 'announceGroups', params: ({ event }) => ({ names: [event.spec.name], change: 'added' }) },
            ],
          },
          'group.remove': {
            guard: { type: 'isKnown', params: ({ event }) => event },
            actions: [
              { type: 'stopGroup', params: ({ event }) => event },
              { type: 'forgetGroup', params: ({ event }) => event },
              { type: 'announceGroups', params: ({ event }) => ({ names: [event.name], change: 'removed' }) },
            ],
          },
          'supervisor.shutdown': { target: 'stopping', actions: 'intendShutdown' },
          'supervisor.restart': { target: 'stopping', actions: 'intendRestart' },
          'group.settled': [
            {
              guard: { type: 'endsDaemon', params: ({ event }) => event },
              target: 'stopping',
              actions: [
                'intendShutdown',
                { type: 'recordEnd', params: ({ event }) => event },
                { type: 'reportEnd', params: ({ context }) => ({ end: context.end }) },
              ],
            },
            {
              guard: 'isEverythingDone',
              target: 'stopping',
              actions: [
                'intendShutdown',
                'recordAllDone',
                { type: 'reportEnd', params: ({ context }) => ({ end: context.end }) },
              ],
            },
          ],
        },
      },
      stopping: {
        initial: 'draining',
        entry: [
          {
            type: 'announceState',
            params: ({ context }) => ({ state: context.intent === 'restart' ? 'RESTARTING' : 'SHUTDOWN' }),
          },
          'queueGroups',
          'quiesceGroups',
        ],
        on: {
          // A shutdown overrides a restart that is under way, never the other way round.
          'supervisor.shutdown': { actions: 'intendShutdown' },
        },
        states: {
          draining: {
            always: [
              { guard: 'isEverythingDrained', target: '#supervisor.halted' },
              { target: 'waiting', actions: ['drainLevel', 'awaitLevel'] },
            ],
          },
          waiting: {
            always: { guard: 'isLevelDrained', target: 'draining' },
            entry: 'reportWaiting',
            after: { waitReport: { target: 'waiting', reenter: true } },
            on: {
              'group.drained': { actions: { type: 'noteDrained', params: ({ event }) => event } },
              // A group actor that failed will never report; the rest must not wait for it.
              'xstate.error.actor.*': {
                actions: [
                  { type: 'reportDefect', params: ({ event }) => ({ error: event.error }) },
                  { type: 'noteFailed', params: ({ event }) => ({ name: event.actorId }) },
                ],
              },
            },
          },
        },
      },
      // Not final: XState would then stop every actor of the tree, which costs the square of a group's size, and all of
      // them are at rest already.
      halted: { entry: 'announceHalt' },
    },
  });

export type SupervisorMachine = typeof supervisorMachine;
