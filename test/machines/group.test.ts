import { describe, expect, test } from 'vitest';
import { exited, sampleGroup, signalled } from '../helpers/spec-samples.ts';
import { poisonedPast, poisonedSignal, superviseGroup } from './tree.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const three = sampleGroup('shop', ['cart', 'pay', 'ship']);
const drained = [{ type: 'group.drained', name: 'shop' }];

describe('a group that begins', () => {
  test('starts its processes in order of specification', () => {
    const group = superviseGroup(three);
    expect(group.children.all.map(({ spec }) => spec.name)).toEqual(['cart', 'pay', 'ship']);
    expect(group.states).toEqual({ cart: 'STARTING', pay: 'STARTING', ship: 'STARTING' });
  });

  test('leaves processes without autostart alone', () => {
    const group = superviseGroup(sampleGroup('shop', ['cart', { name: 'pay', autostart: false }]));
    expect(group.states).toEqual({ cart: 'STARTING', pay: 'STOPPED' });
  });

  test('calls each process actor by group and process', () => {
    const group = superviseGroup(three);
    expect(Object.keys(group.actor.getSnapshot().children)).toEqual(['shop:cart', 'shop:pay', 'shop:ship']);
  });

  test('may be empty', () => {
    const group = superviseGroup(sampleGroup('shop', []));
    expect(group.states).toEqual({});
    expect(group.reports).toEqual([]);
  });
});

describe('group.quiesce', () => {
  test('stops nothing, and nothing is restarted or retried any more', () => {
    const group = superviseGroup(sampleGroup('shop', [{ name: 'cart', autorestart: 'always' }, 'pay']));
    group.pass(1000);
    group.actor.send({ type: 'group.quiesce' });
    expect(group.states).toEqual({ cart: 'RUNNING', pay: 'RUNNING' });
    group.children.of('cart').exits(exited(1));
    group.pass(1_000_000);
    expect(group.states).toEqual({ cart: 'EXITED', pay: 'RUNNING' });
    expect(group.reports).toEqual([]);
  });
});

describe('group.drain', () => {
  test('stops all processes at once, in reverse order', () => {
    const group = superviseGroup(three);
    const order: string[] = [];
    for (const child of group.children.all) child.onCommand = () => order.push(child.spec.name);
    group.actor.send({ type: 'group.drain' });
    expect(order).toEqual(['ship', 'pay', 'cart']);
    expect(group.states).toEqual({ cart: 'STOPPING', pay: 'STOPPING', ship: 'STOPPING' });
  });

  test('is reported once, when the last process has stopped', () => {
    const group = superviseGroup(three);
    group.actor.send({ type: 'group.drain' });
    for (const name of ['pay', 'ship', 'cart']) {
      expect(group.reports).toEqual([]);
      group.children.of(name).exits(signalled('SIGTERM'));
    }
    expect(group.reports).toEqual(drained);
    group.actor.send({ type: 'group.drain' });
    expect(group.reports).toEqual(drained);
  });

  test('of an empty group is reported at once and once', () => {
    const group = superviseGroup(sampleGroup('shop', []));
    group.actor.send({ type: 'group.drain' });
    expect(group.reports).toEqual(drained);
  });

  test('of a group in which nothing runs is reported at once and once', () => {
    const group = superviseGroup(sampleGroup('shop', [{ name: 'cart', autostart: false }, 'pay']));
    group.children.of('pay').exits(exited(1));
    expect(group.states).toEqual({ cart: 'STOPPED', pay: 'BACKOFF' });
    group.actor.send({ type: 'group.drain' });
    expect(group.states).toEqual({ cart: 'STOPPED', pay: 'FATAL' });
    expect(group.reports).toEqual(drained);
  });

  test('waits for a process that only ends by SIGKILL', () => {
    const group = superviseGroup(three);
    group.actor.send({ type: 'group.drain' });
    group.children.of('cart').exits();
    group.children.of('pay').exits();
    group.pass(10_000);
    expect(group.children.of('ship').signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(group.reports).toEqual([]);
    group.children.of('ship').exits(signalled('SIGKILL'));
    expect(group.reports).toEqual(drained);
  });

  test('does not wait for a process that cannot be signalled', () => {
    const group = superviseGroup(sampleGroup('shop', ['cart']));
    const child = group.children.of('cart');
    child.onCommand = () => child.cannotBeSignalled();
    group.actor.send({ type: 'group.drain' });
    expect(group.states).toEqual({ cart: 'UNKNOWN' });
    expect(group.reports).toEqual(drained);
  });

  test('is over although a start is asked for meanwhile', () => {
    const group = superviseGroup(three);
    group.actor.send({ type: 'group.drain' });
    for (const { spec } of group.children.living) group.process(spec.name).send({ type: 'process.start' });
    for (const child of group.children.living) child.exits();
    for (const { name } of three.processes) group.process(name).send({ type: 'process.start' });
    expect(group.reports).toEqual(drained);
    expect(group.children.all).toHaveLength(3);
  });
});

describe('a defect', () => {
  test('of one child actor costs that process only', () => {
    const group = superviseGroup(three);
    group.pass(1000);
    group.children.of('pay').onCommand = () => {
      throw new Error('defect');
    };
    group.process('pay').send({ type: 'process.stop' });
    expect(group.defects).toEqual([new Error('defect')]);
    expect(group.states).toEqual({ cart: 'RUNNING', pay: 'UNKNOWN', ship: 'RUNNING' });
    group.children.of('cart').exits(exited(1));
    expect(group.states).toEqual({ cart: 'STARTING', pay: 'UNKNOWN', ship: 'RUNNING' });
  });

  test('of one process actor is reported, and its siblings live on', () => {
    const group = superviseGroup(three);
    group.pass(1000);
    group.process('pay').send(poisonedSignal());
    expect(group.defects).toEqual([new Error('defect')]);
    expect(group.process('pay').getSnapshot().status).toBe('error');
    expect(group.states).toMatchObject({ cart: 'RUNNING', ship: 'RUNNING' });
    expect(group.actor.getSnapshot().status).toBe('active');
  });

  test('of one process actor before a drain does not hold it up', () => {
    const group = superviseGroup(three);
    group.pass(1000);
    group.process('pay').send(poisonedSignal());
    group.actor.send({ type: 'group.quiesce' });
    group.actor.send({ type: 'group.drain' });
    group.children.of('cart').exits();
    expect(group.reports).toEqual([]);
    group.children.of('ship').exits();
    expect(group.reports).toEqual(drained);
  });

  test('of one process actor during a drain does not hold it up', () => {
    const group = superviseGroup(three);
    group.pass(1000);
    group.actor.send({ type: 'group.drain' });
    group.process('pay').send(poisonedSignal());
    group.children.of('cart').exits();
    expect(group.reports).toEqual([]);
    group.children.of('ship').exits();
    expect(group.defects).toEqual([new Error('defect')]);
    expect(group.reports).toEqual(drained);
  });
});

describe('a defect of a process actor that has stopped already', () => {
  test('does not end the drain before the others have stopped', () => {
    const group = superviseGroup(three);
    group.pass(1000);
    group.actor.send({ type: 'group.drain' });
    group.children.of('cart').exits();
    group.process('cart').send(poisonedPast());
    expect(group.process('cart').getSnapshot().status).toBe('error');
    group.children.of('pay').exits();
    expect(group.reports).toEqual([]);
    group.children.of('ship').exits();
    expect(group.reports).toEqual(drained);
  });
});

describe('a group of event listeners', () => {
  const pool = {
    bufferSize: 10,
    events: ['EVENT'],
    resultHandler: 'supervisor.dispatchers:default_handler',
    lengthUnit: 'characters',
  } as const;
  const listeners = sampleGroup('shop', [{ name: 'mail', kind: 'eventlistener' }], { kind: 'eventlistener', pool });
  const event = { type: 'TICK_5', serial: 0, server: 'supervisor', payload: 'when:0' } as const;

  test('stops them at once when there is nothing to tell them', () => {
    const group = superviseGroup(listeners);
    group.actor.send({ type: 'group.drain' });
    expect(group.children.of('mail').signals).toEqual(['SIGTERM']);
  });

  test('does not wait for listeners that do not run', () => {
    const group = superviseGroup(listeners);
    group.actor.getSnapshot().context.pool?.send({ type: 'pool.accept', event });
    group.actor.getSnapshot().context.processes.get('mail')?.send({ type: 'process.stop' });
    group.children.of('mail').exits();
    group.actor.send({ type: 'group.drain' });
    expect(group.reports).toEqual(drained);
  });

  test('waits a second for events that nobody has taken, and no longer', () => {
    const group = superviseGroup(listeners);
    group.actor.getSnapshot().context.pool?.send({ type: 'pool.accept', event });
    group.actor.send({ type: 'group.drain' });
    group.pass(999);
    expect(group.children.of('mail').signals).toEqual([]);
    group.pass(1);
    expect(group.children.of('mail').signals).toEqual(['SIGTERM']);
    group.children.of('mail').exits();
    expect(group.reports).toEqual(drained);
  });

  test('starts none anew that ends meanwhile', () => {
    const group = superviseGroup(listeners);
    group.actor.getSnapshot().context.pool?.send({ type: 'pool.accept', event });
    group.actor.send({ type: 'group.drain' });
    group.children.of('mail').exits(exited(1));
    group.pass(1000);
    expect(group.children.all).toHaveLength(1);
    expect(group.reports).toEqual(drained);
  });
});
