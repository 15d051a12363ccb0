import { describe, expect, test } from 'vitest';
import { createRandom } from '../fuzz/random.ts';
import { script, type TimedStep } from './script.ts';

function stepsOf(seed: number, count: number): readonly TimedStep[] {
  const steps = script(createRandom(seed));
  return Array.from({ length: count }, () => steps.next().value);
}

describe('the script', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(stepsOf(7, 500)).toEqual(stepsOf(7, 500));
    expect(stepsOf(7, 500)).not.toEqual(stepsOf(8, 500));
  });

  test('does everything that there is, sooner or later', () => {
    const steps = stepsOf(1, 5000).map(({ step }) => step);
    const kinds = new Set(steps.map((step) => (step.kind === 'request' ? `request ${step.request.kind}` : step.kind)));
    expect([...kinds].sort()).toEqual([
      'ctl',
      'edit',
      'follow',
      'freezeProgram',
      'hangUp',
      'hideLogs',
      'killDaemon',
      'reload',
      'removeRuntimeDirectory',
      'reopenLogs',
      'request add',
      'request clear',
      'request clearDaemonLog',
      'request order',
      'request read',
      'request remove',
      'request reread',
      'request signal',
      'request start',
      'request startAll',
      'request startGroup',
      'request status',
      'request stop',
      'request stopAll',
      'request stopGroup',
      'request tail',
      'signalProgram',
      'update',
      'upgrade',
      'uselessClient',
    ]);
  });
});
