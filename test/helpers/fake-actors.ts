/**
 * Stand-ins for what the machines start: children that spawn, obey and end when the test says so, outputs that note
 * when they are opened and closed, and a parent that notes what it is told.
 */

import { createActor, type EventObject, fromCallback } from 'xstate';
import type { ChildCommand, ChildReport, OutputSource, SurvivingChild } from '../../machines/events.ts';
import type { ChildInput, OutputInput } from '../../machines/process.machine.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { exited } from './spec-samples.ts';

interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export class FakeChild {
  readonly spec: ProcessSpec;
  readonly pid: number;
  /** What was handed over, if it is a child of an earlier daemon. */
  readonly adopted: SurvivingChild | null;
  readonly commands: ChildCommand[] = [];
  stage: 'asked' | 'alive' | 'gone' = 'asked';
  /** The actor was stopped although the child had not ended. */
  abandoned = false;
  /** Called with every command; throws what the test wants to see thrown. */
  onCommand: (command: ChildCommand) => void = () => {};
  readonly #clock: Clock;
  readonly #report: (event: ChildReport) => void;
  readonly #askedAt: number;

  constructor({ spec, adopted }: ChildInput, pid: number, clock: Clock, report: (event: ChildReport) => void) {
    this.spec = spec;
    this.adopted = adopted;
    this.pid = adopted?.pid ?? pid;
    this.#clock = clock;
    this.#report = report;
    this.#askedAt = clock.now();
  }

  /** Names of the signals that were to be sent, in order. */
  get signals(): string[] {
    return this.commands.flatMap((command) => (command.type === 'child.signal' ? [command.signal.name] : []));
  }

  spawns(): void {
    this.stage = 'alive';
    this.#report({
      type: 'child.spawned',
      pid: this.pid,
      at: this.#clock.now(),
      stdout: { channel: 'stdout' },
      stderr: this.spec.redirectStderr ? null : { channel: 'stderr' },
    });
  }

  /** Begins to be watched. */
  adopts(): void {
    this.stage = 'alive';
    const stderr = this.spec.redirectStderr ? null : { channel: 'stderr' };
    this.#report({ type: 'child.adopted', pid: this.pid, stdout: { channel: 'stdout' }, stderr });
  }

  failsToSpawn(reason = "can't find command '/bin/web'"): void {
    this.stage = 'gone';
    this.#report({ type: 'child.spawnFailed', reason, at: this.#clock.now() });
  }

  /** What it ran under an earlier daemon is counted. */
  exits(status: ExitStatus = exited(0), ranMs = this.#clock.now() - this.#askedAt + (this.adopted?.ranMs ?? 0)): void {
    this.stage = 'gone';
    this.#report({ type: 'child.exited', status, at: this.#clock.now(), ranMs });
  }

  closesStdin(): void {
    this.#report({ type: 'child.stdinClosed' });
  }

  cannotBeSignalled(reason = 'EPERM'): void {
    this.#report({ type: 'child.signalFailed', reason });
  }
}

export class FakeChildren {
  readonly all: FakeChild[] = [];
  /** What a child does as soon as it is asked for. */
  onAsked: (child: FakeChild) => void = (child) => (child.adopted === null ? child.spawns() : child.adopts());
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get last(): FakeChild {
    const child = this.all.at(-1);
    if (!child) throw new Error('no child was asked for yet');
    return child;
  }

  /** Children that were asked for and have not ended. */
  get living(): readonly FakeChild[] {
    return this.all.filter(({ stage }) => stage !== 'gone');
  }

  /** The latest child of the process of that name. */
  of(name: string): FakeChild {
    const child = this.all.findLast(({ spec }) => spec.name === name);
    if (!child) throw new Error(`no child of ${name} was asked for yet`);
    return child;
  }

  readonly logic = fromCallback<ChildCommand, ChildInput>(({ input, sendBack, receive }) => {
    const child = new FakeChild(input, 101 + this.all.length, this.#clock, sendBack);
    this.all.push(child);
    receive((command) => {
      child.commands.push(command);
      child.onCommand(command);
    });
    this.onAsked(child);
    return () => {
      child.abandoned = child.stage !== 'gone';
    };
  });
}

export class FakeOutputs {
  /** What is open now, in order of opening. */
  readonly open: { readonly channel: 'stdout' | 'stderr'; readonly source: OutputSource }[] = [];
  opened = 0;
  /** Called before an output opens; throws what the test wants to see thrown. */
  onOpen: (channel: 'stdout' | 'stderr') => void = () => {};

  readonly logic = fromCallback<{ type: 'output.none' }, OutputInput>(({ input }) => {
    const { channel, source } = input;
    this.onOpen(channel);
    const output = { channel, source };
    this.open.push(output);
    this.opened += 1;
    return () => {
      this.open.splice(this.open.indexOf(output), 1);
    };
  });
}

/** An actor that only listens, to be handed to a machine as its parent. */
export function fakeParent<Report extends EventObject>() {
  const reports: Report[] = [];
  const ref = createActor(
    fromCallback<Report>(({ receive }) => {
      receive((report) => reports.push(report));
    }),
  ).start();
  return { ref, reports };
}
