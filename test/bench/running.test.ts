import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { isAlive } from './processes.ts';
import { limit } from './rivals/limit.ts';
import { endAll, startRival } from './running.ts';
import { openWorkshop } from './workshop.ts';

const workshop = openWorkshop();
const compiled = limit.missing(workshop) === undefined;

afterAll(async () => {
  await endAll();
  workshop.remove();
});

const command = (fifo: string): readonly string[] => [workshop.child, fifo, '%d'];

test.runIf(compiled)('a supervisor is started with its programs, and ended with all of them', async () => {
  const running = await startRival(workshop, limit, { count: 3, command });
  expect(running.started.map(({ index }) => index).toSorted()).toEqual([0, 1, 2]);
  expect(running.programs()).toHaveLength(3);
  expect(running.ownProcesses()).toHaveLength(1);
  const all = [...running.programs(), ...running.ownProcesses()];
  await running.end();
  expect(all.filter(isAlive)).toEqual([]);
  expect(existsSync(running.marks.path)).toBe(false);
});

test.runIf(compiled)('a killed program is back under its number', async () => {
  const running = await startRival(workshop, limit, { count: 2, command });
  try {
    const [victim] = running.started;
    const from = running.marks.all.length;
    process.kill(victim!.pid, 'SIGKILL');
    const [successor] = await running.marks.take(1, ({ index }) => index === victim!.index, from);
    expect(successor?.pid).not.toBe(victim!.pid);
    expect(running.programs()).toHaveLength(2);
  } finally {
    await running.end();
  }
});

test.runIf(compiled)('it can be stopped, started and shut down', async () => {
  const running = await startRival(workshop, limit, { count: 2, command });
  try {
    await running.wall(running.plan.stopAll ?? []);
    expect(running.programs()).toEqual([]);
    const from = running.marks.all.length;
    await running.wall(running.plan.startAll ?? []);
    await running.marks.take(2, ({ index }) => index >= 0, from);
    await running.shutDown();
    expect([...running.programs(), ...running.ownProcesses()]).toEqual([]);
  } finally {
    await running.end();
  }
});
