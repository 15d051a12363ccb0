/** One process machine at work on a simulated clock, with a fake child and everything it says written down. */

import { createActor, SimulatedClock } from 'xstate';
import type { ProcessPast, ProcessReport } from '../../machines/events.ts';
import { type ProcessChanged, type ProcessResumed, processMachine } from '../../machines/process.machine.ts';
import { processState } from '../../machines/selectors.ts';
import type { Settlement } from '../../src/model/exit-policy.ts';
import type { ProcessState } from '../../src/model/process-state.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { type FakeChild, FakeChildren, FakeOutputs, fakeParent } from '../helpers/fake-actors.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

/** Epoch milliseconds at which the simulated clock starts. */
export const beginning = 1_700_000_000_000;

/** @param values - what differs from a program with Supervisor's defaults. */
export function supervise(values: Partial<ProcessSpec> = {}) {
  const clock = new SimulatedClock();
  clock.set(beginning);
  const children = new FakeChildren(clock);
  const outputs = new FakeOutputs();
  const parent = fakeParent<ProcessReport>();
  const changes: ProcessChanged[] = [];
  const resumptions: ProcessResumed[] = [];
  const defects: unknown[] = [];
  const actor = createActor(
    processMachine.provide({
      actors: { child: children.logic, output: outputs.logic },
      actions: { reportDefect: (_, { error }) => defects.push(error) },
    }),
    { input: { spec: sampleProcess(values), parent: parent.ref }, clock },
  );
  actor.on('process.changed', (change) => changes.push(change));
  actor.on('process.resumed', (resumption) => resumptions.push(resumption));
  actor.start();

  return {
    actor,
    children,
    outputs,
    changes,
    resumptions,
    /** Errors of ours that the machine reported. */
    defects,
    /** What the group was told of its drain. */
    get reports() {
      return parent.reports.filter(({ type }) => type === 'process.drained');
    },
    /** How the process has come to rest by itself, each time. */
    get settlements(): Settlement[] {
      return parent.reports.flatMap((report) => (report.type === 'process.settled' ? [report.settlement] : []));
    },
    get child(): FakeChild {
      return children.last;
    },
    get state(): ProcessState {
      return processState(actor.getSnapshot());
    },
    get context() {
      return actor.getSnapshot().context;
    },
    /** The states that were announced, in order. */
    get announced(): ProcessState[] {
      return changes.map(({ to }) => to);
    },
    tell: (...commands: readonly ('start' | 'stop' | 'quiesce' | 'drain')[]): void => {
      for (const command of commands) actor.send({ type: `process.${command}` });
    },
    /** Goes on where an earlier daemon was ended. */
    resume: (past: ProcessPast): void => actor.send({ type: 'process.resume', past, at: clock.now() }),
    /** Lets time pass, in milliseconds. */
    pass: (milliseconds: number): void => clock.increment(milliseconds),
  };
}

export type Supervised = ReturnType<typeof supervise>;
