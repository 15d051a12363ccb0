/** A pool of listeners on a simulated clock: their processes only note what they are told, and the test plays the rest. */

import { createActor, fromCallback, SimulatedClock } from 'xstate';
import type { ListenerFact, PoolReport, ProcessCommand } from '../../machines/events.ts';
import { type ListenerPast, listenerMachine } from '../../machines/listener.machine.ts';
import { type PoolMember, poolMachine } from '../../machines/pool.machine.ts';
import { listenerState } from '../../machines/selectors.ts';
import type { RaisedEvent } from '../../src/model/event-record.ts';
import type { ListenerState } from '../../src/model/listener-protocol.ts';
import type { PoolPast } from '../../src/model/pool-past.ts';
import type { PoolSpec, ProcessSpec } from '../../src/model/program-spec.ts';
import { fakeParent } from '../helpers/fake-actors.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

export interface FakeListener {
  readonly state: ListenerState;
  /** Serials of the events that were written to it, in order. */
  readonly received: readonly number[];
  /** What was asked of its process besides. */
  readonly asked: readonly string[];
  /** Bytes it has written that are not understood yet. */
  readonly heldBytes: number;
  tell(...facts: readonly ListenerFact['type'][]): void;
  writes(written: string | Uint8Array): void;
  /** Becomes RUNNING and says READY. */
  getsReady(): void;
}

export interface PoolOptions extends Partial<PoolSpec> {
  readonly listeners?: number;
  readonly process?: Partial<ProcessSpec>;
  /** Of each listener. */
  readonly past?: ListenerPast | null;
  /** From an earlier version of the daemon. */
  readonly handedOver?: PoolPast | null;
}

export function startPool(options: PoolOptions = {}) {
  const { listeners: count = 1, process = {}, past = null, handedOver = null, ...values } = options;
  const clock = new SimulatedClock();
  const reports: string[] = [];
  const note =
    (kind: string) =>
    (_: unknown, params: object): void => {
      const { pool: _pool, name: _name, ...details } = params as Record<string, unknown>;
      const shown = Object.values(details).map((detail) =>
        typeof detail === 'object' && detail !== null && 'serial' in detail ? detail.serial : detail,
      );
      reports.push([kind, ...shown.map((one) => (one instanceof Uint8Array ? decode(one) : String(one)))].join(' '));
    };
  const commands = new Map<string, ProcessCommand[]>();
  const members: PoolMember[] = Array.from({ length: count }, (_, index) => {
    const name = `mail_${index}`;
    const heard: ProcessCommand[] = [];
    commands.set(name, heard);
    const logic = fromCallback<ProcessCommand>(({ receive }) => receive((command) => heard.push(command)));
    return {
      spec: sampleProcess({ kind: 'eventlistener', groupName: 'mail', ...process, name }),
      process: createActor(logic).start(),
      past,
    };
  });
  const pool: PoolSpec = {
    bufferSize: 10,
    events: ['EVENT'],
    resultHandler: 'supervisor.dispatchers:default_handler',
    lengthUnit: 'characters',
    ...values,
  };
  const parent = fakeParent<PoolReport>();
  const actor = createActor(
    poolMachine.provide({
      actors: {
        listener: listenerMachine.provide({
          actions: {
            reportChange: note('change'),
            reportSent: note('sent'),
            reportJudgement: note('accepted'),
            reportBadResult: note('bad result'),
            reportViolation: note('violation'),
            reportClosed: note('closed'),
          },
        }),
      },
      actions: { reportOverflow: note('overflow'), reportRebuffering: note('rebuffering') },
    }),
    { input: { spec: { name: 'mail', pool }, members, parent: parent.ref, past: handedOver }, clock },
  ).start();

  const listener = (index: number): FakeListener => {
    const name = `mail_${index}`;
    const ref = actor.getSnapshot().context.listeners.get(name);
    const heard = commands.get(name);
    if (ref === undefined || heard === undefined) throw new Error(`there is no listener ${name}`);
    const tell = (...facts: readonly ListenerFact['type'][]): void => {
      for (const type of facts) if (type !== 'child.wrote') ref.send({ type });
    };
    const writes = (written: string | Uint8Array): void => {
      ref.send({ type: 'child.wrote', bytes: typeof written === 'string' ? Buffer.from(written) : written });
    };
    return {
      get state() {
        return listenerState(ref.getSnapshot());
      },
      get received() {
        return heard.flatMap((command) =>
          command.type === 'process.write' ? [Number(/serial:(\d+)/.exec(decode(command.bytes))?.[1])] : [],
        );
      },
      get asked() {
        return heard.filter(({ type }) => type !== 'process.write').map(({ type }) => type);
      },
      get heldBytes() {
        return ref.getSnapshot().context.written.length;
      },
      tell,
      writes,
      getsReady: () => {
        tell('child.starting', 'child.up');
        writes('READY\n');
      },
    };
  };

  let serial = 0;
  return {
    actor,
    reports,
    /** What the group was told. */
    told: parent.reports,
    listener,
    /** Hands the next event to the pool; serials count from 0. */
    raise: (times = 1): void => {
      for (let time = 0; time < times; time += 1) {
        const event: RaisedEvent = { type: 'TICK_5', serial, server: 'supervisor', payload: `when:${serial}` };
        serial += 1;
        actor.send({ type: 'pool.accept', event });
      }
    },
    get waiting(): readonly number[] {
      return actor.getSnapshot().context.buffer.map((event) => event.serial);
    },
    get discarded(): number {
      return actor.getSnapshot().context.discarded;
    },
    pass: (milliseconds: number): void => clock.increment(milliseconds),
  };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
