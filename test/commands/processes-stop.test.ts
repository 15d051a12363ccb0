import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isRunning, type ProcessState, processStates } from '../../src/model/process-state.ts';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('stopProcess', () => {
  test.each(processStates)('in %s', async (state) => {
    const { call, process } = createBench(lone('p', state));
    const expected = isRunning(state) ? 'true' : 'NOT_RUNNING: p';
    expect(await outcomeOf(call('supervisor.stopProcess', 'p', false))).toBe(expected);
    // In EXITED a restart may be due; it is declined.
    expect(process('p').stops).toBe(isRunning(state) || state === 'EXITED' ? 1 : 0);
    expect(process('p').listenerCount).toBe(0);
  });

  test('waiting, answers when the exit is seen', async () => {
    const { call, process } = createBench(lone('p', 'RUNNING'));
    let answered = false;
    const answer = call('supervisor.stopProcess', 'p').then((result) => {
      answered = true;
      return result;
    });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(answered).toBe(false);
    process('p').enter('STOPPED');
    expect(await answer).toBe(true);
    expect(process('p').listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a process between retries is stopped at once', async () => {
    const { call, process, control } = createBench(lone('p', 'BACKOFF'));
    process('p').stopScript = ['STOPPED'];
    expect(await call('supervisor.stopProcess', 'p')).toBe(true);
    expect(control.lines).toEqual([]);
  });

  test.each<readonly ProcessState[]>([['UNKNOWN'], ['STOPPING', 'UNKNOWN']])(
    'a stop signal that cannot be sent is a failure',
    async (...states) => {
      for (const waits of [true, false]) {
        const { call, process } = createBench(groupOf('g', { p: 'RUNNING' }));
        process('p').stopScript = states;
        const outcome = await outcomeOf(call('supervisor.stopProcess', 'g:p', waits));
        expect(outcome).toBe('FAILED: unknown problem killing p (4711)');
      }
    },
  );

  test('whom a client waits for is logged at once and every two seconds', async () => {
    const { call, process, control } = createBench(groupOf('g', { p: 'RUNNING' }));
    const answer = call('supervisor.stopProcess', 'g:p');
    expect(control.lines).toEqual(['info waiting for p to stop']);
    await vi.advanceTimersByTimeAsync(1999);
    expect(control.lines).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(control.lines).toHaveLength(2);
    process('p').enter('STOPPED');
    await answer;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(control.lines).toHaveLength(2);
  });

  test('a wait ends with its connection', async () => {
    const { call, session } = createBench(lone('p', 'RUNNING'));
    const answer = outcomeOf(call('supervisor.stopProcess', 'p'));
    session.close();
    expect(await answer).toBe('FAILED: the connection ended while p was stopping');
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(['nope', 'g', 'g:nope', 'nope:*'])('%j is a bad name', async (name) => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
    expect(await outcomeOf(call('supervisor.stopProcess', name))).toBe(`BAD_NAME: ${name}`);
  });
});

describe('batches of stops', () => {
  test('concern what runs, and answer in the order in which it ended', async () => {
    const { call, process } = createBench(
      lone('a', 'RUNNING'),
      groupOf('g', { b: 'STARTING', c: 'STOPPING', d: 'EXITED', e: 'BACKOFF' }),
    );
    process('e').stopScript = ['STOPPED'];
    const answer = call('supervisor.stopAllProcesses');
    expect(process('b').stops).toBe(1);
    process('b').enter('STOPPED');
    await vi.advanceTimersByTimeAsync(0);
    process('a').enter('STOPPED');
    expect(await answer).toEqual([
      { name: 'e', group: 'g', status: 80, description: 'OK' },
      { name: 'b', group: 'g', status: 80, description: 'OK' },
      { name: 'a', group: 'a', status: 80, description: 'OK' },
    ]);
  });

  test('of a stopped group answer an empty list, and decline restarts that are due', async () => {
    const { call, process } = createBench(groupOf('g', { a: 'STOPPED', b: 'EXITED' }));
    expect(await call('supervisor.stopProcess', 'g:*')).toEqual([]);
    expect(process('b').stops).toBe(1);
    expect(await outcomeOf(call('supervisor.stopProcessGroup', 'nope'))).toBe('BAD_NAME: nope');
  });
});
