/** A hundred programs: killed one by one and all at once, listed, stopped, started, shut down; and left alone. */

import { setTimeout as pause } from 'node:timers/promises';
import { nowMs } from '../marks.ts';
import { memory, wakeUps } from '../processes.ts';
import type { Running } from '../running.ts';
import { bareNodeMs, bootMs, repeated, withIdle } from './boot.ts';
import type { Effort, Workload } from './workload.ts';

const programs = 100;

/** Until the first program is killed, in milliseconds; a program that ends young may be made to wait. */
const settleMs: Readonly<Record<Effort, number>> = { full: 5000, quick: 4000 };
const youngMs = 1500;

/** How long single programs are killed, in milliseconds, or until each was killed once. */
const killingMs: Readonly<Record<Effort, number>> = { full: 8000, quick: 3000 };
const mostKills = 90;

/** For the wake-ups: how long nothing has happened when counting begins, and how long is counted, in milliseconds. */
const restMs: Readonly<Record<Effort, number>> = { full: 60_000, quick: 5000 };
const countingMs: Readonly<Record<Effort, number>> = { full: 20_000, quick: 4000 };

export const hundred: Workload = {
  name: 'hundred',
  about: '100 programs: boot, memory, kill, storm, status, stop all, start all, shutdown',
  rounds: { full: 5, quick: 1 },
  measure: (workshop, rival, effort) =>
    withIdle(workshop, rival, programs, async (running) => {
      const boot = bootMs(running);
      await pause(settleMs[effort]);
      const { anonymous } = memory(running.ownProcesses());
      const kills = await killOneByOne(running, killingMs[effort]);
      await pause(youngMs);
      const storm = await killAll(running);
      await pause(youngMs);
      const { status, stopAll, startAll } = running.plan;
      const walls = {
        ...(status && { status: await repeated(() => running.wall(status)) }),
        ...(stopAll && { 'stop-all': [await running.wall(stopAll)] }),
        ...(startAll && { 'start-all': [await running.wall(startAll)] }),
      };
      await pause(youngMs);
      return {
        'boot-100': [boot],
        'private-100': [anonymous],
        'kill-p50': kills,
        'kill-p95': kills,
        storm: [storm],
        ...walls,
        'shutdown-100': [await running.shutDown()],
      };
    }),
  measureNode: async (workshop) => ({ status: await bareNodeMs(workshop) }),
};

export const idle: Workload = {
  name: 'idle',
  about: '100 programs that do nothing: wake-ups of the supervisor',
  rounds: { full: 1, quick: 1 },
  measure: (workshop, rival, effort) =>
    withIdle(workshop, rival, programs, async (running) => {
      await pause(restMs[effort]);
      const before = wakeUps(running.ownProcesses());
      await pause(countingMs[effort]);
      return { 'wake-ups': [(wakeUps(running.ownProcesses()) - before) / (countingMs[effort] / 1000)] };
    }),
};

/** Milliseconds for each. */
async function killOneByOne({ marks, started }: Running, forMs: number): Promise<readonly number[]> {
  const until = nowMs() + forMs;
  const taken: number[] = [];
  for (const { index, pid } of started.slice(0, mostKills)) {
    if (nowMs() > until) break;
    const from = marks.all.length;
    const at = nowMs();
    process.kill(pid, 'SIGKILL');
    const [successor] = await marks.take(1, (mark) => mark.index === index, from);
    taken.push((successor?.atMs ?? Number.NaN) - at);
    // Uneven, so as not to beat in time with a poll.
    await pause(5 + (index % 7) * 3);
  }
  return taken;
}

/** Milliseconds until the last is back. */
async function killAll({ marks, programs: living }: Running): Promise<number> {
  const pids = living();
  const from = marks.all.length;
  const at = nowMs();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const back = await marks.take(pids.length, ({ index }) => index >= 0, from);
  return Math.max(...back.map(({ atMs }) => atMs)) - at;
}
