import { describe, expect, test } from 'vitest';
import {
  isRunning,
  isSignallable,
  isStopped,
  processStateCodes,
  processStates,
  supervisorStateCodes,
} from '../../src/model/process-state.ts';

describe('the states of a process', () => {
  /** Code, in the stopped set, in the running set, in the signallable set. */
  test.each([
    ['STOPPED', 0, true, false, false],
    ['STARTING', 10, false, true, true],
    ['RUNNING', 20, false, true, true],
    ['BACKOFF', 30, false, true, false],
    ['STOPPING', 40, false, false, true],
    ['EXITED', 100, true, false, false],
    ['FATAL', 200, true, false, false],
    ['UNKNOWN', 1000, true, false, false],
  ] as const)('%s has code %i; stopped: %s, running: %s, signallable: %s', (state, code, ...sets) => {
    expect(processStateCodes[state]).toBe(code);
    expect([isStopped(state), isRunning(state), isSignallable(state)]).toEqual(sets);
  });

  test('are eight, listed in the order of their codes', () => {
    expect(processStates.map((state) => processStateCodes[state])).toEqual([0, 10, 20, 30, 40, 100, 200, 1000]);
  });
});

describe('the moods of the daemon', () => {
  test('have the codes of Supervisor', () => {
    expect(supervisorStateCodes).toEqual({ FATAL: 2, RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 });
  });
});
