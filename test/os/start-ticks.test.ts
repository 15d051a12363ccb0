import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { processFacts } from '../../src/os/process-identity.ts';
import { createStartTicks } from '../../src/os/start-ticks.ts';

const started: number[] = [];

/** A process of ours; tells its pid. */
function startSleep(): number {
  const { pid } = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  if (pid === undefined) throw new Error('nothing was started');
  started.push(pid);
  return pid;
}

afterEach(() => {
  delete process.env.STATEVISOR_PLAIN;
  for (const pid of started.splice(0)) process.kill(pid, 'SIGKILL');
});

describe('when a program was started', () => {
  it('is what the system says, or is left to it', () => {
    const times = createStartTicks();
    const told = Array.from({ length: 40 }, () => times.timed(startSleep));
    for (const { outcome, ticks } of told) {
      expect([null, processFacts(outcome as number)?.startTicks]).toContain(ticks);
    }
  });

  it('is left to the system where the clock has ticked meanwhile', () => {
    let ticks = 0;
    const times = createStartTicks(() => {
      ticks += 1;
      return ticks;
    });
    expect(times.timed(startSleep).ticks).toBeNull();
  });

  it.each([
    ['counts otherwise', () => 7],
    ['has no such clock', () => null],
  ])('is left to a system that %s', (_, read) => {
    const times = createStartTicks(read);
    expect(times.timed(startSleep).ticks).toBeNull();
    expect(times.timed(startSleep).ticks).toBeNull();
  });

  it('is left to the system where that is wanted', () => {
    process.env.STATEVISOR_PLAIN = 'start-time';
    const pid = startSleep();
    const times = createStartTicks(() => processFacts(pid)?.startTicks ?? null);
    expect(times.timed(() => pid)).toEqual({ outcome: pid, ticks: null });
  });

  it('is taken from the clock once that has agreed with the system', () => {
    const pid = startSleep();
    const times = createStartTicks(() => processFacts(pid)?.startTicks ?? null);
    expect(times.now()).toBe(null);
    expect(times.timed(() => pid)).toEqual({ outcome: pid, ticks: processFacts(pid)?.startTicks });
    expect(times.now()).toBe(processFacts(pid)?.startTicks);
  });

  it('is not known of what could not be started', () => {
    const failure = { error: 'EAGAIN' };
    expect(createStartTicks().timed(() => failure)).toEqual({ outcome: failure, ticks: null });
  });
});
