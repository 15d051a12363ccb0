import { describe, expect, test } from 'vitest';
import { createInfo } from '../../src/control/process-information.ts';
import { exited } from '../helpers/spec-samples.ts';
import { beginning, supervise } from '../machines/supervised.ts';

/** A process that is told about again and again, as it is and as somebody sees it who has never asked before. */
function bench() {
  const process = supervise();
  let [passed, jump] = [0, 0];
  const sources = {
    clock: { now: () => beginning + passed + jump, shown: (at: number) => at + jump },
    logs: { path: () => '/log' },
  };
  const info = createInfo(process.actor, sources);
  return {
    process,
    info,
    fresh: () => createInfo(process.actor, sources)(),
    pass: (milliseconds: number) => {
      passed += milliseconds;
      process.pass(milliseconds);
    },
    set: (milliseconds: number) => {
      jump += milliseconds;
    },
  };
}

describe('what is told of a process', () => {
  test('is the same whether or not somebody has asked before, whatever happens to it', () => {
    const { process, info, fresh, pass } = bench();
    const agrees = () => expect(info()).toEqual(fresh());
    agrees();
    process.tell('start');
    agrees();
    pass(2000);
    agrees();
    expect(info().statename).toBe('RUNNING');
    process.child.exits(exited(3));
    agrees();
    pass(5000);
    agrees();
    process.tell('stop');
    agrees();
  });

  test('goes with the time: how long it has run, and what time it is', () => {
    const { process, info, pass } = bench();
    process.tell('start');
    pass(2000);
    const before = info();
    pass(60_000);
    expect(info()).toEqual({ ...before, now: before.now + 60, description: expect.stringMatching(/0:01:0\d$/) });
  });

  test('goes with a wall clock that is set', () => {
    const { process, info, fresh, pass, set } = bench();
    process.tell('start');
    pass(2000);
    const before = info();
    set(3_600_000);
    expect(info()).toEqual({ ...before, start: before.start + 3600, now: before.now + 3600 });
    expect(info()).toEqual(fresh());
  });
});
