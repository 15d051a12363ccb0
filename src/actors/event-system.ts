/**
 * Events between those who cause them and those who listen: changes of state, output, captures and requests become
 * events for the pools, and what a listener's process does is told to its machine.
 */

import type { ListenerFact } from '../../machines/events.ts';
import type { ProcessRef } from '../../machines/group.machine.ts';
import type { ListenerRef, poolMachine } from '../../machines/pool.machine.ts';
import { listenerState } from '../../machines/selectors.ts';
import type { GroupRef } from '../../machines/supervisor.machine.ts';
import { readableText } from '../logging/child-log.ts';
import {
  type OutputChannel,
  processCommunicationPayload,
  processCommunicationType,
  processGroupPayload,
  processLogPayload,
  processLogType,
  processStatePayload,
  processStateType,
  remoteCommunicationPayload,
  supervisorStatePayload,
} from '../model/event-payload.ts';
import { coveredTypes } from '../model/event-types.ts';
import type { ListenerState, PoolStatus } from '../model/listener-protocol.ts';
import type { PoolPast, PoolPasts } from '../model/pool-past.ts';
import type { ProcessState } from '../model/process-state.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { ChangeHub, StateChange } from './change-hub.ts';
import { createEventHub } from './event-hub.ts';
import { createLoggedPool, type ListenerLog } from './listener-log.ts';
import { TickClock } from './tick.ts';

export interface EventSystemOptions {
  /** `identifier` of the daemon. */
  readonly server: string;
  readonly nextSerial: () => number;
  readonly changes: ChangeHub;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: ListenerLog;
  readonly onDefect: (where: string, error: unknown) => void;
  /** Called whenever the conversation with a listener has got further. */
  readonly onConversation: (spec: ProcessSpec, conversation: Conversation) => void;
}

/** Where the conversation with a listener stands. */
export interface Conversation {
  readonly state: ListenerState;
  /** It has said a part of something. */
  readonly isMidway: boolean;
}

/** A program's output channel while its process `pid` writes to it. */
export interface WritingChannel {
  readonly spec: ProcessSpec;
  readonly channel: OutputChannel;
  readonly pid: number;
}

export interface EventSystem {
  /** The machine of pools, to be provided to groups. */
  readonly pool: typeof poolMachine;
  /** From now on its listeners, if it has some, receive events; the first one is its own addition. */
  groupAdded(group: GroupRef): void;
  groupRemoved(name: string): void;
  supervisorRuns(): void;
  supervisorStops(): void;
  /** Whether somebody wants to be told of that channel's output now. */
  wantsOutput(from: WritingChannel): boolean;
  /** `bytes` are only valid during the call. */
  output(from: WritingChannel, bytes: Uint8Array): void;
  captured(from: WritingChannel, bytes: Uint8Array): void;
  /**
   * The program of a process has ended, which is told as a change later. What a listener has said last still counts, but it
   * can be given nothing more: that would get to its successor.
   */
  ended(spec: ProcessSpec): void;
  remote(type: string, data: string): void;
  pools(): readonly PoolStatus[];
  /** What no listener has accepted yet, for the version of the daemon that replaces this one. */
  undelivered(): PoolPasts;
  close(): void;
}

/** Whether a channel is one on which a listener talks to the daemon: its bytes are no output. */
export const isProtocolChannel = ({ spec, channel }: Pick<WritingChannel, 'spec' | 'channel'>): boolean =>
  spec.kind === 'eventlistener' && channel === 'stdout';

export function createEventSystem(options: EventSystemOptions): EventSystem {
  const { server, nextSerial, changes, now, log, onDefect, onConversation } = options;
  const hub = createEventHub({ server, nextSerial, onInterest: () => ticks.update() });
  const ticks = new TickClock(hub, now);
  const pools = new Map<string, GroupRef>();
  const listeners = new Map<string, ListenerRef>();

  const endChanges = changes.onAny((change) => {
    // First, so that a listener that has just died is not given the news of its death: its successor would read them
    // before it has said a word.
    listeners.get(keyOf(change))?.send(factOf(change.to));
    hub.raise(processStateType(change.to), () => processStatePayload(change));
  });

  const connect = (group: GroupRef): void => {
    const { spec, pool, processes } = group.getSnapshot().context;
    if (pool === null) return;
    pools.set(spec.name, group);
    for (const [name, listener] of pool.getSnapshot().context.listeners) {
      listeners.set(keyOf({ group: spec.name, process: name }), listener);
      listener.subscribe((snapshot) => {
        const { spec: of, written } = snapshot.context;
        onConversation(of, { state: listenerState(snapshot), isMidway: written.length > 0 });
      });
      const process = processes.get(name);
      if (process !== undefined) watchInput(process, listener);
    }
    hub.subscribe({
      name: spec.name,
      types: coveredTypes(spec.pool?.events ?? []),
      accept: (event) => pool.send({ type: 'pool.accept', event }),
    });
  };

  return {
    pool: createLoggedPool({ log, onDefect }),
    groupAdded: (group) => {
      connect(group);
      const { name } = group.getSnapshot().context.spec;
      hub.raise('PROCESS_GROUP_ADDED', () => processGroupPayload(name));
    },
    groupRemoved: (name) => {
      hub.unsubscribe(name);
      pools.delete(name);
      for (const key of [...listeners.keys()]) if (key.startsWith(`${name}:`)) listeners.delete(key);
      hub.raise('PROCESS_GROUP_REMOVED', () => processGroupPayload(name));
    },
    supervisorRuns: () => hub.raise('SUPERVISOR_STATE_CHANGE_RUNNING', supervisorStatePayload),
    supervisorStops: () => hub.raise('SUPERVISOR_STATE_CHANGE_STOPPING', supervisorStatePayload),
    wantsOutput: (from) =>
      isProtocolChannel(from) || (from.spec[from.channel].eventsEnabled && hub.wants(processLogType(from.channel))),
    output: (from, bytes) => {
      const { spec, channel, pid } = from;
      const of = { process: spec.name, group: spec.groupName };
      if (isProtocolChannel(from)) {
        listeners.get(keyOf(of))?.send({ type: 'child.wrote', bytes: new Uint8Array(bytes) });
        return;
      }
      if (!spec[channel].eventsEnabled) return;
      hub.raise(processLogType(channel), () => processLogPayload({ ...of, pid, data: readableText(bytes) }, channel));
    },
    captured: ({ spec, channel, pid }, bytes) => {
      const of = { process: spec.name, group: spec.groupName, pid };
      hub.raise(processCommunicationType(channel), () =>
        processCommunicationPayload({ ...of, data: readableText(bytes) }),
      );
      log.debug(`'${spec.name}' ${channel} emitted a comm event`);
    },
    ended: ({ groupName, name }) =>
      listeners.get(keyOf({ group: groupName, process: name }))?.send({ type: 'child.down' }),
    remote: (type, data) => hub.raise('REMOTE_COMMUNICATION', () => remoteCommunicationPayload(type, data)),
    pools: () => [...pools.values()].flatMap(statusOf),
    undelivered: () => new Map([...pools.values()].flatMap(undeliveredOf)),
    close: () => {
      endChanges();
      ticks.stop();
    },
  };
}

/** Tells the listener when its process has closed its standard input. */
function watchInput(process: ProcessRef, listener: ListenerRef): void {
  let closed = false;
  process.subscribe(({ context }) => {
    if (context.stdinClosed && !closed) listener.send({ type: 'child.stdinClosed' });
    closed = context.stdinClosed;
  });
}

function factOf(state: ProcessState): ListenerFact {
  switch (state) {
    case 'STARTING':
      return { type: 'child.starting' };
    case 'RUNNING':
      return { type: 'child.up' };
    case 'STOPPING':
    case 'UNKNOWN':
      return { type: 'child.down' };
    case 'STOPPED':
    case 'EXITED':
    case 'BACKOFF':
    case 'FATAL':
      return { type: 'child.ended' };
  }
}

function statusOf(group: GroupRef): readonly PoolStatus[] {
  const { spec, pool } = group.getSnapshot().context;
  if (pool === null || spec.pool === undefined) return [];
  const { buffer, discarded, listeners } = pool.getSnapshot().context;
  return [
    {
      name: spec.name,
      events: spec.pool.events,
      bufferSize: spec.pool.bufferSize,
      buffered: buffer.length,
      discarded,
      listeners: [...listeners].map(([name, listener]) => {
        const snapshot = listener.getSnapshot();
        return { name, state: listenerState(snapshot), event: snapshot.context.event?.serial ?? null };
      }),
    },
  ];
}

function undeliveredOf(group: GroupRef): readonly (readonly [string, PoolPast])[] {
  const { spec, pool } = group.getSnapshot().context;
  if (pool === null) return [];
  const { buffer, nextSerial, discarded, listeners } = pool.getSnapshot().context;
  const given = [...listeners].flatMap(([name, listener]) => {
    const { event } = listener.getSnapshot().context;
    return event === null ? [] : [[name, event] as const];
  });
  return [[spec.name, { buffer, given: new Map(given), nextSerial, discarded }]];
}

const keyOf = ({ group, process }: Pick<StateChange, 'group' | 'process'>): string => `${group}:${process}`;
