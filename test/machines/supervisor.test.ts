import { describe, expect, test } from 'vitest';
import { supervisorState } from '../../machines/selectors.ts';
import { exited, sampleGroup } from '../helpers/spec-samples.ts';
import { superviseTree } from './tree.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type Tree = ReturnType<typeof superviseTree>;

/** Four groups on three levels of priority, two processes in the last one. */
const specs = [
  sampleGroup('database', ['database'], { priority: 1 }),
  sampleGroup('cache', ['cache'], { priority: 10 }),
  sampleGroup('queue', ['queue'], { priority: 10 }),
  sampleGroup('shop', ['cart', 'pay'], { priority: 999 }),
];

const running = (): Tree => {
  const tree = superviseTree(specs);
  tree.tell('boot');
  tree.pass(1000);
  return tree;
};

const stopping = (tree: Tree): string[] =>
  Object.entries(tree.states).flatMap(([name, state]) => (state === 'STOPPING' ? [name] : []));

const end = (tree: Tree, ...names: string[]): void => {
  for (const name of names) tree.children.of(name).exits(exited(0));
};

const status = (tree: Tree): 'active' | 'halted' => (tree.actor.getSnapshot().matches('halted') ? 'halted' : 'active');

/** What the tree has told when it was halted; at most once. */
const output = (tree: Tree): { intent: string } | undefined => {
  expect(tree.halts.length).toBeLessThanOrEqual(1);
  return tree.halts[0];
};

describe('the boot', () => {
  test('starts nothing before it is asked for', () => {
    const tree = superviseTree(specs);
    expect(tree.groups).toEqual([]);
    expect(tree.children.all).toEqual([]);
  });

  test('starts groups and their processes in order', () => {
    const tree = superviseTree(specs);
    tree.tell('boot');
    expect(tree.children.all.map(({ spec }) => spec.name)).toEqual(['database', 'cache', 'queue', 'cart', 'pay']);
    expect(tree.announced).toEqual(['+database', '+cache', '+queue', '+shop', 'RUNNING']);
  });

  test('happens once', () => {
    const tree = running();
    tree.tell('boot');
    expect(tree.children.all).toHaveLength(5);
    expect(tree.announced).toHaveLength(5);
  });

  test('without groups is a boot all the same', () => {
    const tree = superviseTree([]);
    tree.tell('boot');
    expect(tree.announced).toEqual(['RUNNING']);
    expect(status(tree)).toBe('active');
  });

  test('announces groups before any of their processes has begun', () => {
    const tree = superviseTree(specs);
    const before: number[] = [];
    tree.children.onAsked = (child) => {
      before.push(tree.announced.length);
      child.spawns();
    };
    tree.tell('boot');
    expect(before).toEqual([5, 5, 5, 5, 5]);
  });
});

describe('shutdown', () => {
  test('drains one level after another from the highest value down, equal priorities together', () => {
    const tree = running();
    tree.tell('shutdown');
    expect(stopping(tree)).toEqual(['shop:cart', 'shop:pay']);
    end(tree, 'cart');
    expect(stopping(tree)).toEqual(['shop:pay']);
    end(tree, 'pay');
    expect(stopping(tree)).toEqual(['cache:cache', 'queue:queue']);
    end(tree, 'cache');
    expect(stopping(tree)).toEqual(['queue:queue']);
    end(tree, 'queue');
    expect(stopping(tree)).toEqual(['database:database']);
    expect(status(tree)).toBe('active');
    end(tree, 'database');
    expect(status(tree)).toBe('halted');
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
  });

  test('sends the stop signals within a level in reverse order', () => {
    const tree = running();
    const order: string[] = [];
    for (const child of tree.children.all) {
      child.onCommand = () => {
        order.push(child.spec.name);
        child.exits();
      };
    }
    tree.tell('shutdown');
    expect(order).toEqual(['pay', 'cart', 'queue', 'cache', 'database']);
    expect(status(tree)).toBe('halted');
  });

  test('starts nothing any more, not even in levels whose turn has not come', () => {
    const tree = running();
    tree.tell('shutdown');
    end(tree, 'database');
    tree.process('database', 'database').send({ type: 'process.start' });
    tree.pass(1_000_000);
    expect(tree.states).toMatchObject({ 'database:database': 'EXITED' });
    expect(tree.children.all).toHaveLength(5);
  });

  test('during the boot stops what has been started already', () => {
    const tree = superviseTree(specs);
    tree.children.onAsked = () => {};
    tree.tell('boot', 'shutdown');
    expect(stopping(tree)).toEqual(['shop:cart', 'shop:pay']);
    for (const name of ['cart', 'pay', 'cache', 'queue', 'database']) tree.children.of(name).failsToSpawn();
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
  });

  test('before the boot is the end', () => {
    const tree = superviseTree(specs);
    tree.tell('shutdown');
    expect(status(tree)).toBe('halted');
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
    expect(tree.children.all).toEqual([]);
  });

  test('with nothing to stop is the end at once', () => {
    const tree = superviseTree([sampleGroup('shop', []), sampleGroup('web', [{ name: 'web', autostart: false }])]);
    tree.tell('boot', 'shutdown');
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
  });

  test('twice changes nothing', () => {
    const tree = running();
    tree.tell('shutdown', 'shutdown');
    expect(tree.children.of('cart').signals).toEqual(['SIGTERM']);
    expect(tree.announced.slice(5)).toEqual(['SHUTDOWN']);
  });

  test('makes a process that waits for a retry FATAL', () => {
    const tree = running();
    tree.process('shop', 'cart').send({ type: 'process.stop' });
    end(tree, 'cart');
    tree.process('shop', 'cart').send({ type: 'process.start' });
    tree.children.of('cart').exits(exited(1));
    tree.tell('shutdown');
    expect(tree.states).toMatchObject({ 'shop:cart': 'FATAL', 'shop:pay': 'STOPPING' });
  });

  test('kills what does not stop', () => {
    const tree = running();
    tree.tell('shutdown');
    end(tree, 'cart');
    tree.pass(10_000);
    expect(tree.children.of('pay').signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(tree.children.of('cache').signals).toEqual([]);
  });
});

describe('restart', () => {
  test('drains as a shutdown does, and says so in the end', () => {
    const tree = running();
    tree.tell('restart');
    end(tree, 'cart', 'pay', 'cache', 'queue', 'database');
    expect(output(tree)).toEqual({ intent: 'restart', end: null });
    expect(tree.announced.slice(5)).toEqual(['RESTARTING']);
  });

  test('is overridden by a shutdown', () => {
    const tree = running();
    tree.tell('restart');
    end(tree, 'cart');
    tree.tell('shutdown');
    end(tree, 'pay', 'cache', 'queue', 'database');
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
  });

  test('never overrides a shutdown', () => {
    const tree = running();
    tree.tell('shutdown', 'restart');
    end(tree, 'cart', 'pay', 'cache', 'queue', 'database');
    expect(output(tree)).toEqual({ intent: 'shutdown', end: null });
  });

  test('before the boot is the end, too', () => {
    const tree = superviseTree(specs);
    tree.tell('restart');
    expect(output(tree)).toEqual({ intent: 'restart', end: null });
  });
});

describe('the mood of the daemon', () => {
  const mood = (tree: Tree) => supervisorState(tree.actor.getSnapshot());

  test('is RUNNING before and after the boot, then what is meant, to the end', () => {
    const tree = superviseTree(specs);
    expect(mood(tree)).toBe('RUNNING');
    tree.tell('boot');
    expect(mood(tree)).toBe('RUNNING');
    tree.tell('restart');
    expect(mood(tree)).toBe('RESTARTING');
    tree.tell('shutdown');
    expect(mood(tree)).toBe('SHUTDOWN');
    end(tree, 'cart', 'pay', 'cache', 'queue', 'database');
    expect(mood(tree)).toBe('SHUTDOWN');
  });
});

describe('saying what is waited for', () => {
  test('happens with each level and every three seconds, only while the daemon stops', () => {
    const tree = running();
    tree.pass(60_000);
    expect(tree.waiting).toEqual([]);
    tree.tell('shutdown');
    expect(tree.waiting).toEqual([61_000]);
    tree.pass(2999);
    expect(tree.waiting).toHaveLength(1);
    tree.pass(1);
    expect(tree.waiting).toEqual([61_000, 64_000]);
    tree.pass(3000);
    end(tree, 'cart', 'pay');
    expect(tree.waiting).toEqual([61_000, 64_000, 67_000, 67_000]);
    tree.pass(3000);
    end(tree, 'cache', 'queue', 'database');
    const { length } = tree.waiting;
    tree.pass(60_000);
    expect(tree.waiting).toHaveLength(length);
  });
});

describe('group.add', () => {
  test.each([
    ['first', 0, ['new', 'database', 'cache', 'queue', 'shop']],
    ['behind those of its own priority', 10, ['database', 'cache', 'queue', 'new', 'shop']],
    ['between levels', 11, ['database', 'cache', 'queue', 'new', 'shop']],
    ['last', 1000, ['database', 'cache', 'queue', 'shop', 'new']],
  ])('puts the group %s in order of priority', (_, priority, order) => {
    const tree = running();
    tree.actor.send({ type: 'group.add', spec: sampleGroup('new', ['new'], { priority }) });
    expect(tree.groups).toEqual(order);
    expect(tree.announced.at(-1)).toBe('+new');
    expect(tree.states['new:new']).toBe('STARTING');
  });

  test('puts the group on its level for the drain', () => {
    const tree = running();
    tree.actor.send({ type: 'group.add', spec: sampleGroup('new', ['new'], { priority: 10 }) });
    tree.tell('shutdown');
    end(tree, 'cart', 'pay');
    expect(stopping(tree)).toEqual(['cache:cache', 'queue:queue', 'new:new']);
    end(tree, 'cache', 'queue');
    expect(tree.states['database:database']).toBe('RUNNING');
    end(tree, 'new');
    expect(tree.states['database:database']).toBe('STOPPING');
  });

  test('of a known name changes nothing', () => {
    const tree = running();
    tree.actor.send({ type: 'group.add', spec: sampleGroup('shop', ['other']) });
    expect(tree.groups).toEqual(['database', 'cache', 'queue', 'shop']);
    expect(tree.children.all).toHaveLength(5);
    expect(tree.announced).toHaveLength(5);
  });

  test.each(['restart', 'shutdown'] as const)('during a %s is ignored', (command) => {
    const tree = running();
    tree.tell(command);
    tree.actor.send({ type: 'group.add', spec: sampleGroup('new', ['new']) });
    expect(tree.groups).not.toContain('new');
    expect(tree.children.all).toHaveLength(5);
  });

  test('before the boot is ignored', () => {
    const tree = superviseTree(specs);
    tree.actor.send({ type: 'group.add', spec: sampleGroup('new', ['new']) });
    expect(tree.groups).toEqual([]);
  });
});

describe('group.remove', () => {
  test('forgets the group, which may be added again', () => {
    const tree = running();
    tree.process('queue', 'queue').send({ type: 'process.stop' });
    end(tree, 'queue');
    tree.actor.send({ type: 'group.remove', name: 'queue' });
    expect(tree.groups).toEqual(['database', 'cache', 'shop']);
    expect(tree.announced.at(-1)).toBe('-queue');
    tree.actor.send({ type: 'group.add', spec: sampleGroup('queue', ['queue'], { priority: 10 }) });
    expect(tree.groups).toEqual(['database', 'cache', 'queue', 'shop']);
    expect(tree.states['queue:queue']).toBe('STARTING');
  });

  test('in BACKOFF leaves no retry behind', () => {
    const tree = superviseTree(specs);
    tree.tell('boot');
    tree.children.of('queue').exits(exited(1));
    expect(tree.states['queue:queue']).toBe('BACKOFF');
    tree.actor.send({ type: 'group.remove', name: 'queue' });
    tree.pass(1_000_000);
    expect(tree.children.all).toHaveLength(5);
  });

  test('is not waited for in the end', () => {
    const tree = running();
    for (const name of ['cart', 'pay']) {
      tree.process('shop', name).send({ type: 'process.stop' });
      end(tree, name);
    }
    tree.actor.send({ type: 'group.remove', name: 'shop' });
    tree.tell('shutdown');
    expect(stopping(tree)).toEqual(['cache:cache', 'queue:queue']);
    end(tree, 'cache', 'queue', 'database');
    expect(status(tree)).toBe('halted');
  });

  test('of an unknown name changes nothing', () => {
    const tree = running();
    tree.actor.send({ type: 'group.remove', name: 'nothing' });
    expect(tree.announced).toHaveLength(5);
  });

  test('during the end is ignored', () => {
    const tree = running();
    tree.tell('shutdown');
    tree.actor.send({ type: 'group.remove', name: 'database' });
    expect(tree.groups).toContain('database');
  });
});

describe('a defect of a group actor', () => {
  test('is reported, and the other groups live on', () => {
    const tree = running();
    tree.breakGroup('shop', 'cart');
    expect(tree.defects).toEqual([new Error('defect'), new Error('defect of a group')]);
    expect(status(tree)).toBe('active');
    tree.children.of('queue').exits(exited(1));
    expect(tree.states).toMatchObject({ 'queue:queue': 'STARTING', 'cache:cache': 'RUNNING' });
  });

  test('before the end does not hold it up', () => {
    const tree = running();
    tree.breakGroup('shop', 'cart');
    tree.tell('shutdown');
    expect(stopping(tree)).toEqual(['cache:cache', 'queue:queue']);
    end(tree, 'cache', 'queue', 'database');
    expect(status(tree)).toBe('halted');
  });

  test('while its level is drained does not hold it up', () => {
    const tree = running();
    tree.tell('shutdown');
    tree.breakGroup('shop', 'cart');
    expect(stopping(tree).filter((name) => !name.startsWith('shop'))).toEqual(['cache:cache', 'queue:queue']);
    end(tree, 'cache', 'queue', 'database');
    expect(status(tree)).toBe('halted');
  });

  test('before its level is drained does not hold it up', () => {
    const tree = running();
    tree.tell('shutdown');
    tree.breakGroup('database', 'database');
    end(tree, 'cart', 'pay', 'cache', 'queue');
    expect(status(tree)).toBe('halted');
  });
});
