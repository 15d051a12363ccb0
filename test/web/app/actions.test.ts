import { describe, expect, test } from 'vitest';
import { processStates } from '../../../src/model/process-state.ts';
import { act, actions, isOffered, mayAct } from '../../../src/web/app/actions.ts';
import { stateNameOf, statesByNeed } from '../../../src/web/app/state-style.ts';

/** Answers each call with the next of the replies. */
function caller(...replies: readonly unknown[]) {
  const calls: unknown[] = [];
  const left = [...replies];
  return {
    calls,
    call: async (method: string, ...params: readonly unknown[]) => {
      calls.push([method, ...params]);
      return left.shift();
    },
  };
}

describe('actions', () => {
  test('are offered where they would change something', () => {
    const offered = Object.fromEntries(
      processStates.map((state) => [state, actions.filter((action) => isOffered(action, state)).join(' ')]),
    );
    expect(offered).toEqual({
      STOPPED: 'start',
      STARTING: 'stop',
      RUNNING: 'stop restart',
      BACKOFF: 'stop',
      STOPPING: '',
      EXITED: 'start',
      FATAL: 'start',
      UNKNOWN: 'start',
    });
  });

  test('are for those whose role allows them', () => {
    expect([null, 'view', 'operate', 'admin'].map((role) => mayAct(role as Parameters<typeof mayAct>[0]))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test('on a group tell for which programs they failed', async () => {
    const link = caller(
      [{ name: 'a', status: 80, description: 'OK' }],
      [
        { name: 'a', status: 50, description: 'SPAWN_ERROR' },
        { name: 'b', status: 80, description: 'OK' },
      ],
    );
    expect(await act(link, 'restart', { kind: 'group', name: 'jobs' })).toEqual(['a: SPAWN_ERROR']);
    expect(link.calls).toEqual([
      ['supervisor.stopProcessGroup', 'jobs'],
      ['supervisor.startProcessGroup', 'jobs'],
    ]);
  });

  test('on everything name nobody', async () => {
    const link = caller([]);
    expect(await act(link, 'stop', { kind: 'all' })).toEqual([]);
    expect(link.calls).toEqual([['supervisor.stopAllProcesses']]);
  });
});

describe('states', () => {
  test('are all shown, and known by the capitals in a path', () => {
    expect([...statesByNeed].toSorted()).toEqual([...processStates].toSorted());
    expect(['alive.STARTING.proving', 'alive.UNKNOWN', 'FATAL', 'alive', ''].map(stateNameOf)).toEqual([
      'STARTING',
      'UNKNOWN',
      'FATAL',
      null,
      null,
    ]);
  });
});
