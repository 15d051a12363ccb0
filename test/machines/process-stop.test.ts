import { describe, expect, test } from 'vitest';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { beginning, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const sigterm = { name: 'SIGTERM', number: 15 };
const sigkill = { name: 'SIGKILL', number: 9 };

const running = (values: Parameters<typeof supervise>[0] = {}) => {
  const process = supervise(values);
  process.tell('start');
  process.pass(1000);
  expect(process.state).toBe('RUNNING');
  return process;
};

describe('stopping a RUNNING process', () => {
  test('sends the stop signal and waits for the exit', () => {
    const process = running({ stopSignal: { name: 'SIGINT', number: 2 } });
    process.tell('stop');
    expect(process.state).toBe('STOPPING');
    expect(process.child.signals).toEqual(['SIGINT']);
    process.child.exits(exited(3));
    expect(process.state).toBe('STOPPED');
    expect(process.context).toMatchObject({ lastExit: exited(3), spawnError: '', stoppedAt: beginning + 1000 });
    expect(process.child.abandoned).toBe(false);
  });

  test('sends SIGKILL after stopwaitsecs, not a millisecond earlier, and again every stopwaitsecs', () => {
    const process = running({ stopWaitMs: 5000 });
    process.tell('stop');
    for (const kills of [0, 1, 2, 3]) {
      expect(process.child.signals).toEqual(['SIGTERM', ...Array(kills).fill('SIGKILL')]);
      process.pass(4999);
      expect(process.child.signals).toHaveLength(1 + kills);
      process.pass(1);
    }
    expect(process.state).toBe('STOPPING');
    process.child.exits(signalled('SIGKILL'));
    expect(process.state).toBe('STOPPED');
    process.pass(100_000);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL']);
  });

  test('with stopwaitsecs=0 sends SIGKILL at once and repeats it every second only', () => {
    const process = running({ stopWaitMs: 0 });
    process.tell('stop');
    process.pass(0);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    process.pass(999);
    expect(process.child.signals).toHaveLength(2);
    process.pass(1);
    expect(process.child.signals).toHaveLength(3);
  });

  test('with a stopwaitsecs below zero kills at once', () => {
    const process = running({ stopWaitMs: -1000 });
    process.tell('stop');
    process.pass(0);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test.each([
    [false, false],
    [false, true],
    [true, true],
  ])('with stopasgroup=%s and killasgroup=%s signals reach the group accordingly', (stopAsGroup, killAsGroup) => {
    const process = running({ stopAsGroup, killAsGroup });
    process.tell('stop');
    process.pass(10_000);
    expect(process.child.commands).toEqual([
      { type: 'child.signal', signal: sigterm, toGroup: stopAsGroup, purpose: 'stop' },
      { type: 'child.signal', signal: sigkill, toGroup: killAsGroup, purpose: 'kill' },
    ]);
  });

  test('twice sends the stop signal once and does not prolong the wait', () => {
    const process = running();
    process.tell('stop');
    process.pass(9_999);
    process.tell('stop');
    process.pass(1);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('lets signals and input through until the end', () => {
    const process = running();
    process.tell('stop');
    process.actor.send({ type: 'process.signal', signal: { name: 'SIGHUP', number: 1 } });
    process.actor.send({ type: 'process.write', bytes: Buffer.from('quit\n') });
    expect(process.child.commands.slice(1)).toEqual([
      { type: 'child.signal', signal: { name: 'SIGHUP', number: 1 }, toGroup: false, purpose: 'request' },
      { type: 'child.write', bytes: Buffer.from('quit\n') },
    ]);
    expect(process.state).toBe('STOPPING');
  });
});

describe('stopping in an awkward moment', () => {
  test('while the child is being made: it gets the signal, and its end is the end', () => {
    const process = supervise();
    process.children.onAsked = () => {};
    process.tell('start', 'stop');
    expect(process.state).toBe('STOPPING');
    process.child.spawns();
    expect(process.state).toBe('STOPPING');
    expect(process.context.pid).toBe(101);
    expect(process.outputs.open).toHaveLength(2);
    process.pass(10_000);
    expect(process.child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.outputs.open).toEqual([]);
  });

  test('while a child is being made that then cannot be spawned: no retry follows', () => {
    const process = supervise();
    process.children.onAsked = () => {};
    process.tell('start', 'stop');
    process.child.failsToSpawn('command is empty');
    expect(process.state).toBe('STOPPED');
    expect(process.context).toMatchObject({ spawnError: 'command is empty', failures: 0 });
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
  });

  test('while STARTING: a quick exit afterwards is no failed start', () => {
    const process = supervise();
    process.tell('start');
    process.pass(10);
    process.tell('stop');
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.context.failures).toBe(0);
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
  });

  test('while STARTING: startsecs passing during the stop change nothing', () => {
    const process = supervise();
    process.tell('start', 'stop');
    process.pass(5000);
    expect(process.state).toBe('STOPPING');
    expect(process.announced).toEqual(['STARTING', 'STOPPING']);
  });

  test('in BACKOFF: STOPPED at once, without a signal, and the retry is off', () => {
    const process = supervise();
    process.tell('start');
    process.child.exits(exited(1));
    process.pass(999);
    process.tell('stop');
    expect(process.state).toBe('STOPPED');
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
    expect(process.child.signals).toEqual([]);
    expect(process.context.stoppedAt).toBe(beginning);
  });

  test('when it has just exited and nothing is to follow: nothing happens', () => {
    const process = running({ autorestart: 'never' });
    process.child.exits(exited(0));
    process.tell('stop');
    expect(process.state).toBe('EXITED');
    expect(process.announced).toEqual(['STARTING', 'RUNNING', 'EXITED']);
  });

  test('when it has just exited and was started again: the new child is stopped', () => {
    const process = running({ autorestart: 'always' });
    process.child.exits(exited(0));
    process.tell('stop');
    expect(process.state).toBe('STOPPING');
    expect(process.children.all.map(({ signals }) => signals)).toEqual([[], ['SIGTERM']]);
  });

  test('while the exit is still on its way: the exit ends the stop', () => {
    const process = running({ autorestart: 'always' });
    process.children.last.onCommand = () => process.child.exits(exited(1));
    process.tell('stop');
    expect(process.state).toBe('STOPPED');
    expect(process.children.all).toHaveLength(1);
  });

  test.each(['STOPPED', 'FATAL'] as const)('in %s: nothing happens', (state) => {
    const process = supervise({ startRetries: 0 });
    if (state === 'FATAL') {
      process.tell('start');
      process.child.exits(exited(1));
    }
    const before = process.actor.getSnapshot();
    process.tell('stop');
    expect(process.state).toBe(state);
    expect(process.actor.getSnapshot().context).toBe(before.context);
  });

  test('a start directly after the exit report of a stop spawns a second child', () => {
    const process = running();
    process.tell('stop');
    process.child.exits(signalled('SIGTERM'));
    process.tell('start');
    expect(process.children.all).toHaveLength(2);
    expect(process.children.living).toHaveLength(1);
  });
});
