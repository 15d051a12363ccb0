/** Groups and whole trees at work on a simulated clock, over fake children, with everything they say written down. */

import { createActor, SimulatedClock } from 'xstate';
import type { GroupPast, GroupReport, TreePast } from '../../machines/events.ts';
import { groupMachine, type ProcessRef } from '../../machines/group.machine.ts';
import { processMachine } from '../../machines/process.machine.ts';
import { processState } from '../../machines/selectors.ts';
import { type GroupRef, supervisorMachine } from '../../machines/supervisor.machine.ts';
import type { DaemonEnd, ExitWhen } from '../../src/model/exit-policy.ts';
import type { ProcessState } from '../../src/model/process-state.ts';
import type { GroupSpec } from '../../src/model/program-spec.ts';
import { FakeChildren, FakeOutputs, fakeParent } from '../helpers/fake-actors.ts';
import { samplePast } from './process-snapshots.ts';
import { beginning } from './supervised.ts';

function prepare() {
  const clock = new SimulatedClock();
  clock.set(beginning);
  const children = new FakeChildren(clock);
  const outputs = new FakeOutputs();
  const defects: unknown[] = [];
  const processes = processMachine.provide({
    actors: { child: children.logic, output: outputs.logic },
    actions: { reportDefect: (_, { error }) => defects.push(error) },
  });
  const groups = groupMachine.provide({
    actors: { process: processes },
    actions: {
      reportDefect: (_, { error }) => {
        defects.push(error);
        group.onDefect();
      },
    },
  });
  /** What else happens when a group reports a defect; a throw makes the group itself fail. */
  const group = { onDefect: () => {} };
  return { clock, children, defects, groups, group };
}

/** An event that makes the machine of a living process itself fail, as only a mistake in it could. */
export const poisonedSignal = () =>
  Object.defineProperty({ type: 'process.signal' as const, signal: { name: 'SIGHUP', number: 1 } }, 'signal', {
    get: () => {
      throw new Error('defect');
    },
  });

/** The same for the machine of a STOPPED process. */
export const poisonedPast = () =>
  Object.defineProperty({ type: 'process.resume' as const, past: samplePast(), at: beginning }, 'past', {
    get: () => {
      throw new Error('defect');
    },
  });

const statesOf = (processes: ReadonlyMap<string, ProcessRef>): Record<string, ProcessState> =>
  Object.fromEntries([...processes].map(([name, process]) => [name, processState(process.getSnapshot())]));

/** The member of that name, which the test knows to exist. */
function member<T>(members: ReadonlyMap<string, T>, name: string): T {
  const found = members.get(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

export function superviseGroup(spec: GroupSpec, past: GroupPast | null = null) {
  const { clock, children, defects, groups } = prepare();
  const parent = fakeParent<GroupReport>();
  const actor = createActor(groups, { input: { spec, parent: parent.ref, past }, clock });
  actor.start();
  const { processes } = actor.getSnapshot().context;
  return {
    actor,
    children,
    defects,
    /** What the supervisor was told. */
    reports: parent.reports,
    process: (name: string): ProcessRef => member(processes, name),
    /** State by process name, in order of start. */
    get states(): Record<string, ProcessState> {
      return statesOf(processes);
    },
    pass: (milliseconds: number): void => clock.increment(milliseconds),
  };
}

export interface TreeOptions {
  readonly exitWhen?: ExitWhen;
  /** What an earlier daemon has left. */
  readonly past?: TreePast;
}

/** @param specs - sorted by priority and name, as configuration gives them. */
export function superviseTree(specs: readonly GroupSpec[], { exitWhen = 'never', past }: TreeOptions = {}) {
  const { clock, children, defects, groups, group } = prepare();
  /** Groups and moods as they were announced: `+web`, `-web`, `RUNNING`. */
  const announced: string[] = [];
  const waiting: number[] = [];
  const resumed: string[] = [];
  const attach = (ref: GroupRef): void => {
    for (const [name, process] of ref.getSnapshot().context.processes)
      process.on('process.resumed', ({ state }) => resumed.push(`${ref.id}:${name} ${state}`));
  };
  const ends: (DaemonEnd | null)[] = [];
  const actor = createActor(
    supervisorMachine.provide({
      actors: { group: groups },
      actions: {
        announceGroups: ({ context }, { names, change }) => {
          announced.push(...names.map((name) => `${change === 'added' ? '+' : '-'}${name}`));
          for (const name of change === 'added' ? names : []) attach(member(context.groups, name));
        },
        announceState: (_, { state }) => announced.push(state),
        reportEnd: (_, { end }) => ends.push(end),
        reportWaiting: () => waiting.push(clock.now() - beginning),
        reportDefect: (_, { error }) => defects.push(error),
      },
    }),
    { input: { groups: specs, exitWhen, ...(past === undefined ? {} : { past }) }, clock },
  );
  const halts: { intent: 'shutdown' | 'restart'; end: DaemonEnd | null }[] = [];
  actor.on('supervisor.halted', ({ intent, end }) => halts.push({ intent, end }));
  actor.start();
  return {
    actor,
    children,
    announced,
    /** Processes that went on from an earlier daemon, with the state they were known in. */
    resumed,
    /** Why the daemon was said to end. */
    ends,
    /** What was to follow, each time the tree said that everything is stopped. */
    halts,
    defects,
    /** Makes the actor of a group fail, as only a mistake in it could, by way of a process that is alive. */
    breakGroup: (name: string, process: string): void => {
      group.onDefect = () => {
        throw new Error('defect of a group');
      };
      member(member(actor.getSnapshot().context.groups, name).getSnapshot().context.processes, process).send(
        poisonedSignal(),
      );
      group.onDefect = () => {};
    },
    /** When it was said for what the daemon waits, in milliseconds since the beginning. */
    waiting,
    /** Epoch milliseconds. */
    now: () => clock.now(),
    tell: (...commands: readonly ('boot' | 'shutdown' | 'restart')[]): void => {
      for (const command of commands) actor.send({ type: `supervisor.${command}` });
    },
    get groups(): readonly string[] {
      return [...actor.getSnapshot().context.groups.keys()];
    },
    process: (group: string, name: string): ProcessRef =>
      member(member(actor.getSnapshot().context.groups, group).getSnapshot().context.processes, name),
    /** State of every process, as `group:process`. */
    get states(): Record<string, ProcessState> {
      return Object.fromEntries(
        [...actor.getSnapshot().context.groups].flatMap(([group, ref]) =>
          Object.entries(statesOf(ref.getSnapshot().context.processes)).map(([name, state]) => [
            `${group}:${name}`,
            state,
          ]),
        ),
      );
    },
    pass: (milliseconds: number): void => clock.increment(milliseconds),
  };
}
