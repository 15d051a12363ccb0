import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessPast } from '../../machines/events.ts';
import { isStopped, type ProcessState } from '../../src/model/process-state.ts';
import { wantsRestart } from '../../src/model/restart-policy.ts';
import { signalled } from '../helpers/spec-samples.ts';
import { edges, type Life, live, lives, maySpawn, pasts, specs } from './process-stories.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const check = (property: (life: Life) => void): void => fc.assert(fc.property(lives, property), { numRuns: 200 });

/** Where a past leads beyond the table: what lives after all is RUNNING, what was out of control is given up. */
function firstEdges({ state, child }: ProcessPast): readonly ProcessState[] {
  if (child !== null) return ['RUNNING'];
  return state === 'UNKNOWN' ? ['EXITED'] : [];
}

describe('whatever is asked and whatever happens', () => {
  test('there is never more than one child, and alive lasts exactly as long as it', () => {
    check((life) => {
      const process = live(life, ({ actor, children }) => {
        expect(children.living.length).toBeLessThanOrEqual(1);
        expect(actor.getSnapshot().matches('alive')).toBe(children.living.length === 1);
      });
      expect(process.children.all.filter(({ abandoned }) => abandoned)).toEqual([]);
    });
  });

  test('a child is only ever made by a start in a stopped state, a retry or a restart, and never after quiesce', () => {
    check((life) => {
      let quiescent = false;
      live(life, ({ children, announced, context }, act, before) => {
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
    check((life) => {
      const process = live(life, ({ state }, act, before) => {
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
    check((life) => {
      const process = live(life, () => {});
      for (const { commands } of process.children.all) {
        const purposes = commands.flatMap((command) => (command.type === 'child.signal' ? [command.purpose] : []));
        const ending = purposes.filter((purpose) => purpose !== 'request');
        expect(ending.slice(1).filter((purpose) => purpose !== 'kill')).toEqual([]);
        expect(ending[0] ?? 'stop').toBe('stop');
      }
    });
  });

  test('failures stay within startretries, and one more is FATAL', () => {
    check((life) => {
      const process = live(life, ({ context, state }) => {
        if (state === 'BACKOFF') expect(context.failures).toBeLessThanOrEqual(context.spec.startRetries);
      });
      for (const { failures, to } of process.changes) {
        const { startRetries } = process.context.spec;
        // startretries may have been more under an earlier daemon.
        expect(failures).toBeLessThanOrEqual(Math.max(startRetries, life.past?.failures ?? 0) + 1);
        if (to === 'FATAL' && !process.context.quiescent) expect(failures).toBeGreaterThan(startRetries);
      }
    });
  });

  test('changes are announced without a gap, and follow the edges of the table', () => {
    check((life) => {
      const process = live(life, () => {});
      const states: readonly ProcessState[] = [life.past?.state ?? 'STOPPED', ...process.announced];
      expect(process.changes.map(({ from }) => from)).toEqual(states.slice(0, -1));
      for (const [index, { from, to }] of process.changes.entries()) {
        const legal = index === 0 && life.past !== null ? [...edges[from], ...firstEdges(life.past)] : edges[from];
        expect(legal).toContain(to);
      }
      expect(states.at(-1)).toBe(process.state);
    });
  });

  test('a drain is answered when the child is gone, and not more often than it was asked for', () => {
    check((life) => {
      const process = live(life, () => {});
      process.tell('drain');
      for (const child of process.children.living) child.failsToSpawn();
      expect(isStopped(process.state)).toBe(true);
      expect(process.context.drain).toBe('answered');
      const asked = life.story.filter((act) => act.kind === 'request' && act.what === 'drain').length + 1;
      expect(process.reports.length).toBeGreaterThan(0);
      expect(process.reports.length).toBeLessThanOrEqual(asked);
    });
  });
});

describe('whatever is known of a past', () => {
  test('what still lives is adopted and nothing joins it; else a child is made only by a restart that is due', () => {
    fc.assert(
      fc.property(specs, pasts, (values, past) => {
        const { children, context, state, announced } = live({ values, past, story: [] }, () => {});
        if (past.child !== null) {
          expect(children.all.map(({ adopted }) => adopted)).toEqual([past.child]);
          expect(context).toMatchObject({ pid: past.child.pid, startedAt: past.startedAt });
          return;
        }
        expect(children.all.map(({ adopted }) => adopted)).toEqual(state === 'STARTING' ? [null] : []);
        if (state !== 'STARTING') return;
        expect([past.state, ...announced].slice(-2)).toEqual(['EXITED', 'STARTING']);
        const status = past.state === 'EXITED' ? past.lastExit : ({ kind: 'unseen' } as const);
        expect(status !== null && wantsRestart(context.spec, status)).toBe(true);
        if (past.state === 'EXITED') expect(past.restartDeclined).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('left alone, and whatever lives ending, it comes to rest in a state that its policy allows', () => {
    fc.assert(
      fc.property(specs, pasts, (values, past) => {
        const process = live({ values, past, story: [] }, () => {});
        process.children.onAsked = (child) => child.failsToSpawn();
        for (const child of process.children.living) child.exits({ kind: 'unseen' });
        for (let retry = 0; retry < 6; retry += 1) process.pass(10_000);
        expect(process.children.living).toEqual([]);
        expect(['STOPPED', 'EXITED', 'FATAL']).toContain(process.state);
        if (past.state === 'STOPPING') expect(process.state).toBe('STOPPED');
      }),
      { numRuns: 300 },
    );
  });
});
