import { describe, expect, test } from 'vitest';
import { parseSignal } from '../../src/commands/signal.ts';
import { isSignallable, processStates } from '../../src/model/process-state.ts';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

describe('signal names', () => {
  test.each<[string, number]>([
    ['HUP', 1],
    ['hup', 1],
    ['SIGHUP', 1],
    [' sigcont ', 18],
    ['15', 15],
    [' 15 ', 15],
    ['0', 0],
    ['CLD', 17],
    ['RTMIN', 34],
    ['64', 64],
  ])('%j is signal %i', (text, number) => {
    expect(parseSignal(text)?.number).toBe(number);
  });

  test.each(['', 'FOO', 'SIG', '40', '65', '-1', '1.5', '0x9', 'toString'])('%j is no signal', (text) => {
    expect(parseSignal(text)).toBeNull();
  });
});

describe('signalProcess', () => {
  test.each(processStates)('in %s', async (state) => {
    const { call, process } = createBench(lone('p', state));
    const outcome = await outcomeOf(call('supervisor.signalProcess', 'p', 'usr1'));
    expect(outcome).toBe(isSignallable(state) ? 'true' : 'NOT_RUNNING: p');
    expect(process('p').signals).toEqual(isSignallable(state) ? [{ name: 'SIGUSR1', number: 10 }] : []);
    // The signal is judged before the state.
    expect(await outcomeOf(call('supervisor.signalProcess', 'p', 'FOO'))).toBe('BAD_SIGNAL: FOO');
  });

  test.each([15, 15n, '15', 15.5])('%o is SIGTERM', async (signal) => {
    const { call, process } = createBench(lone('p', 'RUNNING'));
    expect(await call('supervisor.signalProcess', 'p', signal)).toBe(true);
    expect(process('p').signals).toEqual([{ name: 'SIGTERM', number: 15 }]);
  });

  test('a process that is already gone counts as signalled', async () => {
    const { call, process } = createBench(lone('p', 'RUNNING'));
    process('p').signalOutcome = { kind: 'gone' };
    expect(await call('supervisor.signalProcess', 'p', 'TERM')).toBe(true);
  });

  test('a signal that cannot be sent is a failure with its reason', async () => {
    const { call, process } = createBench(lone('p', 'RUNNING'));
    process('p').signalOutcome = { kind: 'failed', text: 'unknown problem sending sig p (4711): EPERM' };
    expect(await outcomeOf(call('supervisor.signalProcess', 'p', 'TERM'))).toBe(
      'FAILED: unknown problem sending sig p (4711): EPERM',
    );
  });

  test('a bad name is told before a bad signal', async () => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
    expect(await outcomeOf(call('supervisor.signalProcess', 'g', 'FOO'))).toBe('BAD_NAME: g');
    expect(await outcomeOf(call('supervisor.signalProcess', 'nope:*', 'FOO'))).toBe('BAD_NAME: nope:*');
  });
});

describe('batches of signals', () => {
  test.each<[string, readonly unknown[]]>([
    ['signalProcess', ['g:*', 'HUP']],
    ['signalProcessGroup', ['g', 'HUP']],
    ['signalAllProcesses', ['HUP']],
  ])('%s concerns what has an OS process', async (method, params) => {
    const { call, process } = createBench(groupOf('g', { a: 'STARTING', b: 'STOPPED', c: 'STOPPING', d: 'BACKOFF' }));
    process('c').signalOutcome = { kind: 'failed', text: 'no' };
    expect(await call(`supervisor.${method}`, ...params)).toEqual([
      { name: 'a', group: 'g', status: 80, description: 'OK' },
      { name: 'c', group: 'g', status: 30, description: 'FAILED: no' },
    ]);
  });

  test('a bad signal is a failure of each process, not of the call', async () => {
    const { call } = createBench(lone('p', 'RUNNING'), lone('q'));
    expect(await call('supervisor.signalAllProcesses', 'FOO')).toEqual([
      { name: 'p', group: 'p', status: 11, description: 'BAD_SIGNAL: FOO' },
    ]);
    expect(await outcomeOf(call('supervisor.signalProcessGroup', 'nope', 'FOO'))).toBe('BAD_NAME: nope');
  });
});
