import { afterEach, describe, expect, it } from 'vitest';
import { type AnyActorRef, assign, createActor, SimulatedClock, setup } from 'xstate';
import { rememberOwnTimers } from '../../src/actors/own-timers.ts';

/** Says when it has waited long enough; `again` lets it wait anew. */
const waiting = setup({
  types: { input: {} as { ms: number }, context: {} as { ms: number; ended: number } },
}).createMachine({
  context: ({ input }) => ({ ms: input.ms, ended: 0 }),
  initial: 'waiting',
  states: {
    waiting: {
      on: { again: { target: 'waiting', reenter: true } },
      after: { 1000: { target: 'ended', actions: assign({ ended: ({ context }) => context.ended + 1 }) } },
    },
    ended: { on: { again: 'waiting' } },
  },
});

/** Keeps as many of them as it is asked for. */
const keeper = setup({
  types: {
    context: {} as { readonly children: readonly AnyActorRef[] },
    events: {} as { type: 'add' },
  },
  actors: { waiting },
}).createMachine({
  context: { children: [] },
  on: {
    add: {
      actions: assign({
        children: ({ context, spawn }) => [...context.children, spawn('waiting', { input: { ms: 1 } })],
      }),
    },
  },
});

interface Kept {
  readonly names: readonly string[];
}

function tree(count: number) {
  const clock = new SimulatedClock();
  const root = createActor(keeper, { clock });
  rememberOwnTimers(root);
  root.start();
  for (let number = 0; number < count; number += 1) root.send({ type: 'add' });
  const timers = (): Kept => ({ names: Object.keys(root.system.getSnapshot()._scheduledEvents) });
  return { clock, root, timers, children: (): readonly AnyActorRef[] => root.getSnapshot().context.children };
}

const endOf = (child: AnyActorRef | undefined): unknown => child?.getSnapshot().value;

afterEach(() => {
  delete process.env.STATEVISOR_PLAIN;
});

describe.each([
  ['with an index of timers', ''],
  ['without one', 'timers'],
])('the timers of actors %s', (_, plain) => {
  const begin = (count: number) => {
    process.env.STATEVISOR_PLAIN = plain;
    return tree(count);
  };

  it('run out', () => {
    const { clock, children, timers } = begin(3);
    clock.increment(1000);
    expect(children().map(endOf)).toEqual(['ended', 'ended', 'ended']);
    expect(timers().names).toEqual([]);
  });

  it('begin anew with their state', () => {
    const { clock, children } = begin(2);
    clock.increment(600);
    children()[0]?.send({ type: 'again' });
    clock.increment(600);
    expect(children().map(endOf)).toEqual(['waiting', 'ended']);
    clock.increment(400);
    expect(endOf(children()[0])).toBe('ended');
    children()[0]?.send({ type: 'again' });
    clock.increment(1000);
    expect(children()[0]?.getSnapshot().context.ended).toBe(2);
  });

  it('end with their actor, and no others', () => {
    const { clock, children, timers, root } = begin(3);
    const [first] = children();
    stop(first);
    expect(timers().names).toHaveLength(2);
    clock.increment(1000);
    expect(children().map(endOf)).toEqual(['waiting', 'ended', 'ended']);
    root.stop();
    expect(timers().names).toEqual([]);
  });
});

describe('the index of timers', () => {
  it('spares an actor that stops a look at the timers of others', () => {
    const { root, children } = tree(50);
    let looks = 0;
    const inside: { _snapshot?: { _scheduledEvents: Record<string, unknown> } } = root.system as object;
    const kept = inside._snapshot;
    if (kept === undefined) throw new Error('the library keeps its timers elsewhere');
    kept._scheduledEvents = new Proxy(kept._scheduledEvents, {
      ownKeys: (of) => {
        looks += 1;
        return Reflect.ownKeys(of);
      },
    });
    for (const child of children().slice(0, 20)) stop(child);
    expect(looks).toBe(0);
    expect(Object.keys(kept._scheduledEvents)).toHaveLength(30);
  });
});

/** As a machine stops a child. */
function stop(child: (AnyActorRef & { _stop?: () => void }) | undefined): void {
  child?._stop?.();
}
