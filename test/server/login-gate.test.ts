import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoginGate, type LoginLimits, type WrongPair } from '../../src/server/login-gate.ts';

const limits: LoginLimits = { failures: 3, refillMs: 1000, sources: 4 };

function createBench(values: Partial<LoginLimits> = {}) {
  let now = 0;
  const lines: string[] = [];
  const gate = createLoginGate({ warn: (line) => lines.push(line) }, { ...limits, ...values }, () => now);
  const guess = (password: string, values: Partial<WrongPair> = {}): void =>
    gate.failed({ source: 'a', peer: 'a:1', username: 'root', password, isKnownName: true, ...values });
  return {
    gate,
    lines,
    guess,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('the gate for logins', () => {
  it('closes after as many different wrong passwords as the limit says, for that source alone', () => {
    const { gate, guess } = createBench();
    guess('1');
    guess('2');
    expect(gate.waitMs('a')).toBe(0);
    guess('3');
    expect(gate.waitMs('a')).toBe(1000);
    expect(gate.waitMs('b')).toBe(0);
  });

  it('opens for one more try after each interval, up to all of them', () => {
    const { gate, guess, wait } = createBench();
    for (const password of ['1', '2', '3']) guess(password);
    wait(999);
    expect(gate.waitMs('a')).toBe(1);
    wait(1);
    expect(gate.waitMs('a')).toBe(0);
    guess('4');
    expect(gate.waitMs('a')).toBe(1000);
    wait(1_000_000);
    for (const password of ['5', '6']) guess(password);
    expect(gate.waitMs('a')).toBe(0);
  });

  it('does not count the same wrong pair again', () => {
    const { gate, guess } = createBench();
    for (let count = 0; count < 1000; count += 1) guess('old password');
    expect(gate.waitMs('a')).toBe(0);
  });

  it('logs each failure, and a pair that comes again at its 10th, 100th, 1000th time', () => {
    const { guess, lines } = createBench();
    for (let count = 0; count < 1000; count += 1) guess('old');
    guess('new');
    expect(lines).toEqual([
      "login failed: user 'root' from a:1",
      "login failed: user 'root' from a:1 (the same for the 10th time)",
      "login failed: user 'root' from a:1 (the same for the 100th time)",
      "login failed: user 'root' from a:1 (the same for the 1000th time)",
      "login failed: user 'root' from a:1",
    ]);
  });

  it('says when it closes', () => {
    const { guess, lines } = createBench({ failures: 1 });
    guess('1');
    expect(lines).toEqual([
      "login failed: user 'root' from a:1; refusing to look at more passwords from there for a while",
    ]);
  });

  it('never logs a name that is no user’s, nor a password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string({ minLength: 4 }), (username, password) => {
        const { guess, lines } = createBench();
        guess(password, { username, isKnownName: false });
        expect(lines).toEqual(['login failed: an unknown user name from a:1']);
      }),
    );
  });

  it('remembers no more sources than it may, whoever comes', () => {
    const { gate, guess } = createBench({ failures: 1 });
    guess('1');
    for (let number = 0; number < 3; number += 1) guess('1', { source: `b${number}` });
    expect(gate.waitMs('a')).toBe(1000);
    guess('1', { source: 'b3' });
    expect(gate.waitMs('a')).toBe(0);
  });

  it('lets through at most the limit and what the time allows, whatever is tried when', () => {
    const step = fc.record({ password: fc.integer({ max: 20, min: 0 }), pauseMs: fc.integer({ min: 0, max: 700 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { gate, guess, wait } = createBench();
        const looked = new Set<string>();
        let elapsed = 0;
        let distinct = 0;
        for (const { password, pauseMs } of steps) {
          wait(pauseMs);
          elapsed += pauseMs;
          if (gate.waitMs('a') > 0) continue;
          // A pair that was forgotten counts anew, which makes the bound only tighter.
          if (!looked.has(String(password))) distinct += 1;
          looked.add(String(password));
          guess(String(password));
        }
        expect(distinct).toBeLessThanOrEqual(limits.failures + Math.floor(elapsed / limits.refillMs));
      }),
    );
  });
});
