import { describe, expect, test } from 'vitest';
import { processStates } from '../../src/model/process-state.ts';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

describe('sendProcessStdin', () => {
  test.each(processStates)('in %s', async (state) => {
    const { call, process } = createBench(lone('p', state));
    const takes = state === 'STARTING' || state === 'RUNNING';
    expect(await outcomeOf(call('supervisor.sendProcessStdin', 'p', 'héllo\n'))).toBe(
      takes ? 'true' : 'NOT_RUNNING: p',
    );
    expect(process('p').written).toEqual(takes ? ['héllo\n'] : []);
  });

  test.each([
    ['closed', 'NO_FILE: p'],
    ['not-running', 'NOT_RUNNING: p'],
  ] as const)('when the pipe is %s answers %s', async (outcome, text) => {
    const { call, process } = createBench(lone('p', 'RUNNING'));
    process('p').writeOutcome = outcome;
    expect(await outcomeOf(call('supervisor.sendProcessStdin', 'p', 'x'))).toBe(text);
  });

  test.each(['nope', 'g', 'g:*'])('%j is a bad name', async (name) => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
    expect(await outcomeOf(call('supervisor.sendProcessStdin', name, 'x'))).toBe(`BAD_NAME: ${name}`);
  });
});

test('a remote event without listeners is accepted', async () => {
  expect(await createBench().call('supervisor.sendRemoteCommEvent', 'type', 'data')).toBe(true);
});
