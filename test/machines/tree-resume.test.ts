import { describe, expect, test } from 'vitest';
import type { GroupPast, ProcessPast, TreePast } from '../../machines/events.ts';
import { exited, sampleGroup } from '../helpers/spec-samples.ts';
import { samplePast } from './process-snapshots.ts';
import { beginning } from './supervised.ts';
import { superviseGroup, superviseTree } from './tree.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const samplePool = { bufferSize: 10, events: ['EVENT'], resultHandler: '', lengthUnit: 'characters' } as const;

const alive = (pid: number): ProcessPast => samplePast({ pid, child: { pid, ranMs: 5000 } });
const stopped = samplePast({ state: 'STOPPED', child: null });

describe('a group that begins after an earlier daemon', () => {
  const past = (processes: Record<string, ProcessPast>): GroupPast => ({
    at: beginning,
    processes: new Map(Object.entries(processes)),
  });

  test('resumes what has a past, with autostart or without, and starts the others that are to be started', () => {
    const spec = sampleGroup('shop', [
      { name: 'cart', autostart: false },
      'pay',
      { name: 'print', autostart: false },
      'ship',
    ]);
    const group = superviseGroup(spec, past({ cart: alive(7), ship: alive(8) }));
    expect(group.states).toEqual({ cart: 'RUNNING', pay: 'STARTING', print: 'STOPPED', ship: 'RUNNING' });
    expect(group.children.all.map(({ spec: { name }, adopted }) => [name, adopted?.pid ?? null])).toEqual([
      ['cart', 7],
      ['pay', null],
      ['ship', 8],
    ]);
  });

  test('does not start what had been stopped, although it has autostart', () => {
    const group = superviseGroup(sampleGroup('shop', ['cart']), past({ cart: stopped }));
    group.pass(100_000);
    expect(group.states).toEqual({ cart: 'STOPPED' });
  });

  test('tells the processes when it was found what had become of them', () => {
    const dead = samplePast({ child: null, startedAt: beginning - 700 });
    const group = superviseGroup(sampleGroup('shop', ['cart']), past({ cart: dead }));
    expect(group.process('cart').getSnapshot().context).toMatchObject({ stoppedAt: beginning, lastRanMs: 700 });
  });

  test('passes over a past of processes that it does not have, and forgets what it has told', () => {
    const group = superviseGroup(sampleGroup('shop', ['cart']), past({ print: alive(7) }));
    expect(group.states).toEqual({ cart: 'STARTING' });
    expect(group.actor.getSnapshot().context.past).toBeNull();
  });

  test.each([
    ['READY', 'RUNNING', { state: 'READY', up: true }],
    ['BUSY', 'STARTING', { state: 'BUSY', up: false }],
    [null, 'RUNNING', null],
  ] as const)('tells its pool of a listener that was %s and %s', (listener, state, told) => {
    const spec = sampleGroup('ear', ['ear'], { kind: 'eventlistener', pool: samplePool });
    const group = superviseGroup(spec, past({ ear: samplePast({ listener, state }) }));
    expect(group.actor.getSnapshot().context.pool?.getSnapshot().context.members[0]?.past).toEqual(told);
    const dead = superviseGroup(spec, past({ ear: samplePast({ listener, state, child: null }) }));
    expect(dead.actor.getSnapshot().context.pool?.getSnapshot().context.members[0]?.past).toBeNull();
  });

  test('hands its pool what has waited there, and keeps nothing of it', () => {
    const spec = sampleGroup('ear', ['ear'], { kind: 'eventlistener', pool: samplePool });
    const event = { type: 'TICK_5', serial: 3, server: '', payload: '', poolSerial: 1 } as const;
    const pool = { buffer: [event], given: new Map(), nextSerial: 2, discarded: 0 };
    const { past: left, pool: begun } = superviseGroup(spec, { ...past({}), pool }).actor.getSnapshot().context;
    expect(begun?.getSnapshot().context).toMatchObject({ buffer: [event], nextSerial: 2 });
    expect(left).toBeNull();
  });

  test('drains what it has resumed', () => {
    const group = superviseGroup(sampleGroup('shop', ['cart', 'pay']), past({ cart: alive(7), pay: stopped }));
    group.actor.send({ type: 'group.quiesce' });
    group.actor.send({ type: 'group.drain' });
    expect(group.reports).toEqual([]);
    expect(group.children.of('cart').signals).toEqual(['SIGTERM']);
    group.children.of('cart').exits({ kind: 'unseen' });
    expect(group.reports).toEqual([{ type: 'group.drained', name: 'shop' }]);
  });
});

describe('a supervisor that boots after an earlier daemon', () => {
  const specs = [sampleGroup('database', ['database']), sampleGroup('shop', ['cart', 'pay'])];
  const past: TreePast = {
    at: beginning,
    groups: new Map([
      ['database', new Map([['database', alive(7)]])],
      ['shop', new Map([['pay', stopped]])],
      ['gone', new Map([['gone', alive(9)]])],
      ['later', new Map([['later', alive(10)]])],
    ]),
  };

  test('gives each group its past, and those who listen hear what is resumed', () => {
    const tree = superviseTree(specs, { past });
    expect(tree.children.all).toEqual([]);
    tree.tell('boot');
    expect(tree.states).toEqual({ 'database:database': 'RUNNING', 'shop:cart': 'STARTING', 'shop:pay': 'STOPPED' });
    expect(tree.resumed).toEqual(['database:database RUNNING', 'shop:pay STOPPED']);
    expect(tree.actor.getSnapshot().context.past).toBeNull();
  });

  test('gives each pool what was handed over, also where nothing is known of its processes', () => {
    const ear = sampleGroup('ear', ['ear'], { kind: 'eventlistener', pool: samplePool });
    const pools = new Map([['ear', { buffer: [], given: new Map(), nextSerial: 5, discarded: 1 }]]);
    const tree = superviseTree([...specs, ear], { past: { ...past, pools } });
    tree.tell('boot');
    const { groups } = tree.actor.getSnapshot().context;
    const { pool } = groups.get('ear')?.getSnapshot().context ?? {};
    expect(pool?.getSnapshot().context).toMatchObject({ nextSerial: 5, discarded: 1 });
    expect(tree.states).toMatchObject({ 'database:database': 'RUNNING', 'ear:ear': 'STARTING' });
  });

  test('has no past for groups that are added later, not even for one that comes back', () => {
    const tree = superviseTree(specs, { past });
    tree.tell('boot');
    tree.actor.send({ type: 'group.add', spec: sampleGroup('later', ['later']) });
    tree.process('database', 'database').send({ type: 'process.stop' });
    tree.children.of('database').exits(exited(0));
    tree.actor.send({ type: 'group.remove', name: 'database' });
    tree.actor.send({ type: 'group.add', spec: sampleGroup('database', ['database']) });
    expect(tree.states).toMatchObject({ 'later:later': 'STARTING', 'database:database': 'STARTING' });
    expect(tree.children.all.map(({ adopted }) => adopted?.pid ?? null)).toEqual([7, null, null, null]);
  });

  test('stops at the end what it has adopted', () => {
    const tree = superviseTree(specs, { past });
    tree.tell('boot', 'shutdown');
    for (const child of tree.children.living) {
      expect(child.signals).toEqual(['SIGTERM']);
      child.exits({ kind: 'unseen' });
    }
    expect(tree.halts).toHaveLength(1);
  });
});
