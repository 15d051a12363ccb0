import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { backoffMs, retriesExhausted, spawnErrorTexts, wantsRestart } from '../../src/model/restart-policy.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';

describe('autorestart', () => {
  test.each([
    ['always', exited(0), true],
    ['always', exited(1), true],
    ['always', signalled('SIGTERM'), true],
    ['never', exited(0), false],
    ['never', exited(1), false],
    ['never', signalled('SIGTERM'), false],
    ['unexpected', exited(0), false],
    ['unexpected', exited(1), true],
    ['unexpected', signalled('SIGTERM'), true],
  ] as const)('%s after %j: %s', (autorestart, status, expected) => {
    expect(wantsRestart({ autorestart, exitCodes: [0] }, status)).toBe(expected);
  });

  test('unexpected restarts exactly after what is not in exitcodes', () => {
    const codes = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.array(codes), codes, (exitCodes, code) => {
        const status: ExitStatus = { kind: 'exited', code };
        expect(wantsRestart({ autorestart: 'unexpected', exitCodes }, status)).toBe(!exitCodes.includes(code));
      }),
    );
  });
});

describe('startretries', () => {
  test('the nth failure waits n seconds', () => {
    expect([1, 2, 3, 10].map(backoffMs)).toEqual([1000, 2000, 3000, 10_000]);
  });

  test.each([
    [0, 1],
    [3, 4],
    [10, 11],
  ])('with startretries=%i the failure number %i is the last', (startRetries, last) => {
    expect(retriesExhausted({ startRetries }, last - 1)).toBe(false);
    expect(retriesExhausted({ startRetries }, last)).toBe(true);
  });
});

describe('spawn error texts', () => {
  test('are those of Supervisor', () => {
    expect(spawnErrorTexts.tooQuick).toBe('Exited too quickly (process log may have details)');
    expect(spawnErrorTexts.badExit(-1)).toBe('Bad exit code -1');
  });
});
