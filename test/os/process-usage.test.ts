import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { createUsageMeter } from '../../src/os/process-usage.ts';
import { waitFor } from '../helpers/wait.ts';

const started: ChildProcess[] = [];

/** Starts a program that is ended with the test, and everything in its process group. */
function start(script: string): number {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  started.push(child);
  return child.pid ?? 0;
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    const ended = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // Gone already.
    }
    await ended;
  }
});

describe('what programs use', () => {
  test('memory is known with the first reading, the share of a CPU with the second', async () => {
    const pid = start('while :; do :; done');
    const meter = createUsageMeter();
    expect(meter.read([pid]).get(pid)?.cpu).toBe(0);
    // Between fork and exec it has none of its own.
    await waitFor('memory', () => meter.read([pid]).get(pid)?.memory || undefined);
    const cpu = await waitFor('some CPU time', () => meter.read([pid]).get(pid)?.cpu || undefined);
    expect(cpu).toBeLessThan(2);
  });

  test('a program that sleeps uses no CPU', async () => {
    const pid = start('exec sleep 600');
    let now = 0;
    const meter = createUsageMeter(() => now);
    await waitFor('the program', () => meter.read([pid]).has(pid));
    meter.read([pid]);
    now += 1000;
    expect(meter.read([pid]).get(pid)?.cpu).toBeLessThan(0.5);
  });

  test('what descendants use is counted, that of those who have ended as well', async () => {
    const pid = start('while :; do (i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done) & wait; done');
    const meter = createUsageMeter();
    meter.read([pid]);
    await waitFor('some CPU time', () => (meter.read([pid]).get(pid)?.cpu ?? 0) > 0);
  });

  test('memory grows with a descendant of a descendant', async () => {
    const pid = start('sh -c "sleep 600; :" ; :');
    const meter = createUsageMeter();
    const alone = (): number => meter.read([process.pid]).get(process.pid)?.memory ?? 0;
    await waitFor('both', () => (meter.read([pid]).get(pid)?.memory ?? 0) > 1024 * 1024);
    expect(alone()).toBeGreaterThan(1024 * 1024);
  });

  test('a pid that does not exist is missing, and costs the others nothing', () => {
    const usage = createUsageMeter().read([2 ** 22 + 1, process.pid]);
    expect([...usage.keys()]).toEqual([process.pid]);
  });
});
