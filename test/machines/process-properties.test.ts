import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { isStopped, type ProcessState } from '../../src/model/process-state.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { wantsRestart } from '../../src/model/restart-policy.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { type Supervised, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type Act =
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

const acts: fc.Arbitrary<Act> = fc.oneof(
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

const specs: fc.Arbitrary<Partial<ProcessSpec>> = fc.record({
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
      child.spawns();
      return true;
    case 'spawnFails':
      child.failsToSpawn();
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

interface Before {
  readonly state: ProcessState;
  /** It has ended at once and is to be started again after a pause. */
  readonly restartDue: boolean;
  readonly children: number;
  readonly changes: number;
}

/** Whether a new child is the rule's or the user's doing: nothing else may start one. */
function maySpawn(act: Act, before: Before, spec: ProcessSpec, announced: readonly ProcessState[]): boolean {
  if (act.kind === 'request') return act.what === 'start' && ['STOPPED', 'EXITED', 'FATAL'].includes(before.state);
  if (act.kind === 'pass') return before.state === 'BACKOFF' || before.restartDue;
  return act.kind === 'exit' && announced.includes('EXITED') && wantsRestart(spec, act.status);
}

/** The edges of Supervisor's table; UNKNOWN has a way out here. */
const edges: Readonly<Record<ProcessState, readonly ProcessState[]>> = {
  STOPPED: ['STARTING'],
  STARTING: ['RUNNING', 'BACKOFF', 'STOPPING', 'UNKNOWN'],
  RUNNING: ['STOPPING', 'EXITED', 'UNKNOWN'],
  BACKOFF: ['STARTING', 'FATAL', 'STOPPED'],
  STOPPING: ['STOPPED', 'UNKNOWN'],
  EXITED: ['STARTING'],
  FATAL: ['STARTING'],
  UNKNOWN: ['STOPPED'],
};

/** Runs a whole story and looks after every act; `look` is told what was and can compare. */
function live(
  values: Partial<ProcessSpec>,
  story: readonly Act[],
  look: (process: Supervised, act: Act, before: Before) => void,
): Supervised {
  const process = supervise(values);
  process.children.onAsked = () => {};
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

const stories = fc.array(acts, { maxLength: 40 });

const check = (property: (values: Partial<ProcessSpec>, story: readonly Act[]) => void): void =>
  fc.assert(fc.property(specs, stories, property), { numRuns: 200 });

describe('whatever is asked and whatever happens', () => {
  test('there is never more than one child, and alive lasts exactly as long as it', () => {
    check((values, story) => {
      const process = live(values, story, ({ actor, children }) => {
        expect(children.living.length).toBeLessThanOrEqual(1);
        expect(actor.getSnapshot().matches('alive')).toBe(children.living.length === 1);
      });
      expect(process.children.all.filter(({ abandoned }) => abandoned)).toEqual([]);
    });
  });

  test('a child is only ever made by a start in a stopped state, a retry or a restart, and never after quiesce', () => {
    check((values, story) => {
      let quiescent = false;
      live(values, story, ({ children, announced, context }, act, before) => {
        if (children.all.length > before.children) {
          expect(children.all.length).toBe(before.children + 1);
          expect(quiescent).toBe(false);
          expect(maySpawn(act, before, context.spec, announced.slice(before.changes))).toBe(true);
        }
        if (act.kind === 'request' && (act.what === 'quiesce' || act.what === 'drain')) quiescent = true;
      });
    });
  });

  test('a stop request is never lost', () => {
    check((values, story) => {
      const process = live(values, story, ({ state }, act, before) => {
        if (act.kind !== 'request' || act.what !== 'stop') return;
        const expected: Partial<Record<ProcessState, ProcessState>> = {
          STARTING: 'STOPPING',
          RUNNING: 'STOPPING',
          BACKOFF: 'STOPPED',
        };
        expect(state).toBe(expected[before.state] ?? before.state);
      });
      process.tell('stop');
      for (const child of process.children.living) {
        if (child.stage === 'asked') child.spawns();
        child.exits(signalled('SIGTERM'));
      }
      expect(isStopped(process.state)).toBe(true);
      const { length } = process.children.all;
      process.pass(1_000_000);
      expect(process.children.all).toHaveLength(length);
      expect(process.children.living).toEqual([]);
    });
  });

  test('the stop signal is sent at most once, and SIGKILL only after it', () => {
    check((values, story) => {
      const process = live(values, story, () => {});
      for (const { commands } of process.children.all) {
        const purposes = commands.flatMap((command) => (command.type === 'child.signal' ? [command.purpose] : []));
        const ending = purposes.filter((purpose) => purpose !== 'request');
        expect(ending.slice(1).filter((purpose) => purpose !== 'kill')).toEqual([]);
        expect(ending[0] ?? 'stop').toBe('stop');
      }
    });
  });

  test('failures stay within startretries, and one more is FATAL', () => {
    check((values, story) => {
      const process = live(values, story, ({ context, state }) => {
        if (state === 'BACKOFF') expect(context.failures).toBeLessThanOrEqual(context.spec.startRetries);
      });
      for (const { failures, to } of process.changes) {
        expect(failures).toBeLessThanOrEqual(process.context.spec.startRetries + 1);
        if (to === 'FATAL' && !process.context.quiescent) expect(failures).toBe(process.context.spec.startRetries + 1);
      }
    });
  });

  test('changes are announced without a gap, and follow the edges of the table', () => {
    check((values, story) => {
      const process = live(values, story, () => {});
      const states: readonly ProcessState[] = ['STOPPED', ...process.announced];
      expect(process.changes.map(({ from }) => from)).toEqual(states.slice(0, -1));
      for (const { from, to } of process.changes) expect(edges[from]).toContain(to);
      expect(states.at(-1)).toBe(process.state);
    });
  });

  test('a drain is answered when the child is gone, and not more often than it was asked for', () => {
    check((values, story) => {
      const process = live(values, story, () => {});
      process.tell('drain');
      for (const child of process.children.living) child.failsToSpawn();
      expect(isStopped(process.state)).toBe(true);
      expect(process.context.drain).toBe('answered');
      const asked = story.filter((act) => act.kind === 'request' && act.what === 'drain').length + 1;
      expect(process.reports.length).toBeGreaterThan(0);
      expect(process.reports.length).toBeLessThanOrEqual(asked);
    });
  });
});
