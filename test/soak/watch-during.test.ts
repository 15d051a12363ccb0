import { describe, expect, test } from 'vitest';
import { pause } from '../helpers/wait.ts';
import { watchDuring } from './watch-during.ts';

describe('watching during work', () => {
  test('looks until the work is done, and no longer', async () => {
    let looks = 0;
    let finish = () => {};
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await watchDuring(work, async () => {
      looks += 1;
      if (looks === 3) finish();
    });
    expect(looks).toBeGreaterThanOrEqual(3);
    const before = looks;
    await pause(60);
    expect(looks).toBe(before);
  });

  test('tells why the work failed, and not that a look failed because of it', async () => {
    let isGivenUp = false;
    const work = pause(30).then(() => {
      isGivenUp = true;
      throw new Error('the reason');
    });
    const look = async (): Promise<void> => {
      if (isGivenUp) throw new Error('a consequence');
    };
    await expect(watchDuring(work, look)).rejects.toThrow('the reason');
    // A look that fails now fails unnoticed: nobody is to be ended by it.
    await pause(60);
  });

  test('tells why a look failed, though the work goes on', async () => {
    const work = new Promise<void>(() => {});
    await expect(watchDuring(work, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  });
});
