import { describe, expect, test } from 'vitest';
import { type EventFrom, initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { GroupReport, ProcessPast } from '../../machines/events.ts';
import { groupMachine } from '../../machines/group.machine.ts';
import { supervisorMachine } from '../../machines/supervisor.machine.ts';
import { fakeParent } from '../helpers/fake-actors.ts';
import { sampleGroup } from '../helpers/spec-samples.ts';
import { statePath } from './process-snapshots.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type GroupEvent = EventFrom<typeof groupMachine>;
type SupervisorEvent = EventFrom<typeof supervisorMachine>;

describe('the group machine', () => {
  const samples = {
    'group.quiesce': { type: 'group.quiesce' },
    'group.drain': { type: 'group.drain' },
    'process.drained': { type: 'process.drained', name: 'web' },
    'xstate.error.actor.web:web': {
      type: 'xstate.error.actor.web:web',
      error: new Error('defect'),
      actorId: 'web:web',
    },
  } as const satisfies Record<string, GroupEvent>;
  type Sample = keyof typeof samples;

  const ways = {
    active: [],
    draining: ['group.drain'],
    drained: ['group.drain', 'process.drained'],
  } as const satisfies Record<string, readonly Sample[]>;
  type State = keyof typeof ways;

  const cells: Readonly<Record<State, Partial<Record<Sample, State>>>> = {
    active: { 'group.quiesce': 'active', 'group.drain': 'draining', 'xstate.error.actor.web:web': 'active' },
    draining: { 'process.drained': 'drained', 'xstate.error.actor.web:web': 'drained' },
    drained: { 'xstate.error.actor.web:web': 'drained' },
  };

  const snapshotIn = (state: State): SnapshotFrom<typeof groupMachine> => {
    const input = { spec: sampleGroup('web', ['web']), parent: fakeParent<GroupReport>().ref };
    const way: readonly Sample[] = ways[state];
    return way.reduce(
      (snapshot, name) => transition(groupMachine, snapshot, samples[name])[0],
      initialTransition(groupMachine, input)[0],
    );
  };

  const rows = (Object.keys(ways) as State[]).flatMap((state) =>
    (Object.keys(samples) as Sample[]).map((name) => [state, name, cells[state][name]] as const),
  );

  test.each(rows)('in %s, %s leads to %s', (state, name, expected) => {
    const before = snapshotIn(state);
    expect(statePath(before.value)).toBe(state);
    expect(before.can(samples[name])).toBe(expected !== undefined);
    expect(statePath(transition(groupMachine, before, samples[name])[0].value)).toBe(expected ?? state);
  });

  test('the failure of an actor that is no process changes nothing', () => {
    const failure = { type: 'xstate.error.actor.pool', error: new Error('defect'), actorId: 'pool' } as const;
    expect(statePath(transition(groupMachine, snapshotIn('draining'), failure)[0].value)).toBe('draining');
  });
});

describe('the supervisor machine', () => {
  const samples = {
    'supervisor.boot': { type: 'supervisor.boot' },
    'supervisor.shutdown': { type: 'supervisor.shutdown' },
    'supervisor.restart': { type: 'supervisor.restart' },
    'group.add': { type: 'group.add', spec: sampleGroup('new', []) },
    'group.remove': { type: 'group.remove', name: 'web' },
    'group.drained': { type: 'group.drained', name: 'web' },
    'xstate.error.actor.web': { type: 'xstate.error.actor.web', error: new Error('defect'), actorId: 'web' },
  } as const satisfies Record<string, SupervisorEvent>;
  type Sample = keyof typeof samples;

  const ways = {
    'idle.wanted': [],
    running: ['supervisor.boot'],
    'stopping.waiting': ['supervisor.boot', 'supervisor.shutdown'],
    halted: ['supervisor.boot', 'supervisor.shutdown', 'group.drained'],
  } as const satisfies Record<string, readonly Sample[]>;
  type State = keyof typeof ways;

  const cells: Readonly<Record<State, Partial<Record<Sample, State>>>> = {
    'idle.wanted': {
      'supervisor.boot': 'running',
      'supervisor.shutdown': 'halted',
      'supervisor.restart': 'halted',
      'xstate.error.actor.web': 'idle.wanted',
    },
    running: {
      'supervisor.shutdown': 'stopping.waiting',
      'supervisor.restart': 'stopping.waiting',
      'group.add': 'running',
      'group.remove': 'running',
      'xstate.error.actor.web': 'running',
    },
    'stopping.waiting': {
      'supervisor.shutdown': 'stopping.waiting',
      'group.drained': 'halted',
      'xstate.error.actor.web': 'halted',
    },
    halted: { 'xstate.error.actor.web': 'halted' },
  };

  const snapshotIn = (state: State): SnapshotFrom<typeof supervisorMachine> => {
    const way: readonly Sample[] = ways[state];
    return way.reduce(
      (snapshot, name) => transition(supervisorMachine, snapshot, samples[name])[0],
      initialTransition(supervisorMachine, { groups: [sampleGroup('web', ['web'])], exitWhen: 'never' })[0],
    );
  };

  const rows = (Object.keys(ways) as State[]).flatMap((state) =>
    (Object.keys(samples) as Sample[]).map((name) => [state, name, cells[state][name]] as const),
  );

  test.each(rows)('in %s, %s leads to %s', (state, name, expected) => {
    const before = snapshotIn(state);
    expect(statePath(before.value)).toBe(state);
    expect(before.can(samples[name])).toBe(expected !== undefined);
    expect(statePath(transition(supervisorMachine, before, samples[name])[0].value)).toBe(expected ?? state);
  });

  test.each(['shutdown', 'restart'] as const)(
    'a %s before the boot takes over what still runs, and then stops it',
    (intent) => {
      const web: ProcessPast = {
        state: 'STOPPED',
        pid: 0,
        startedAt: 1,
        stoppedAt: 2,
        failures: 0,
        lastExit: { kind: 'unseen' },
        spawnError: '',
        restartDeclined: false,
        listener: null,
        child: null,
      };
      const past = { at: 3, groups: new Map([['web', new Map([['web', web]])]]) };
      const input = { groups: [sampleGroup('web', ['web'])], exitWhen: 'never', past } as const;
      const [idle] = initialTransition(supervisorMachine, input);
      const [unwanted] = transition(supervisorMachine, idle, { type: `supervisor.${intent}` });
      expect(statePath(unwanted.value)).toBe('idle.unwanted');
      expect(unwanted.can({ type: 'supervisor.restart' })).toBe(false);
      const [stopping] = transition(supervisorMachine, unwanted, { type: 'supervisor.boot' });
      expect([statePath(stopping.value), stopping.context.intent]).toEqual(['stopping.waiting', intent]);
      expect(stopping.context.groups.size).toBe(1);
      const [ending] = transition(supervisorMachine, unwanted, { type: 'supervisor.shutdown' });
      expect([statePath(ending.value), ending.context.intent]).toEqual(['idle.unwanted', 'shutdown']);
    },
  );

  test('a report of a group that is not waited for changes nothing', () => {
    const [after] = transition(supervisorMachine, snapshotIn('stopping.waiting'), {
      type: 'group.drained',
      name: 'other',
    });
    expect(statePath(after.value)).toBe('stopping.waiting');
  });
});
