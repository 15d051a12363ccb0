import { describe, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { Autorestart } from '../../src/model/program-spec.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { beginning, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const running = (autorestart: Autorestart, exitCodes: readonly number[] = [0, 2]) => {
  const process = supervise({ autorestart, exitCodes });
  process.tell('start');
  process.pass(1000);
  return process;
};

describe('autorestart', () => {
  const cases: readonly [Autorestart, string, ExitStatus, 'restarted' | 'left alone'][] = [
    ['always', 'exit 0', exited(0), 'restarted'],
    ['always', 'exit 1', exited(1), 'restarted'],
    ['always', 'SIGKILL', signalled('SIGKILL'), 'restarted'],
    ['never', 'exit 0', exited(0), 'left alone'],
    ['never', 'exit 1', exited(1), 'left alone'],
    ['never', 'SIGKILL', signalled('SIGKILL'), 'left alone'],
    ['unexpected', 'exit 0', exited(0), 'left alone'],
    ['unexpected', 'exit 2', exited(2), 'left alone'],
    ['unexpected', 'exit 1', exited(1), 'restarted'],
    ['unexpected', 'SIGKILL', signalled('SIGKILL'), 'restarted'],
  ];

  test.each(cases)('%s: a process that was RUNNING and ended by %s is %3$s', (autorestart, _, status, outcome) => {
    const process = running(autorestart);
    process.child.exits(status);
    expect(process.announced.slice(2)).toEqual(outcome === 'restarted' ? ['EXITED', 'STARTING'] : ['EXITED']);
    expect(process.children.all).toHaveLength(outcome === 'restarted' ? 2 : 1);
    process.pass(1_000_000);
    expect(process.state).toBe(outcome === 'restarted' ? 'RUNNING' : 'EXITED');
  });

  test('has no delay for a program that ran for a second, and no limit', () => {
    const process = running('always');
    for (let round = 1; round <= 50; round += 1) {
      process.child.exits(exited(1));
      expect(process.state).toBe('STARTING');
      expect(process.children.all).toHaveLength(round + 1);
      process.pass(1000);
    }
  });

  test.each([0, 1, 600, 999])('waits until a second after the start if the program ran for %i ms only', (ranMs) => {
    const process = supervise({ autorestart: 'always', startMs: 0 });
    process.tell('start');
    for (let round = 1; round <= 5; round += 1) {
      process.pass(ranMs);
      process.child.exits(exited(1));
      expect(process.state).toBe('EXITED');
      process.pass(1000 - ranMs - 1);
      expect(process.children.all).toHaveLength(round);
      process.pass(1);
      expect(process.state).toBe('RUNNING');
      expect(process.children.all).toHaveLength(round + 1);
    }
  });

  test('is declined by a stop that comes while it waits, and wanted again after a start', () => {
    const process = supervise({ autorestart: 'always', startMs: 0 });
    process.tell('start');
    process.child.exits(exited(1));
    process.tell('stop');
    process.pass(1_000_000);
    expect(process.state).toBe('EXITED');
    expect(process.children.all).toHaveLength(1);
    process.tell('start');
    process.child.exits(exited(1));
    process.pass(1000);
    expect(process.children.all).toHaveLength(3);
  });

  test('does not apply to a process that was asked to stop', () => {
    const process = running('always');
    process.tell('stop');
    process.child.exits(exited(1));
    expect(process.state).toBe('STOPPED');
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
  });

  test('never brings the old child back to life', () => {
    const process = running('always');
    const first = process.child;
    first.exits(exited(1));
    expect(first).toMatchObject({ stage: 'gone', abandoned: false });
    expect(process.children.living).toEqual([process.child]);
  });
});

describe('an exit from RUNNING', () => {
  test.each([
    ['an expected exit code', exited(2), ''],
    ['an unexpected exit code', exited(3), 'Bad exit code 3'],
    ['a death by signal', signalled('SIGSEGV'), 'Bad exit code -1'],
  ])('by %s leaves status, time and spawnerr behind', (_, status, spawnError) => {
    const process = running('never');
    process.pass(250);
    process.child.exits(status);
    expect(process.context).toMatchObject({
      lastExit: status,
      spawnError,
      pid: 101,
      startedAt: beginning,
      stoppedAt: beginning + 1250,
    });
  });

  test('after a signal sent on request is an ordinary exit', () => {
    const process = running('unexpected');
    process.actor.send({ type: 'process.signal', signal: { name: 'SIGUSR1', number: 10 } });
    expect(process.state).toBe('RUNNING');
    expect(process.child.commands).toEqual([
      { type: 'child.signal', signal: { name: 'SIGUSR1', number: 10 }, toGroup: false, purpose: 'request' },
    ]);
    process.child.exits(signalled('SIGUSR1'));
    expect(process.announced.slice(2)).toEqual(['EXITED', 'STARTING']);
  });
});

describe('input', () => {
  test('reaches the living child, and a closed standard input is noted', () => {
    const process = running('never');
    process.actor.send({ type: 'process.write', bytes: Buffer.from('hello') });
    expect(process.child.commands).toEqual([{ type: 'child.write', bytes: Buffer.from('hello') }]);
    process.child.closesStdin();
    expect(process.context.stdinClosed).toBe(true);
    expect(process.state).toBe('RUNNING');
  });
});
