import { describe, expect, test } from 'vitest';
import { type ProcessState, processStates } from '../../src/model/process-state.ts';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

/** Outcome of a start in each state, with and without waiting; `…` = waits. */
const inState: Readonly<Record<ProcessState, readonly [waiting: string, at_once: string]>> = {
  STOPPED: ['…', 'true'],
  EXITED: ['…', 'true'],
  FATAL: ['…', 'true'],
  STARTING: ['ALREADY_STARTED: p', 'ALREADY_STARTED: p'],
  RUNNING: ['ALREADY_STARTED: p', 'ALREADY_STARTED: p'],
  BACKOFF: ['ALREADY_STARTED: p', 'ALREADY_STARTED: p'],
  STOPPING: ['ABNORMAL_TERMINATION: p', 'ABNORMAL_TERMINATION: p'],
  UNKNOWN: ['FAILED: p is in an unknown process state', 'FAILED: p is in an unknown process state'],
};

/** Lets everything happen that is not waiting for a change of state. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('startProcess', () => {
  test.each(processStates)('in %s', async (state) => {
    const [waiting, atOnce] = inState[state];
    const first = createBench(lone('p', state));
    expect(await Promise.race([outcomeOf(first.call('supervisor.startProcess', 'p')), settle().then(() => '…')])).toBe(
      waiting,
    );
    expect(first.process('p').starts).toBe(waiting === '…' ? 1 : 0);
    const second = createBench(lone('p', state));
    expect(await outcomeOf(second.call('supervisor.startProcess', 'p', false))).toBe(atOnce);
    expect(second.process('p').listenerCount).toBe(0);
  });

  test.each(processStates)('in %s a command that is not there is told first', async (state) => {
    const { call, process } = createBench(lone('p', state));
    process('p').problem = { kind: 'not-found', text: "can't find command '/nope'" };
    expect(await outcomeOf(call('supervisor.startProcess', 'p'))).toBe("NO_FILE: can't find command '/nope'");
    process('p').problem = { kind: 'not-executable', text: 'command is empty' };
    expect(await outcomeOf(call('supervisor.startProcess', 'p'))).toBe('NOT_EXECUTABLE: command is empty');
    expect(process('p').starts).toBe(0);
  });

  test.each<[readonly ProcessState[], string]>([
    [['STARTING', 'RUNNING'], 'true'],
    [['STARTING', 'RUNNING', 'EXITED'], 'true'],
    [['STARTING', 'BACKOFF'], 'SPAWN_ERROR: p'],
    [['STARTING', 'BACKOFF', 'FATAL'], 'SPAWN_ERROR: p'],
    [['STARTING', 'BACKOFF', 'STARTING', 'RUNNING'], 'SPAWN_ERROR: p'],
    [['STARTING', 'STOPPING'], 'ABNORMAL_TERMINATION: p'],
    [['STARTING', 'UNKNOWN'], 'ABNORMAL_TERMINATION: p'],
    [['STARTING', 'EXITED'], 'ABNORMAL_TERMINATION: p'],
  ])('waiting, %j answers %s', async (states, outcome) => {
    const later = createBench(lone('p'));
    later.process('p').startScript = [];
    const answer = outcomeOf(later.call('supervisor.startProcess', 'p'));
    await settle();
    for (const state of states) later.process('p').enter(state);
    expect(await answer).toBe(outcome);
    expect(later.process('p').listenerCount).toBe(0);

    const atOnce = createBench(lone('p'));
    atOnce.process('p').startScript = states;
    expect(await outcomeOf(atOnce.call('supervisor.startProcess', 'p'))).toBe(outcome);
  });

  test('without waiting a start that fails at once is a spawn error', async () => {
    const { call, process } = createBench(lone('p'));
    process('p').startScript = ['STARTING', 'BACKOFF'];
    expect(await outcomeOf(call('supervisor.startProcess', 'p', false))).toBe('SPAWN_ERROR: p');
  });

  test('the refusal while stopping is logged', async () => {
    const { call, control } = createBench(groupOf('g', { p: 'STOPPING' }));
    await outcomeOf(call('supervisor.startProcess', 'g:p'));
    expect(control.lines).toEqual(["warn process 'p' already running"]);
  });

  test('a wait ends with its connection, and leaves nothing on the process', async () => {
    const { call, process, session } = createBench(lone('p'));
    const answer = outcomeOf(call('supervisor.startProcess', 'p'));
    session.close();
    expect(await answer).toBe('FAILED: the connection ended while p was starting');
    expect(process('p').listenerCount).toBe(0);
  });

  test('many waits register with the connection only once', async () => {
    const { call, process, session } = createBench(lone('p'));
    for (let round = 0; round < 50; round += 1) {
      const answer = call('supervisor.startProcess', 'p');
      process('p').enter('RUNNING');
      await answer;
      process('p').enter('EXITED');
    }
    expect(session.releaseCount).toBe(1);
  });

  test.each(['nope', 'g', 'g:nope', 'nope:*', 'nope:', ':', ''])('%j is a bad name', async (name) => {
    const { call } = createBench(groupOf('g', { p: 'STOPPED' }));
    expect(await outcomeOf(call('supervisor.startProcess', name))).toBe(`BAD_NAME: ${name}`);
  });

  test.each(['g:*', 'g:'])('%s starts the group', async (name) => {
    const { call } = createBench(groupOf('g', { p: 'STOPPED', q: 'RUNNING' }));
    expect(await call('supervisor.startProcess', name, false)).toEqual([
      { name: 'p', group: 'g', status: 80, description: 'OK' },
    ]);
  });
});

describe('batches of starts', () => {
  test('start all before waiting, and answer in the order of completion, immediate outcomes first', async () => {
    const { call, process } = createBench(
      groupOf('g', { a: 'STOPPED', b: 'STOPPED', c: 'RUNNING', d: 'UNKNOWN', e: 'STOPPED', f: 'BACKOFF' }),
    );
    process('e').problem = { kind: 'not-found', text: "can't find command '/nope'" };
    const answer = call('supervisor.startProcessGroup', 'g');
    expect([process('a').starts, process('b').starts]).toEqual([1, 1]);
    process('b').enter('BACKOFF');
    await settle();
    process('a').enter('RUNNING');
    expect(await answer).toEqual([
      { name: 'd', group: 'g', status: 30, description: 'FAILED: g:d is in an unknown process state' },
      { name: 'e', group: 'g', status: 20, description: "NO_FILE: can't find command '/nope'" },
      { name: 'b', group: 'g', status: 50, description: 'SPAWN_ERROR: g:b' },
      { name: 'a', group: 'g', status: 80, description: 'OK' },
    ]);
  });

  test('cover every group, in boot order', async () => {
    const { call } = createBench(lone('z', 'STOPPED', 1), groupOf('g', { a: 'EXITED' }), lone('p', 'RUNNING'));
    expect(await call('supervisor.startAllProcesses', false)).toEqual([
      { name: 'z', group: 'z', status: 80, description: 'OK' },
      { name: 'a', group: 'g', status: 80, description: 'OK' },
    ]);
  });

  test('of nothing answer an empty list', async () => {
    const { call } = createBench(groupOf('g', { a: 'RUNNING' }));
    expect(await call('supervisor.startProcessGroup', 'g')).toEqual([]);
    expect(await outcomeOf(call('supervisor.startProcessGroup', 'nope'))).toBe('BAD_NAME: nope');
    expect(await outcomeOf(call('supervisor.startProcessGroup', 'g:*'))).toBe('BAD_NAME: g:*');
  });
});
