/**
 * Stories of one process: what is asked of it and what its child does, in any order, with or without a past under an
 * earlier daemon.
 */

import fc from 'fast-check';
import type { ProcessPast } from '../../machines/events.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { type ProcessState, processStates } from '../../src/model/process-state.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { wantsRestart } from '../../src/model/restart-policy.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { beginning, type Supervised, supervise } from './supervised.ts';

const unseen: ExitStatus = { kind: 'unseen' };

export type Act =
  | { readonly kind: 'request'; readonly what: 'start' | 'stop' | 'quiesce' | 'drain' | 'signal' | 'write' }
  | { readonly kind: 'spawn' | 'spawnFails' }
  | { readonly kind: 'signalFails' | 'closeStdin' }
  | { readonly kind: 'exit'; readonly status: ExitStatus; readonly late: boolean }
  | { readonly kind: 'pass'; readonly milliseconds: number };

const requests: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('request' as const),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('start' as const, 'stop' as const) },
    { weight: 2, arbitrary: fc.constantFrom('signal' as const, 'write' as const) },
    { weight: 1, arbitrary: fc.constantFrom('quiesce' as const, 'drain' as const) },
  ),
});

const exits: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('exit' as const),
  status: fc.constantFrom(exited(0), exited(1), signalled('SIGKILL')),
  late: fc.boolean(),
});

export const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: requests },
  { weight: 4, arbitrary: exits },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('spawn' as const, 'spawn' as const, 'spawnFails' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('signalFails' as const, 'closeStdin' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      milliseconds: fc.constantFrom(1, 499, 999, 1000, 2000, 10_000),
    }),
  },
);

const lastExits: fc.Arbitrary<ExitStatus | null> = fc.constantFrom(exited(0), exited(1), signalled('SIGKILL'), null);

/** Whatever a journal may hold, sensible or not. */
export const pasts: fc.Arbitrary<ProcessPast> = fc
  .record({
    state: fc.constantFrom(...processStates),
    child: fc.option(fc.record({ pid: fc.constant(55), ranMs: fc.constantFrom(0, 400, 999, 1000, 60_000) })),
    pid: fc.constantFrom(0, 55),
    failures: fc.nat({ max: 5 }),
    lastExit: lastExits,
    spawnError: fc.constantFrom('', "can't find command '/bin/web'"),
    restartDeclined: fc.boolean(),
    listener: fc.constant(null),
    ages: fc.tuple(fc.constantFrom(-86_400_000, 0, 300, 5000), fc.constantFrom(-300, 0, 300, 5000)),
  })
  .map(({ ages: [started, stopped], ...past }) => ({
    ...past,
    startedAt: beginning - started,
    stoppedAt: beginning - stopped,
  }));

export const specs: fc.Arbitrary<Partial<ProcessSpec>> = fc.record({
  autorestart: fc.constantFrom('always', 'never', 'unexpected'),
  startMs: fc.constantFrom(0, 1000, 5000),
  startRetries: fc.nat({ max: 3 }),
  exitCodes: fc.constantFrom([0], [0, 1], []),
  stopWaitMs: fc.constantFrom(0, 1000, 10_000),
});

/** Does what is possible at this moment; an act of a child that is not there is skipped. */
function perform(process: Supervised, act: Act): boolean {
  switch (act.kind) {
    case 'request':
      request(process, act.what);
      return true;
    case 'pass':
      process.pass(act.milliseconds);
      return true;
    default:
      return performChild(process, act);
  }
}

function request(process: Supervised, what: Extract<Act, { kind: 'request' }>['what']): void {
  if (what === 'signal') process.actor.send({ type: 'process.signal', signal: { name: 'SIGHUP', number: 1 } });
  else if (what === 'write') process.actor.send({ type: 'process.write', bytes: new Uint8Array(1) });
  else process.tell(what);
}

function performChild(process: Supervised, act: Exclude<Act, { kind: 'request' | 'pass' }>): boolean {
  const child = process.children.living[0];
  const stage = act.kind === 'spawn' || act.kind === 'spawnFails' ? 'asked' : 'alive';
  if (child?.stage !== stage) return false;
  switch (act.kind) {
    case 'spawn':
      if (child.adopted === null) child.spawns();
      else child.adopts();
      return true;
    case 'spawnFails':
      // A child that was to be adopted may be gone.
      if (child.adopted === null) child.failsToSpawn();
      else child.exits(unseen);
      return true;
    case 'signalFails':
      child.cannotBeSignalled();
      return true;
    case 'closeStdin':
      child.closesStdin();
      return true;
    case 'exit':
      if (act.late) child.exits(act.status, process.context.spec.startMs);
      else child.exits(act.status);
      return true;
  }
}

export interface Before {
  readonly state: ProcessState;
  /** It has ended at once and is to be started again after a pause. */
  readonly restartDue: boolean;
  readonly children: number;
  readonly changes: number;
}

/** Whether a new child is the rule's or the user's doing: nothing else may start one. */
export function maySpawn(act: Act, before: Before, spec: ProcessSpec, announced: readonly ProcessState[]): boolean {
  if (act.kind === 'request') return act.what === 'start' && ['STOPPED', 'EXITED', 'FATAL'].includes(before.state);
  if (act.kind === 'pass') return before.state === 'BACKOFF' || before.restartDue;
  const status = act.kind === 'exit' ? act.status : unseen;
  return announced.includes('EXITED') && wantsRestart(spec, status);
}

/** The edges of Supervisor's table; UNKNOWN has a way out here. */
export const edges: Readonly<Record<ProcessState, readonly ProcessState[]>> = {
  STOPPED: ['STARTING'],
  STARTING: ['RUNNING', 'BACKOFF', 'STOPPING', 'UNKNOWN'],
  RUNNING: ['STOPPING', 'EXITED', 'UNKNOWN'],
  BACKOFF: ['STARTING', 'FATAL', 'STOPPED'],
  STOPPING: ['STOPPED', 'UNKNOWN'],
  EXITED: ['STARTING'],
  FATAL: ['STARTING'],
  UNKNOWN: ['STOPPED'],
};

export interface Life {
  readonly values: Partial<ProcessSpec>;
  /** Under an earlier daemon. */
  readonly past: ProcessPast | null;
  readonly story: readonly Act[];
}

export const lives: fc.Arbitrary<Life> = fc.record({
  values: specs,
  past: fc.option(pasts),
  story: fc.array(acts, { maxLength: 40 }),
});

/** Runs a whole story and looks after every act; `look` is told what was and can compare. */
export function live(
  { values, past, story }: Life,
  look: (process: Supervised, act: Act, before: Before) => void,
): Supervised {
  const process = supervise(values);
  process.children.onAsked = () => {};
  if (past !== null) process.resume(past);
  for (const act of story) {
    const { lastExit, restartDeclined } = process.context;
    const before = {
      state: process.state,
      restartDue:
        process.state === 'EXITED' &&
        !restartDeclined &&
        lastExit !== null &&
        wantsRestart(process.context.spec, lastExit),
      children: process.children.all.length,
      changes: process.changes.length,
    };
    if (perform(process, act)) look(process, act, before);
  }
  return process;
}
