import { describe, expect, test } from 'vitest';
import { startPool } from './pool-bench.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

/** A pool of one listener that is READY, or BUSY when an event is raised. */
function readyListener(...options: Parameters<typeof startPool>) {
  const pool = startPool(...options);
  const listener = pool.listener(0);
  listener.getsReady();
  return { pool, listener };
}

describe('the conversation', () => {
  test('goes from ACKNOWLEDGED through READY and BUSY back to ACKNOWLEDGED', () => {
    const pool = startPool();
    const listener = pool.listener(0);
    expect(listener.state).toBe('ACKNOWLEDGED');
    listener.getsReady();
    expect(listener.state).toBe('READY');
    pool.raise();
    expect(listener.state).toBe('BUSY');
    listener.writes('RESULT 2\nOK');
    expect(listener.state).toBe('ACKNOWLEDGED');
    expect(pool.reports).toEqual([
      'change ACKNOWLEDGED READY',
      'sent 0',
      'accepted true 0',
      'change BUSY ACKNOWLEDGED',
    ]);
  });

  test('understands tokens in any pieces', () => {
    const { pool, listener } = readyListener();
    pool.raise(2);
    for (const character of 'RESULT 2\nOKREADY\nRESULT 2\nOK') listener.writes(character);
    expect(listener.received).toEqual([0, 1]);
    expect(listener.state).toBe('ACKNOWLEDGED');
  });

  test('a listener whose process is STOPPING is given nothing, but its answer still counts', () => {
    const { pool, listener } = readyListener();
    pool.raise(2);
    listener.tell('child.down');
    listener.writes('RESULT 2\nOKREADY\n');
    expect(listener.state).toBe('READY');
    expect(listener.received).toEqual([0]);
    expect(pool.waiting).toEqual([1]);
  });

  test('a listener whose program has ended is given nothing that would get to its successor', () => {
    const { pool, listener } = readyListener();
    pool.raise(2);
    // The last words of a program are read after its end.
    listener.tell('child.down');
    listener.writes('RESULT 2\nOKREADY\n');
    listener.tell('child.ended', 'child.starting', 'child.up');
    expect(listener.received).toEqual([0]);
    listener.writes('READY\n');
    expect(listener.received).toEqual([0, 1]);
  });

  test('begins anew with each process', () => {
    const { pool, listener } = readyListener();
    listener.writes('REA');
    listener.tell('child.ended', 'child.starting');
    expect(listener.state).toBe('ACKNOWLEDGED');
    listener.tell('child.up');
    listener.writes('READY\n');
    pool.raise();
    expect(listener.received).toEqual([0]);
  });

  test('an event that its process did not read to the end is given to somebody else, and the listener stays READY', () => {
    const { pool, listener } = readyListener();
    pool.raise();
    listener.tell('child.stdinClosed');
    expect(listener.state).toBe('READY');
    expect(pool.waiting).toEqual([0]);
    expect(pool.reports).toContain('closed 0');
  });
});

describe('a listener that outlives the daemon', () => {
  test('and was READY is given the next event', () => {
    const pool = startPool({ past: { state: 'READY', up: true } });
    const listener = pool.listener(0);
    expect(listener.state).toBe('READY');
    pool.raise(2);
    expect(listener.received).toEqual([0]);
    listener.writes('RESULT 2\nOKREADY\n');
    expect(listener.received).toEqual([0, 1]);
  });

  test('and was READY before it was RUNNING is given nothing until it is', () => {
    const pool = startPool({ past: { state: 'READY', up: false } });
    pool.raise();
    expect(pool.listener(0).received).toEqual([]);
    pool.listener(0).tell('child.up');
    expect(pool.listener(0).received).toEqual([0]);
  });

  test('and was ACKNOWLEDGED has to say READY', () => {
    const pool = startPool({ past: { state: 'ACKNOWLEDGED', up: true } });
    pool.raise();
    expect(pool.listener(0).received).toEqual([]);
    pool.listener(0).writes('READY\n');
    expect(pool.listener(0).received).toEqual([0]);
  });

  test.each([
    ['OK', true],
    ['FAIL', false],
  ])('and was BUSY has answered %s to an event that nobody knows any more, and goes on', (body, accepted) => {
    const pool = startPool({ past: { state: 'BUSY', up: true } });
    const listener = pool.listener(0);
    expect(listener.state).toBe('BUSY');
    pool.raise();
    expect(listener.received).toEqual([]);
    listener.writes(`RESULT ${body.length}\n${body}`);
    expect(listener.state).toBe('ACKNOWLEDGED');
    expect(pool.reports).toEqual([`accepted ${accepted} null`, 'change BUSY ACKNOWLEDGED']);
    expect(pool.waiting).toEqual([0]);
    listener.writes('READY\n');
    expect(listener.received).toEqual([0]);
  });

  test.each(['READY', 'BUSY'] as const)('and was %s begins anew with its next process', (state) => {
    const pool = startPool({ past: { state, up: true } });
    const listener = pool.listener(0);
    listener.tell('child.ended', 'child.starting', 'child.up');
    expect(listener.state).toBe('ACKNOWLEDGED');
    pool.raise();
    listener.writes('READY\n');
    expect(listener.received).toEqual([0]);
  });
});

describe('breaking the protocol', () => {
  test.each([
    ['something else than READY', 'hello\n', 0, 'violation hello\n true'],
    ['anything while READY', 'READY\nhello', 0, 'violation hello true'],
  ])('%s leads to UNKNOWN, with a report of what was written', (_, written, raised, report) => {
    const pool = startPool();
    const listener = pool.listener(0);
    listener.tell('child.starting', 'child.up');
    pool.raise(raised);
    listener.writes(written);
    expect(listener.state).toBe('UNKNOWN');
    expect(pool.reports.at(-1)).toBe(report);
  });

  test('a result without a length returns the event', () => {
    const { pool, listener } = readyListener();
    pool.raise();
    listener.writes('done\n');
    expect(listener.state).toBe('UNKNOWN');
    expect(pool.waiting).toEqual([0]);
    expect(pool.reports.slice(2)).toEqual([
      'bad result done',
      'change BUSY UNKNOWN',
      'violation done\n true',
      'rebuffering 0 0 10',
    ]);
  });

  test('has its process stopped and started, and then all is well again', () => {
    const { pool, listener } = readyListener();
    listener.writes('hello');
    pool.pass(0);
    expect(listener.asked).toEqual(['process.stop']);
    listener.writes('READY\n');
    expect(listener.state).toBe('UNKNOWN');
    listener.tell('child.down', 'child.ended');
    expect(listener.asked).toEqual(['process.stop', 'process.start']);
    listener.getsReady();
    pool.raise();
    expect(listener.received).toEqual([0]);
  });

  test('again and again has it restarted ever later, until it gives a result', () => {
    const { pool, listener } = readyListener();
    const restartAfter = (milliseconds: number): void => {
      listener.writes('hello');
      const before = listener.asked.length;
      if (milliseconds > 0) pool.pass(milliseconds - 1);
      expect(listener.asked.length).toBe(before);
      pool.pass(milliseconds > 0 ? 1 : 0);
      expect(listener.asked.slice(before)).toEqual(['process.stop']);
      listener.tell('child.ended');
      listener.getsReady();
    };
    for (const seconds of [0, 1, 2, 3]) restartAfter(seconds * 1000);
    for (let time = 0; time < 60; time += 1) {
      listener.writes('hello');
      pool.pass(60_000);
      listener.tell('child.ended');
      listener.getsReady();
    }
    restartAfter(60_000);
    pool.raise();
    listener.writes('RESULT 2\nOKREADY\n');
    restartAfter(0);
  });

  test('is left at that when the process may not be restarted, or was stopped meanwhile', () => {
    const never = readyListener({ process: { autorestart: 'never' } });
    never.listener.writes('hello');
    never.pool.pass(100_000);
    expect(never.pool.reports.at(-1)).toBe('violation hello false');
    expect(never.listener.asked).toEqual([]);
    expect(never.listener.state).toBe('UNKNOWN');

    const stopped = readyListener();
    stopped.listener.writes('hello');
    stopped.listener.tell('child.down', 'child.ended');
    stopped.pool.pass(100_000);
    expect(stopped.listener.asked).toEqual([]);
    expect(stopped.listener.state).toBe('ACKNOWLEDGED');
  });
});
