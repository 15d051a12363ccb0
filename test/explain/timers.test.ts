import { describe, expect, test } from 'vitest';
import { factsOf } from '../../src/control/process-facts.ts';
import { createNoteTaker } from '../../src/control/process-notes.ts';
import type { ExplainedProcess } from '../../src/explain/facts.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { exited } from '../helpers/spec-samples.ts';
import { beginning, supervise } from '../machines/supervised.ts';

/** A process whose clock and whose facts agree on the time. */
function watched(values: Partial<ProcessSpec> = {}) {
  const process = supervise(values);
  let now = beginning;
  const clock = { now: () => now, stamp: () => now, shown: (at: number) => at };
  const notes = createNoteTaker(clock.stamp);
  notes.attach(process.actor);
  return {
    process,
    facts: (): ExplainedProcess => factsOf(process.actor, { notes, clock }),
    pass: (milliseconds: number): void => {
      now += milliseconds;
      process.pass(milliseconds);
    },
  };
}

type Watched = ReturnType<typeof watched>;

const fails = ({ process, pass }: Watched, after: number): void => {
  pass(after);
  process.child.exits(exited(1));
};

describe('the timer that is told is the one that the machine waits for', () => {
  test.each<readonly [string, Partial<ProcessSpec>, (watched: Watched) => void]>([
    ['startWindow', { startMs: 2500 }, ({ process }) => process.tell('start')],
    [
      'backoff',
      {},
      (it) => {
        it.process.tell('start');
        fails(it, 300);
      },
    ],
    [
      'backoff',
      {},
      (it) => {
        it.process.tell('start');
        fails(it, 300);
        it.pass(1000);
        fails(it, 100);
      },
    ],
    [
      'stopWait',
      { stopWaitMs: 7000 },
      (it) => {
        it.process.tell('start');
        it.pass(400);
        it.process.tell('stop');
      },
    ],
    [
      'restartPause',
      { startMs: 0, autorestart: 'always' },
      (it) => {
        it.process.tell('start');
        fails(it, 250);
      },
    ],
  ])('%s of %j', (name, values, begin) => {
    const it = watched(values);
    begin(it);
    it.pass(20);
    const { timer, state, now } = it.facts();
    expect(timer?.name).toBe(name);
    const left = (timer?.endsAt ?? 0) - now;
    it.pass(left - 1);
    expect(it.facts().state).toBe(state);
    it.pass(1);
    expect(it.facts().state).not.toBe(state);
  });

  test('killRepeat, time after time', () => {
    const it = watched({ stopWaitMs: 3000 });
    it.process.tell('start', 'stop');
    it.pass(3000);
    for (const kills of [1, 2, 3]) {
      it.pass(100);
      const { timer, now } = it.facts();
      expect(timer?.name).toBe('killRepeat');
      const sent = (): number => it.process.child.signals.filter((name) => name === 'SIGKILL').length;
      expect(sent()).toBe(kills);
      it.pass((timer?.endsAt ?? 0) - now - 1);
      expect(sent()).toBe(kills);
      it.pass(1);
      expect(sent()).toBe(kills + 1);
    }
  });

  test('none while nothing but events is waited for', () => {
    const it = watched();
    expect(it.facts().timer).toBeNull();
    it.process.tell('start');
    it.pass(1000);
    expect(it.facts()).toMatchObject({ statename: 'RUNNING', timer: null });
    fails(it, 5000);
    expect(it.process.state).toBe('STARTING');
    it.process.tell('stop');
    it.process.child.exits(exited(0));
    expect(it.facts()).toMatchObject({ statename: 'STOPPED', timer: null });
  });
});
