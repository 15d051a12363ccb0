import { describe, expect, test } from 'vitest';
import { createBench } from './fake-control.ts';

describe('an upgrade', () => {
  test('tells both versions, and the instance that goes', async () => {
    const { call, control } = createBench();
    expect(await call('daemon.upgrade')).toEqual({ from: '1.2.3', to: '1.3.0', instance: 'first' });
    expect(control.asked).toEqual(['upgrade']);
  });

  test('that is refused says why', async () => {
    const { call, control } = createBench();
    control.upgradeOutcome = { kind: 'refused', reason: 'the installed version cannot start' };
    await expect(call('daemon.upgrade')).rejects.toMatchObject({
      code: 30,
      text: 'FAILED: the installed version cannot start',
    });
  });
});

test('the daemon says who it is', async () => {
  expect(await createBench().call('daemon.describe')).toEqual({ version: '1.2.3', pid: 4242, instance: 'first' });
});
