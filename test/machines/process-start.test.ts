import { describe, expect, test } from 'vitest';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { beginning, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const noCommand = "can't find command '/bin/web'";

describe('startsecs', () => {
  test('a process is RUNNING when it has stayed up for startsecs, and not a millisecond earlier', () => {
    const process = supervise({ startMs: 10_000 });
    process.tell('start');
    process.pass(9_999);
    expect(process.state).toBe('STARTING');
    process.pass(1);
    expect(process.state).toBe('RUNNING');
  });

  test('an exit one millisecond before startsecs is a failed start, whatever the exit code', () => {
    for (const status of [exited(0), exited(3), signalled('SIGSEGV')]) {
      const process = supervise({ autorestart: 'never' });
      process.tell('start');
      process.pass(999);
      process.child.exits(status);
      expect(process.state).toBe('BACKOFF');
      expect(process.context).toMatchObject({
        failures: 1,
        spawnError: 'Exited too quickly (process log may have details)',
        lastExit: null,
        stoppedAt: beginning + 999,
      });
    }
  });

  test('an exit when startsecs are over but the timer was not served yet counts as RUNNING, then EXITED', () => {
    const process = supervise();
    process.tell('start');
    process.pass(999);
    process.child.exits(exited(0), 1000);
    expect(process.state).toBe('EXITED');
    expect(process.changes).toEqual([
      { type: 'process.changed', from: 'STOPPED', to: 'STARTING', pid: 0, failures: 0, exit: null },
      { type: 'process.changed', from: 'STARTING', to: 'RUNNING', pid: 101, failures: 0, exit: null },
      { type: 'process.changed', from: 'RUNNING', to: 'EXITED', pid: 101, failures: 0, exit: exited(0) },
    ]);
  });

  test('an exit one millisecond short of startsecs by the steady clock is a failed start', () => {
    const process = supervise();
    process.tell('start');
    process.pass(500);
    process.child.exits(exited(0), 999);
    expect(process.state).toBe('BACKOFF');
  });

  test('with startsecs=0 a process is RUNNING as soon as it is spawned', () => {
    const process = supervise({ startMs: 0 });
    process.children.onAsked = () => {};
    process.tell('start');
    expect(process.state).toBe('STARTING');
    process.child.spawns();
    expect(process.state).toBe('RUNNING');
  });

  test.each([
    [[0, 2], 2, ''],
    [[0, 2], 1, 'Bad exit code 1'],
    [[], 0, 'Bad exit code 0'],
  ])('with startsecs=0 and exitcodes %j a quick exit %i is EXITED with spawnerr %j', (exitCodes, code, spawnError) => {
    const process = supervise({ startMs: 0, exitCodes, autorestart: 'never' });
    process.tell('start');
    process.child.exits(exited(code));
    expect(process.state).toBe('EXITED');
    expect(process.context).toMatchObject({ spawnError, failures: 0, lastExit: exited(code) });
  });

  test('a start notes pid and time of the spawn', () => {
    const process = supervise();
    process.pass(5);
    process.tell('start');
    expect(process.context).toMatchObject({ pid: 101, startedAt: beginning + 5, stoppedAt: 0 });
  });
});

describe('startretries', () => {
  test('failed starts wait 1, 2 and 3 seconds, and the fourth is FATAL', () => {
    const process = supervise({ startRetries: 3 });
    process.tell('start');
    for (const waitMs of [1000, 2000, 3000]) {
      process.child.exits(exited(1));
      expect(process.state).toBe('BACKOFF');
      const attempts = process.children.all.length;
      process.pass(waitMs - 1);
      expect(process.children.all).toHaveLength(attempts);
      process.pass(1);
      expect(process.children.all).toHaveLength(attempts + 1);
      expect(process.state).toBe('STARTING');
    }
    process.child.exits(exited(1));
    expect(process.state).toBe('FATAL');
    process.pass(100_000);
    expect(process.children.all).toHaveLength(4);
  });

  test('with startretries=0 the first failed start is FATAL', () => {
    const process = supervise({ startRetries: 0 });
    process.tell('start');
    process.child.exits(exited(0));
    expect(process.state).toBe('FATAL');
    expect(process.announced).toEqual(['STARTING', 'BACKOFF', 'FATAL']);
  });

  test('a command that cannot be spawned is retried as one that exits at once', () => {
    const process = supervise({ startRetries: 1 });
    process.children.onAsked = (child) => child.failsToSpawn(noCommand);
    process.tell('start');
    expect(process.state).toBe('BACKOFF');
    expect(process.context).toMatchObject({ spawnError: noCommand, pid: 0, startedAt: beginning, stoppedAt: 0 });
    process.pass(1000);
    expect(process.state).toBe('FATAL');
    expect(process.context).toMatchObject({ spawnError: noCommand, startedAt: beginning + 1000 });
    expect(process.outputs.opened).toBe(0);
  });

  test('a stop and a start during the retries continue the old count', () => {
    const process = supervise({ startRetries: 1 });
    process.tell('start');
    process.child.exits(exited(1));
    process.tell('stop', 'start');
    expect(process.context.failures).toBe(1);
    process.child.exits(exited(1));
    expect(process.state).toBe('FATAL');
  });

  test('a stop while STARTING leaves the count as it is', () => {
    const process = supervise();
    process.tell('start');
    process.child.exits(exited(1));
    process.pass(1000);
    process.tell('stop');
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.context.failures).toBe(1);
  });

  test('RUNNING forgets the failed starts', () => {
    const process = supervise({ startRetries: 1 });
    process.tell('start');
    process.child.exits(exited(1));
    process.pass(1000);
    process.pass(1000);
    expect(process.state).toBe('RUNNING');
    expect(process.context.failures).toBe(0);
  });

  test('FATAL forgets the failed starts, so that a start begins anew', () => {
    const process = supervise({ startRetries: 1 });
    process.children.onAsked = (child) => child.failsToSpawn(noCommand);
    process.tell('start');
    process.pass(1000);
    expect(process.state).toBe('FATAL');
    expect(process.context.failures).toBe(0);
    process.tell('start');
    expect(process.state).toBe('BACKOFF');
  });
});

describe('a start request', () => {
  test('spawns nothing while a child lives, a retry is due or a stop is under way', () => {
    const process = supervise();
    process.tell('start', 'start');
    process.pass(1000);
    process.tell('start');
    expect(process.state).toBe('RUNNING');
    process.tell('stop', 'start');
    expect(process.state).toBe('STOPPING');
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.children.all).toHaveLength(1);

    const failing = supervise();
    failing.tell('start');
    failing.child.exits(exited(1));
    failing.tell('start');
    expect(failing.state).toBe('BACKOFF');
    expect(failing.children.all).toHaveLength(1);
  });

  test.each([
    ['STOPPED', 0],
    ['EXITED', 1],
    ['FATAL', 1],
  ] as const)('spawns in %s', (state, before) => {
    const process = supervise({ autorestart: 'never', startRetries: 0 });
    if (state === 'EXITED') {
      process.tell('start');
      process.pass(1000);
      process.child.exits(exited(0));
    } else if (state === 'FATAL') {
      process.tell('start');
      process.child.exits(exited(0));
    }
    expect(process.state).toBe(state);
    process.tell('start');
    expect(process.state).toBe('STARTING');
    expect(process.children.all).toHaveLength(before + 1);
  });

  test('forgets the spawn error, the exit and the pid of the last attempt', () => {
    const process = supervise({ autorestart: 'never' });
    process.tell('start');
    process.pass(1000);
    process.child.closesStdin();
    process.child.exits(exited(7));
    expect(process.context).toMatchObject({
      spawnError: 'Bad exit code 7',
      lastExit: exited(7),
      pid: 101,
      stdinClosed: true,
    });
    process.children.onAsked = () => {};
    process.tell('start');
    expect(process.context).toMatchObject({ spawnError: '', lastExit: null, pid: 0, stdinClosed: false });
  });
});

describe('outputs', () => {
  test('both channels are open as long as the child lives', () => {
    const process = supervise();
    process.tell('start');
    expect(process.outputs.open).toEqual([
      { channel: 'stdout', source: { channel: 'stdout' } },
      { channel: 'stderr', source: { channel: 'stderr' } },
    ]);
    process.tell('stop');
    expect(process.outputs.open).toHaveLength(2);
    process.child.exits(signalled('SIGTERM'));
    expect(process.outputs.open).toEqual([]);
  });

  test('with redirect_stderr there is no channel for stderr', () => {
    const process = supervise({ redirectStderr: true });
    process.tell('start');
    expect(process.outputs.open.map(({ channel }) => channel)).toEqual(['stdout']);
  });

  test('a restart opens them anew', () => {
    const process = supervise({ autorestart: 'always' });
    process.tell('start');
    process.pass(1000);
    process.child.exits(exited(0));
    expect(process.outputs.opened).toBe(4);
    expect(process.outputs.open).toHaveLength(2);
  });
});
