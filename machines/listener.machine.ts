/**
 * The conversation with one event listener: it says READY, is given one event, and answers with a RESULT. States have
 * Supervisor's names. An event that was given out always comes to an end here: it is accepted, or returned to the pool.
 */

import { type ActorRef, assign, enqueueActions, type Snapshot, sendTo, setup } from 'xstate';
import { type LengthUnit, type PooledEvent, renderEvent } from '../src/model/event-record.ts';
import { type ListenerState, type ResumableState, readHandshake, readResult } from '../src/model/listener-protocol.ts';
import type { ProcessSpec } from '../src/model/program-spec.ts';
import type { ListenerCommand, ListenerFact, ListenerReport, ProcessCommand } from './events.ts';

/** A listener that outlived the daemon that talked to it. */
export interface ListenerPast {
  readonly state: ResumableState;
  /** Its process is RUNNING, and no change will tell so. */
  readonly up: boolean;
}

export interface ListenerInput {
  readonly spec: ProcessSpec;
  readonly pool: { readonly name: string; readonly lengthUnit: LengthUnit };
  /** The process that listens. */
  readonly process: ActorRef<Snapshot<unknown>, ProcessCommand>;
  readonly parent: ActorRef<Snapshot<unknown>, ListenerReport>;
  /** null or missing when its process is still to be started. */
  readonly past?: ListenerPast | null;
  /** What an earlier version of the daemon has given it to work on; null or missing when nothing is known of it. */
  readonly event?: PooledEvent | null;
}

export interface ListenerContext extends ListenerInput {
  /** null once it is gone on with. */
  readonly past: ListenerPast | null;
  /** The process is RUNNING. */
  readonly up: boolean;
  /** The process has closed its standard input: nothing can be given to it. */
  readonly deaf: boolean;
  /** What it has written and is not understood yet. */
  readonly written: Uint8Array;
  /** The event it works on; null also when a daemon has sent it that was killed: nothing is known of it. */
  readonly event: PooledEvent | null;
  /** Breaks of the protocol since the last result. */
  readonly violations: number;
}

const nothing = new Uint8Array(0);

/** A listener that breaks the protocol again and again is restarted ever later, but no later than this. */
const longestPauseMs = 60_000;

function join(before: Uint8Array, after: Uint8Array): Uint8Array {
  const joined = new Uint8Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}

export const listenerMachine = setup({
  types: {
    input: {} as ListenerInput,
    context: {} as ListenerContext,
    events: {} as ListenerCommand | ListenerFact,
  },
  actions: {
    /** Provided: the conversation has got further. */
    reportChange: (_, _params: { name: string; from: ListenerState; to: ListenerState }) => {},
    /** Provided: an event was written to the listener. */
    reportSent: (_, _params: { name: string; event: PooledEvent }) => {},
    /** Provided: the listener has answered. */
    reportJudgement: (_, _params: { name: string; accepted: boolean; event: PooledEvent | null }) => {},
    /** Provided: instead of a result it wrote `line`. */
    reportBadResult: (_, _params: { name: string; line: Uint8Array }) => {},
    /** Provided: what it wrote is not part of the protocol. */
    reportViolation: (_, _params: { name: string; written: Uint8Array; restarts: boolean }) => {},
    /** Provided: its standard input was closed under the event. */
    reportClosed: (_, _params: { name: string; event: PooledEvent | null }) => {},
    forgetPast: assign({ past: null }),
    beginAnew: assign({ up: false, deaf: false, written: nothing }),
    noteUp: assign({ up: true }),
    noteDown: assign({ up: false }),
    noteDeaf: assign({ deaf: true }),
    keepWritten: assign({
      written: ({ context }, params: { bytes: Uint8Array }) => join(context.written, params.bytes),
    }),
    dropWritten: assign({ written: nothing }),
    takeReady: assign({
      written: ({ context }) => {
        const handshake = readHandshake(context.written);
        return handshake.kind === 'ready' ? handshake.rest : nothing;
      },
    }),
    takeResult: assign({
      written: ({ context }) => {
        const result = readResult(context.written);
        return 'rest' in result ? result.rest : nothing;
      },
      violations: 0,
    }),
    keepEvent: assign({ event: (_, params: { event: PooledEvent }) => params.event }),
    writeEvent: sendTo(
      ({ context }) => context.process,
      ({ context }, params: { event: PooledEvent }): ProcessCommand => ({
        type: 'process.write',
        bytes: renderEvent(params.event, context.pool.name, context.pool.lengthUnit),
      }),
    ),
    /** Tells the pool that the event it worked on is dealt with. */
    reportAccepted: enqueueActions(({ context, enqueue }) => {
      const { event, spec, parent } = context;
      if (event === null) return;
      enqueue.sendTo(parent, { type: 'listener.accepted', name: spec.name, event });
      enqueue.assign({ event: null });
    }),
    /** Gives the event it worked on back to the pool. */
    returnEvent: enqueueActions(({ context, enqueue }) => {
      if (context.event === null) return;
      enqueue.sendTo(context.parent, { type: 'listener.returned', event: context.event });
      enqueue.assign({ event: null });
    }),
    /** Gives an event back that came when it could not be taken. */
    refuseEvent: sendTo(
      ({ context }) => context.parent,
      (_, params: { event: PooledEvent }): ListenerReport => ({ type: 'listener.returned', event: params.event }),
    ),
    reportAvailable: sendTo(
      ({ context }) => context.parent,
      ({ context }): ListenerReport => ({ type: 'listener.available', name: context.spec.name }),
    ),
    reportUnavailable: sendTo(
      ({ context }) => context.parent,
      ({ context }): ListenerReport => ({ type: 'listener.unavailable', name: context.spec.name }),
    ),
    countViolation: assign({ violations: ({ context }) => context.violations + 1 }),
    stopProcess: sendTo(({ context }) => context.process, { type: 'process.stop' }),
    startProcess: sendTo(({ context }) => context.process, { type: 'process.start' }),
  },
  guards: {
    wasReady: ({ context }) => context.past?.state === 'READY',
    wasBusy: ({ context }) => context.past?.state === 'BUSY',
    saysReady: ({ context }) => readHandshake(context.written).kind === 'ready',
    breaksHandshake: ({ context }) => readHandshake(context.written).kind === 'broken',
    isReachable: ({ context }) => context.up && !context.deaf && context.written.length === 0,
    isUnreachable: ({ context }) => !context.up || context.deaf,
    speaksUnasked: ({ context }) => context.written.length > 0,
    accepts: ({ context }) => readResult(context.written).kind === 'accepted',
    rejects: ({ context }) => readResult(context.written).kind === 'rejected',
    breaksResult: ({ context }) => readResult(context.written).kind === 'malformed',
    mayRestart: ({ context }) => context.spec.autorestart !== 'never',
  },
  delays: {
    restartPause: ({ context }) => Math.min((context.violations - 1) * 1000, longestPauseMs),
  },
}).createMachine({
  id: 'listener',
  initial: 'ACKNOWLEDGED',
  context: ({ input }) => ({
    ...input,
    past: input.past ?? null,
    up: input.past?.up ?? false,
    deaf: false,
    written: nothing,
    event: input.event ?? null,
    violations: 0,
  }),
  on: {
    'child.starting': { target: '.ACKNOWLEDGED', actions: 'beginAnew' },
    'child.ended': { target: '.ACKNOWLEDGED', actions: 'beginAnew' },
    'child.up': { actions: 'noteUp' },
    'child.down': { actions: 'noteDown' },
    'child.stdinClosed': { actions: 'noteDeaf' },
    'child.wrote': { actions: { type: 'keepWritten', params: ({ event }) => event } },
    // The pool gave it out just when something else came between.
    'listener.deliver': { actions: { type: 'refuseEvent', params: ({ event }) => event } },
  },
  states: {
    ACKNOWLEDGED: {
      always: [
        { guard: 'wasReady', target: 'READY', actions: 'forgetPast' },
        { guard: 'wasBusy', target: 'BUSY', actions: 'forgetPast' },
        {
          guard: 'saysReady',
          target: 'READY',
          actions: [
            'takeReady',
            {
              type: 'reportChange',
              params: ({ context }) => ({ name: context.spec.name, from: 'ACKNOWLEDGED', to: 'READY' }),
            },
          ],
        },
        {
          guard: 'breaksHandshake',
          target: 'UNKNOWN',
          actions: {
            type: 'reportChange',
            params: ({ context }) => ({ name: context.spec.name, from: 'ACKNOWLEDGED', to: 'UNKNOWN' }),
          },
        },
      ],
    },
    READY: {
      initial: 'waiting',
      always: {
        guard: 'speaksUnasked',
        target: 'UNKNOWN',
        actions: {
          type: 'reportChange',
          params: ({ context }) => ({ name: context.spec.name, from: 'READY', to: 'UNKNOWN' }),
        },
      },
      states: {
        /** It may say so before it is RUNNING. */
        waiting: { always: { guard: 'isReachable', target: 'available' } },
        available: {
          entry: 'reportAvailable',
          exit: 'reportUnavailable',
          always: { guard: 'isUnreachable', target: 'waiting' },
          on: {
            'listener.deliver': {
              target: '#listener.BUSY',
              actions: [
                { type: 'keepEvent', params: ({ event }) => event },
                { type: 'writeEvent', params: ({ event }) => event },
                {
                  type: 'reportSent',
                  params: ({ context, event }) => ({ name: context.spec.name, event: event.event }),
                },
              ],
            },
          },
        },
      },
    },
    BUSY: {
      always: [
        {
          guard: 'accepts',
          target: 'ACKNOWLEDGED',
          actions: [
            'takeResult',
            {
              type: 'reportJudgement',
              params: ({ context }) => ({ name: context.spec.name, accepted: true, event: context.event }),
            },
            {
              type: 'reportChange',
              params: ({ context }) => ({ name: context.spec.name, from: 'BUSY', to: 'ACKNOWLEDGED' }),
            },
            'reportAccepted',
          ],
        },
        {
          guard: 'rejects',
          target: 'ACKNOWLEDGED',
          actions: [
            'takeResult',
            {
              type: 'reportJudgement',
              params: ({ context }) => ({ name: context.spec.name, accepted: false, event: context.event }),
            },
            {
              type: 'reportChange',
              params: ({ context }) => ({ name: context.spec.name, from: 'BUSY', to: 'ACKNOWLEDGED' }),
            },
            'returnEvent',
          ],
        },
        {
          guard: 'breaksResult',
          target: 'UNKNOWN',
          actions: [
            {
              type: 'reportBadResult',
              params: ({ context }) => {
                const result = readResult(context.written);
                return { name: context.spec.name, line: result.kind === 'malformed' ? result.line : nothing };
              },
            },
            {
              type: 'reportChange',
              params: ({ context }) => ({ name: context.spec.name, from: 'BUSY', to: 'UNKNOWN' }),
            },
            'returnEvent',
          ],
        },
      ],
      on: {
        'child.ended': { target: 'ACKNOWLEDGED', actions: ['returnEvent', 'beginAnew'] },
        'child.starting': { target: 'ACKNOWLEDGED', actions: ['returnEvent', 'beginAnew'] },
        // Nobody read the event to its end: it is another listener's.
        'child.stdinClosed': {
          target: 'READY',
          actions: [
            'noteDeaf',
            {
              type: 'reportClosed',
              params: ({ context }) => ({ name: context.spec.name, event: context.event }),
            },
            'returnEvent',
          ],
        },
      },
    },
    /** It has broken the protocol: nothing it writes means anything until it begins anew. */
    UNKNOWN: {
      initial: 'lingering',
      entry: [
        {
          type: 'reportViolation',
          params: ({ context }) => ({
            name: context.spec.name,
            written: context.written,
            restarts: context.spec.autorestart !== 'never',
          }),
        },
        'dropWritten',
        'countViolation',
      ],
      on: { 'child.wrote': {} },
      states: {
        lingering: { after: { restartPause: { guard: 'mayRestart', target: 'restarting' } } },
        restarting: {
          entry: 'stopProcess',
          on: {
            'child.ended': { target: '#listener.ACKNOWLEDGED', actions: ['beginAnew', 'startProcess'] },
          },
        },
      },
    },
  },
});

export type ListenerMachine = typeof listenerMachine;
