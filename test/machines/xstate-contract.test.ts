/** The behaviours of XState that the machines lean on and that its documentation does not promise. */

import { describe, expect, test, vi } from 'vitest';
import {
  type ActorRefFrom,
  assign,
  createActor,
  createMachine,
  emit,
  fromCallback,
  raise,
  SimulatedClock,
  sendTo,
  setup,
} from 'xstate';

type Note = { readonly type: 'note'; readonly text: string };

describe('warnings', () => {
  test('are printed under the condition these tests run with', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const actor = createActor(createMachine({})).start();
    actor.stop();
    actor.send({ type: 'anything' });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});

describe('emit', () => {
  const machine = setup({ types: { events: {} as { type: 'go' }, emitted: {} as Note } }).createMachine({
    initial: 'first',
    states: {
      first: { on: { go: { target: 'second', actions: emit({ type: 'note', text: 'leaving' }) } } },
      second: { entry: emit({ type: 'note', text: 'passing' }), always: 'third' },
      third: { entry: emit({ type: 'note', text: 'arrived' }) },
    },
  });

  test('is delivered when the snapshot shows the end of the whole transition, in order', () => {
    const actor = createActor(machine);
    const heard: unknown[] = [];
    actor.on('note', ({ text }) => heard.push([text, actor.getSnapshot().value]));
    actor.start();
    actor.send({ type: 'go' });
    expect(heard).toEqual([
      ['leaving', 'third'],
      ['passing', 'third'],
      ['arrived', 'third'],
    ]);
  });

  test('is delivered before send returns', () => {
    const actor = createActor(machine);
    let heard = 0;
    actor.on('note', () => {
      heard += 1;
    });
    actor.start();
    actor.send({ type: 'go' });
    expect(heard).toBe(3);
  });

  test('is not heard by a parent', () => {
    const parent = createActor(
      setup({ actors: { machine } }).createMachine({ invoke: { id: 'child', src: 'machine' } }),
    );
    const heard: unknown[] = [];
    parent.on('*', (event) => heard.push(event));
    parent.start();
    parent.getSnapshot().children.child?.send({ type: 'go' });
    expect(heard).toEqual([]);
  });
});

describe('spawned actors', () => {
  const log: string[] = [];
  const inner = setup({ types: { input: {} as { name: string } } }).createMachine({
    context: { ready: true },
    entry: ({ self }) => log.push(`${self.id} starts`),
  });
  const outer = setup({
    types: { context: {} as { all: ReadonlyMap<string, ActorRefFrom<typeof inner>> }, events: {} as { type: 'go' } },
    actors: { inner },
    actions: {
      spawnAll: assign({
        all: ({ spawn }) =>
          new Map(['a', 'b', 'c'].map((name) => [name, spawn('inner', { id: name, input: { name } })] as const)),
      }),
      look: ({ context }) => {
        for (const ref of context.all.values()) log.push(`${ref.id} ready: ${ref.getSnapshot().context.ready}`);
      },
    },
  }).createMachine({
    context: { all: new Map() },
    on: { go: { actions: ['spawnAll', 'look', () => log.push('transition ends')] } },
  });

  test('have their snapshot during the transition, start after it, once each, in order', () => {
    log.length = 0;
    const actor = createActor(outer).start();
    actor.send({ type: 'go' });
    expect(log).toEqual([
      'a ready: true',
      'b ready: true',
      'c ready: true',
      'transition ends',
      'a starts',
      'b starts',
      'c starts',
    ]);
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['a', 'b', 'c']);
    expect(actor.getSnapshot().children.a).toBe(actor.getSnapshot().context.all.get('a'));
  });

  test('receive what was sent to them in the same transition after they have started', () => {
    const received: string[] = [];
    const machine = setup({
      actors: {
        child: fromCallback<Note>(({ receive }) => {
          received.push('starts');
          receive(({ text }) => received.push(text));
        }),
      },
    }).createMachine({
      invoke: { id: 'child', src: 'child' },
      entry: sendTo('child', { type: 'note', text: 'hello' }),
    });
    createActor(machine).start();
    expect(received).toEqual(['starts', 'hello']);
  });
});

describe('the input of an invoked actor', () => {
  test('sees what the transition into its state has assigned, not yet what states below assign on entry', () => {
    const inputs: unknown[] = [];
    const machine = setup({
      types: { context: {} as { value: string }, events: {} as { type: 'go' } },
      actors: {
        child: fromCallback<Note, { value: string }>(({ input }) => {
          inputs.push(input.value);
        }),
      },
    }).createMachine({
      context: { value: 'at first' },
      initial: 'outside',
      states: {
        outside: { on: { go: { target: 'inside', actions: assign({ value: 'on the way' }) } } },
        inside: {
          invoke: { id: 'child', src: 'child', input: ({ context }) => context },
          initial: 'below',
          states: { below: { entry: assign({ value: 'below' }) } },
        },
      },
    });
    createActor(machine).start().send({ type: 'go' });
    expect(inputs).toEqual(['on the way']);
  });
});

describe('callback actors', () => {
  /** A child whose reports the test sends, in a parent that leaves the invoking state on request. */
  function family() {
    let report: (event: Note) => void = () => {};
    const received: string[] = [];
    const life: string[] = [];
    const machine = setup({
      types: { context: {} as { heard: readonly string[] }, events: {} as Note | { type: 'leave' | 'tell' | 'again' } },
      actors: {
        child: fromCallback<Note>(({ sendBack, receive }) => {
          life.push('starts');
          report = sendBack;
          receive(({ text }) => {
            received.push(text);
            if (text === 'fail') throw new Error('defect');
            sendBack({ type: 'note', text: `re: ${text}` });
          });
          return () => life.push('ends');
        }),
      },
      actions: {
        hear: assign({
          heard: ({ context }, { text }: { text: string }) => [...context.heard, text],
        }),
      },
    }).createMachine({
      context: { heard: [] },
      initial: 'inside',
      on: { note: { actions: { type: 'hear', params: ({ event }) => event } } },
      states: {
        inside: {
          invoke: { id: 'child', src: 'child' },
          on: {
            leave: 'outside',
            tell: { actions: sendTo('child', { type: 'note', text: 'hello' }) },
            again: { target: 'inside', reenter: true },
          },
        },
        outside: {},
      },
    });
    const actor = createActor(machine).start();
    const reportNow = (event: Note): void => report(event);
    return { actor, report: reportNow, received, life, heard: () => actor.getSnapshot().context.heard };
  }

  test('receive synchronously, and what they answer is handled before send returns', () => {
    const { actor, received, heard } = family();
    actor.send({ type: 'tell' });
    expect(received).toEqual(['hello']);
    expect(heard()).toEqual(['re: hello']);
  });

  test('are cleaned up when the invoking state is left, and what they report then is dropped', () => {
    const { actor, report, life, heard } = family();
    report({ type: 'note', text: 'before' });
    actor.send({ type: 'leave' });
    expect(life).toEqual(['starts', 'ends']);
    report({ type: 'note', text: 'after' });
    expect(heard()).toEqual(['before']);
  });

  test('are ended before their successor of the same id starts when the state is entered anew', () => {
    const { actor, life } = family();
    actor.send({ type: 'again' });
    expect(life).toEqual(['starts', 'ends', 'starts']);
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['child']);
  });
});

describe('errors of actors', () => {
  const failing = fromCallback(() => {
    throw new Error('defect');
  });
  const calm = createMachine({});

  test('reach a wildcard, with the id of the actor even if it has dots in it', () => {
    const caught: unknown[] = [];
    const machine = setup({
      types: { events: {} as { type: 'xstate.error.actor.*'; error: unknown; actorId: string } },
      actors: { failing },
    }).createMachine({
      invoke: { id: 'web.1:web.1', src: 'failing' },
      on: { 'xstate.error.actor.*': { actions: ({ event }) => caught.push([event.actorId, event.error]) } },
    });
    const actor = createActor(machine).start();
    expect(caught).toEqual([['web.1:web.1', new Error('defect')]]);
    expect(actor.getSnapshot().status).toBe('active');
  });

  test('of a certain actor go to the row for that actor, not to the wildcard around it', () => {
    const caught: string[] = [];
    const machine = setup({
      types: { events: {} as { type: `xstate.error.actor.${string}`; error: unknown; actorId: string } },
      actors: { failing },
    }).createMachine({
      on: { 'xstate.error.actor.*': { actions: () => caught.push('wildcard') } },
      initial: 'inside',
      states: {
        inside: {
          invoke: { id: 'child', src: 'failing' },
          on: { 'xstate.error.actor.child': { actions: () => caught.push('child') } },
        },
      },
    });
    createActor(machine).start();
    expect(caught).toEqual(['child']);
  });

  test('that nobody takes end the parent and its other actors', () => {
    const machine = setup({ actors: { failing, calm } }).createMachine({
      invoke: [
        { id: 'calm', src: 'calm' },
        { id: 'failing', src: 'failing' },
      ],
    });
    const actor = createActor(machine);
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    const { children } = actor.getSnapshot();
    actor.start();
    expect(errors).toEqual([new Error('defect')]);
    expect(children.calm?.getSnapshot().status).toBe('stopped');
  });

  test('of a machine leave its context readable', () => {
    const machine = setup({ actors: {} }).createMachine({
      context: { kept: true },
      on: {
        fail: {
          actions: () => {
            throw new Error('defect');
          },
        },
      },
    });
    const actor = createActor(machine);
    actor.subscribe({ error: () => {} });
    actor.start();
    actor.send({ type: 'fail' });
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', context: { kept: true } });
  });
});

describe('transitions', () => {
  test('run leaving, transition and entering actions in this order, and see assigned context at once', () => {
    const log: unknown[] = [];
    const note = (what: string) => ({ type: 'note' as const, params: { what } });
    const machine = setup({
      types: { context: {} as { count: number }, events: {} as { type: 'go' } },
      actions: {
        note: ({ context }, { what }: { what: string }) => log.push([what, context]),
        count: assign({ count: ({ context }) => context.count + 1 }),
      },
    }).createMachine({
      context: { count: 0 },
      initial: 'one',
      states: {
        one: {
          exit: ['count', note('leaving')],
          on: { go: { target: 'two', actions: [note('transition'), 'count'] } },
        },
        two: { entry: note('entering') },
      },
    });
    const actor = createActor(machine).start();
    actor.send({ type: 'go' });
    expect(log).toEqual([
      ['leaving', { count: 1 }],
      ['transition', { count: 1 }],
      ['entering', { count: 2 }],
    ]);
  });

  test('handle a raised event in the state they lead to, before anything from outside', () => {
    const log: string[] = [];
    const machine = createMachine({
      initial: 'one',
      states: {
        one: {
          on: { go: { target: 'two', actions: [raise({ type: 'go' }), ({ self }) => self.send({ type: 'stop' })] } },
        },
        two: {
          on: {
            go: { target: 'three', actions: () => log.push('raised') },
            stop: { actions: () => log.push('early') },
          },
        },
        three: { on: { stop: { actions: () => log.push('from outside') } } },
      },
    });
    createActor(machine).start().send({ type: 'go' });
    expect(log).toEqual(['raised', 'from outside']);
  });
});

describe('timers', () => {
  const machine = setup({
    types: { context: {} as { waitMs: number } },
    delays: { wait: ({ context }) => context.waitMs },
  }).createMachine({
    context: { waitMs: 10 },
    initial: 'waiting',
    on: { longer: { actions: assign({ waitMs: 100 }) } },
    states: {
      waiting: { after: { wait: 'over' }, on: { again: { target: 'waiting', reenter: true }, away: 'elsewhere' } },
      over: {},
      elsewhere: { on: { back: 'waiting' } },
    },
  });

  function start() {
    const clock = new SimulatedClock();
    const actor = createActor(machine, { clock }).start();
    return { clock, actor, state: () => actor.getSnapshot().value };
  }

  test('take their length when the state is entered', () => {
    const { clock, actor, state } = start();
    actor.send({ type: 'longer' });
    clock.increment(9);
    expect(state()).toBe('waiting');
    clock.increment(1);
    expect(state()).toBe('over');
  });

  test('begin anew when the state is entered anew, and are cancelled when it is left', () => {
    const { clock, actor, state } = start();
    clock.increment(9);
    actor.send({ type: 'again' });
    clock.increment(9);
    expect(state()).toBe('waiting');
    actor.send({ type: 'away' });
    clock.increment(100);
    expect(state()).toBe('elsewhere');
    actor.send({ type: 'back' });
    clock.increment(9);
    expect(state()).toBe('waiting');
  });

  test('of actors below the root run on the clock of the root', () => {
    const clock = new SimulatedClock();
    const parent = createActor(
      setup({ actors: { machine } }).createMachine({ invoke: { id: 'child', src: 'machine' } }),
      {
        clock,
      },
    ).start();
    clock.increment(10);
    expect(parent.getSnapshot().children.child?.getSnapshot().value).toBe('over');
  });
});
