import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessRef } from '../../machines/group.machine.ts';
import { exited, sampleGroup, signalled } from '../helpers/spec-samples.ts';
import { poisonedSignal } from '../machines/tree.ts';
import { traceTree } from './traced-tree.ts';

const web = () => traceTree([sampleGroup('web', ['web'])]);

describe('a program that is started and stopped on request', () => {
  test('leaves one chain from the request to its end', () => {
    const { tree, trace, chain, latest } = web();
    tree.tell('boot');
    tree.pass(1000);
    const request = trace.noteRequest({ of: 'web:web', method: 'supervisor.stopProcess', facts: { peer: 'me' } });
    request?.within(() => tree.process('web', 'web').send({ type: 'process.stop' }));
    tree.children.last.exits(signalled('SIGTERM'));
    request?.answered('true');
    const end = latest('web:web', 'child.exited');
    expect(chain(end)).toEqual(['supervisor.stopProcess', 'process.stop', 'child.signal', 'child.exited']);
    expect(end).toMatchObject({
      actor: 'process',
      outcome: 'taken',
      from: 'alive.STOPPING.signalled',
      to: 'STOPPED',
      facts: { status: 'terminated by SIGTERM', ranMs: 1000 },
      written: { stdout: 1, stderr: 2 },
    });
    expect(latest('web:web', 'child.signal')).toMatchObject({
      actor: 'child',
      outcome: 'noted',
      facts: { signal: 'SIGTERM', purpose: 'stop', toGroup: false },
    });
    expect(latest('web:web', 'supervisor.stopProcess')).toMatchObject({
      actor: 'request',
      outcome: 'noted',
      facts: { peer: 'me', result: 'true' },
    });
  });

  test('is started by the boot, spawned, and RUNNING after a timer that its spawn began', () => {
    const { tree, chain, latest } = web();
    tree.tell('boot');
    tree.pass(1000);
    const running = latest('web:web', 'after startWindow');
    expect(running).toMatchObject({ from: 'alive.STARTING.proving', to: 'alive.RUNNING', outcome: 'taken' });
    expect(chain(running)).toEqual(['supervisor.boot', 'process.start', 'child.spawned', 'after startWindow']);
    expect(latest('web:web', 'child.spawned').facts).toEqual({ pid: 101 });
  });

  test('is killed because the stop took too long', () => {
    const { tree, chain, latest } = web();
    tree.tell('boot');
    tree.process('web', 'web').send({ type: 'process.stop' });
    tree.pass(10_000);
    tree.children.last.exits(signalled('SIGKILL'));
    expect(chain(latest('web:web', 'child.exited'))).toEqual([
      'process.stop',
      'after stopWait',
      'child.signal',
      'child.exited',
    ]);
  });
});

describe('a program that ends of itself', () => {
  test('is FATAL by way of BACKOFF, with the figures that decided it', () => {
    const { tree, chain, latest } = traceTree([sampleGroup('web', [{ name: 'web', startRetries: 1 }])]);
    tree.tell('boot');
    tree.children.last.exits(exited(3), 200);
    expect(latest('web:web', 'child.exited')).toMatchObject({
      to: 'BACKOFF',
      via: [],
      cause: 0,
      guards: [
        { name: 'stayedUp', held: false, values: 'ran 0.2 s, startsecs 1' },
        { name: 'isExhausted', held: false, values: 'failures 1, startretries 1' },
      ],
    });
    tree.pass(1000);
    tree.children.last.exits(exited(3), 300);
    expect(latest('web:web', 'child.exited')).toMatchObject({
      to: 'FATAL',
      via: ['BACKOFF'],
      guards: [
        { name: 'stayedUp', held: false, values: 'ran 0.3 s, startsecs 1' },
        { name: 'isExhausted', held: true, values: 'failures 2, startretries 1' },
      ],
    });
    expect(chain(latest('web:web', 'child.spawned'))).toEqual(['child.exited', 'after backoff', 'child.spawned']);
    expect(chain(latest('web', 'process.settled'))).toEqual(['child.exited', 'process.settled']);
    expect(chain(latest('', 'group.settled'))).toEqual(['child.exited', 'process.settled', 'group.settled']);
    expect(latest('', 'group.settled')).toMatchObject({
      outcome: 'refused',
      facts: { process: 'web:web', settled: 'fatal', status: 'exit status 3' },
    });
  });

  test('passed RUNNING when its timer had not been served yet', () => {
    const { tree, latest } = web();
    tree.tell('boot');
    tree.children.last.exits(exited(0), 1000);
    expect(latest('web:web', 'child.exited')).toMatchObject({
      from: 'alive.STARTING.proving',
      to: 'EXITED',
      via: ['alive.RUNNING'],
      guards: [
        { name: 'stayedUp', held: true, values: 'ran 1 s, startsecs 1' },
        { name: 'shouldRestartAtOnce', held: false },
      ],
    });
  });
});

describe('what changes nothing', () => {
  test('is ignored when nothing in the state answers to it', () => {
    const { tree, latest } = web();
    tree.tell('boot');
    tree.pass(1000);
    tree.process('web', 'web').send({ type: 'process.start' });
    expect(latest('web:web', 'process.start')).toMatchObject({
      outcome: 'ignored',
      from: 'alive.RUNNING',
      to: 'alive.RUNNING',
      guards: [],
    });
  });

  test('is refused when no condition holds, and says which', () => {
    const { tree, latest } = traceTree([sampleGroup('web', [{ name: 'web', autostart: false }])]);
    tree.tell('boot');
    const process = tree.process('web', 'web');
    process.send({ type: 'process.quiesce' });
    process.send({ type: 'process.start' });
    expect(latest('web:web', 'process.start')).toMatchObject({
      outcome: 'refused',
      from: 'STOPPED',
      to: 'STOPPED',
      guards: [{ name: 'mayStart', held: false, values: 'daemon stops: yes' }],
    });
  });
});

test('of what is written to a program only the length is kept', () => {
  const { tree, latest, read } = web();
  tree.tell('boot');
  tree.process('web', 'web').send({ type: 'process.write', bytes: Buffer.from('secret') });
  expect(latest('web:web', 'process.write').facts).toEqual({ length: 6 });
  expect(JSON.stringify(read())).not.toContain('secret');
});

test('what follows from an actor that failed is not taken for its doing', () => {
  const { tree, latest, chain } = traceTree([sampleGroup('a', ['a']), sampleGroup('b', ['b'])]);
  tree.tell('boot');
  tree.process('a', 'a').send(poisonedSignal());
  expect(latest('a', 'actor failed').facts).toEqual({ actor: 'a:a', reason: 'defect' });
  tree.process('b', 'b').send({ type: 'process.stop' });
  expect(chain(latest('b:b', 'child.signal'))).toEqual(['process.stop', 'child.signal']);
});

test('a trace of no size remembers nothing', () => {
  const { tree, trace, read } = traceTree([sampleGroup('web', ['web'])], 0);
  tree.tell('boot');
  expect(trace.noteRequest({ of: '', method: 'supervisor.shutdown', facts: {} })).toBe(null);
  expect(read()).toEqual([]);
});

describe('whatever happens', () => {
  const step = fc.constantFrom('start', 'stop', 'exit', 'fail', 'pass', 'long', 'request', 'remove', 'shutdown');
  type Traced = ReturnType<typeof traceTree>;

  const take = ({ tree, trace }: Traced, process: ProcessRef, one: string): void => {
    const child = tree.children.living.at(0);
    if (one === 'start') process.send({ type: 'process.start' });
    else if (one === 'stop') process.send({ type: 'process.stop' });
    else if (one === 'exit' && child?.stage === 'alive') child.exits(exited(1));
    else if (one === 'exit') child?.spawns();
    else if (one === 'fail' && child?.stage === 'asked') child.failsToSpawn();
    else if (one === 'pass') tree.pass(1000);
    else if (one === 'long') tree.pass(60_000);
    else if (one === 'request') {
      const request = trace.noteRequest({ of: 'a:x', method: 'supervisor.startProcess', facts: {} });
      request?.within(() => process.send({ type: 'process.start' }));
      request?.refused('ALREADY_STARTED');
    } else if (one === 'remove') tree.actor.send({ type: 'group.remove', name: 'b' });
    else if (one === 'shutdown') tree.tell('shutdown');
    else if (one === 'break') process.send(poisonedSignal());
  };

  test('what is noted late is what was noted at once', () => {
    const writtenBy = (of: string, now: number) => ({ stdout: now, stderr: of.length });
    const tracedBy = (isLate: boolean, steps: readonly string[], size: number) => {
      const traced = traceTree([sampleGroup('a', ['x', 'y']), sampleGroup('b', ['b'])], size, { isLate, writtenBy });
      traced.tree.children.onAsked = () => {};
      traced.tree.tell('boot');
      const process = traced.tree.process('a', 'x');
      const found: unknown[] = [];
      for (const one of steps)
        if (one === 'read') found.push(traced.read());
        else if (one === 'tree') found.push(traced.trace.tree());
        else take(traced, process, one);
      // Ends of timers are told on the system's clock.
      const withoutTimers = (key: string, value: unknown) => (key === 'timers' || key === 'waitsFor' ? null : value);
      return JSON.stringify([...found, traced.trace.tree(), traced.read()], withoutTimers);
    };
    const oneOrLook = fc.oneof(
      { weight: 12, arbitrary: step },
      { weight: 1, arbitrary: fc.constantFrom('break', 'read', 'tree') },
    );
    fc.assert(
      fc.property(fc.array(oneOrLook, { maxLength: 60 }), fc.integer({ min: 1, max: 300 }), (steps, size) => {
        expect(tracedBy(true, steps, size)).toBe(tracedBy(false, steps, size));
      }),
      { numRuns: 100 },
    );
  });

  test('serials rise, causes point backwards, and no more is kept than there is room for', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (steps, size) => {
        const traced = traceTree([sampleGroup('a', ['x', 'y']), sampleGroup('b', ['b'])], size);
        traced.tree.children.onAsked = () => {};
        traced.tree.tell('boot');
        const process = traced.tree.process('a', 'x');
        for (const one of steps) take(traced, process, one);
        const records = traced.read();
        expect(records.length).toBeLessThanOrEqual(size);
        let last = 0;
        for (const { serial, cause } of records) {
          expect(serial).toBeGreaterThan(last);
          expect(cause).toBeLessThan(serial);
          last = serial;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a reading', () => {
  test('of one process has what it follows from, and nothing of others', () => {
    const { tree, read } = traceTree([sampleGroup('a', ['a']), sampleGroup('b', ['b'])]);
    tree.tell('boot');
    expect(read('b:b').map(({ of, event }) => `${of} ${event}`)).toEqual([
      ' supervisor.boot',
      'b:b process.start',
      'b:b child.spawned',
    ]);
    expect(read('b:b', 2).map(({ of }) => of)).toContain('b:b');
    expect(read('b').map(({ of }) => of)).not.toContain('a:a');
  });

  test('tells the bounds of what is kept, and the latest of more than was asked for', () => {
    const { tree, trace } = web();
    expect(trace.read({ of: '', since: 0, limit: 5 })).toEqual({ version: 1, first: 0, last: 0, records: [] });
    tree.tell('boot');
    expect(trace.read({ of: '', since: 0, limit: 1 })).toMatchObject({
      first: 1,
      last: 3,
      records: [{ event: 'child.spawned' }],
    });
  });
});

test('the tree tells who is in which state, since when, and waits for what', () => {
  const { tree, trace } = web();
  tree.tell('boot');
  const root = trace.tree();
  const process = root.children[0]?.children[0];
  expect(root).toMatchObject({ actor: 'supervisor', of: '', state: 'running' });
  expect(process).toMatchObject({
    actor: 'process',
    of: 'web:web',
    state: 'alive.STARTING.proving',
    since: tree.now(),
    timers: [{ name: 'startWindow', lengthMs: 1000 }],
  });
  expect(process?.waitsFor).toMatch(/^startsecs, .* left$/);
  expect(process?.children.map(({ actor, of }) => `${actor} ${of}`)).toEqual([
    'child web:web',
    'output web:web:stdout',
    'output web:web:stderr',
  ]);
  tree.pass(1000);
  expect(trace.tree().children[0]?.children[0]).toMatchObject({
    state: 'alive.RUNNING',
    waitsFor: 'the end of pid 101',
    timers: [],
  });
});
