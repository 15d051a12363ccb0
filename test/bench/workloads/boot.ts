/** Starting: one program, a thousand, three thousand, each from the exec of the supervisor until the last program has begun. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openMarks } from '../marks.ts';
import { cpuSeconds, memory } from '../processes.ts';
import { measureRequests } from '../requests.ts';
import { type Running, startRival, wallOf } from '../running.ts';
import type { Workshop } from '../workshop.ts';
import type { Effort, Measured, Workload } from './workload.ts';

/** Until the memory is read, in milliseconds: what is only needed to begin has been given back. */
const settleMs: Readonly<Record<Effort, number>> = { full: 5000, quick: 4000 };

/** What is short is done several times in a turn. */
const repeats = 3;

export const one: Workload = {
  name: 'one',
  about: 'one program: boot, memory',
  rounds: { full: 7, quick: 1 },
  measure: async (workshop, rival, effort) => {
    const boots: number[] = [];
    const memoryOf = await withIdle(workshop, rival, 1, async (running) => {
      boots.push(bootMs(running));
      await pause(settleMs[effort]);
      const { anonymous, resident } = memory(running.ownProcesses());
      return { 'private-1': [anonymous], 'resident-1': [resident] };
    });
    while (boots.length < repeats) {
      await withIdle(workshop, rival, 1, async (running) => {
        boots.push(bootMs(running));
        return {};
      });
    }
    return { ...memoryOf, 'boot-1': boots };
  },
  measureNode: async (workshop) => ({ 'boot-1': await bareNodeMs(workshop) }),
};

export const thousand: Workload = {
  name: 'thousand',
  about: '1,000 programs: boot, its CPU, memory, requests, shutdown',
  rounds: { full: 5, quick: 1 },
  measure: (workshop, rival, effort) =>
    withIdle(workshop, rival, 1000, async (running) => {
      const boot = bootMs(running);
      const cpu = cpuSeconds([...running.ownProcesses(), ...running.programs()]);
      await pause(settleMs[effort]);
      const { anonymous, resident } = memory(running.ownProcesses());
      const requests = await measureRequests(workshop, running);
      const shutdown = await running.shutDown();
      return {
        'boot-1000': [boot],
        'boot-cpu': [cpu],
        'private-1000': [anonymous],
        'resident-1000': [resident],
        'shutdown-1000': [shutdown],
        ...requests,
      };
    }),
};

export const threeThousand: Workload = {
  name: 'three-thousand',
  about: '3,000 programs: boot',
  rounds: { full: 3, quick: 1 },
  // Supervisor takes most of a minute, and no target is about it.
  takesPart: ({ name, most }, effort, round) =>
    most >= 3000 && (name !== 'supervisor' || (effort === 'full' && round === 0)),
  measure: (workshop, rival) =>
    withIdle(workshop, rival, 3000, async (running) => ({ 'boot-3000': [bootMs(running)] })),
};

/** Times from the exec of a bare Node, which does nothing, until it has ended. */
export async function bareNodeMs(workshop: Workshop): Promise<readonly number[]> {
  const marks = openMarks(join(workshop.folder(), 'marks'));
  try {
    return await repeated(() => wallOf(workshop, marks, [process.execPath, '-e', '0']));
  } finally {
    marks.close();
  }
}

/** The values of something short, done one after the other. */
export async function repeated(measure: () => Promise<number>): Promise<readonly number[]> {
  const values: number[] = [];
  while (values.length < repeats) values.push(await measure());
  return values;
}

/** Starts programs that do nothing, measures, and ends everything. */
export async function withIdle(
  workshop: Workshop,
  rival: Running['rival'],
  count: number,
  measure: (running: Running) => Promise<Measured>,
): Promise<Measured> {
  const running = await startRival(workshop, rival, { count, command: (fifo) => [workshop.child, fifo, '%d'] });
  try {
    return await measure(running);
  } finally {
    await running.end();
  }
}

export const bootMs = ({ beganMs, started }: Running): number => Math.max(...started.map(({ atMs }) => atMs)) - beganMs;
