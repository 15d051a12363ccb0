import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { bareNode } from './figures.ts';
import type { Rival } from './rivals/rival.ts';
import type { Workload } from './workloads/workload.ts';
import type { Workshop } from './workshop.ts';

const workshop: Workshop = { folder: () => '', tool: () => undefined, child: '', remove: () => undefined };

const rival = (name: string): Rival => ({
  name,
  most: 10,
  missing: () => undefined,
  plan: () => ({ command: [], endSignal: 'SIGTERM', logFile: () => '' }),
});

const rivals = [rival('first'), rival('second')];

function workload(parts: Partial<Workload> = {}): { readonly turns: string[]; readonly workload: Workload } {
  const turns: string[] = [];
  const measure: Workload['measure'] = async (_, { name }) => {
    turns.push(name);
    return { storm: [turns.length] };
  };
  return { turns, workload: { name: 'some', about: '', rounds: { full: 2, quick: 1 }, measure, ...parts } };
}

const options = { rivals, effort: 'full', rounds: undefined, say: () => undefined } as const;

test('everybody takes a turn in every round', async () => {
  const { turns, workload: some } = workload();
  const samples = await compare(workshop, { ...options, workloads: [some] });
  expect(turns).toEqual(['first', 'second', 'first', 'second']);
  expect(samples).toEqual({ storm: { first: [1, 3], second: [2, 4] } });
});

test('rounds may be asked for, and a quick run has fewer', async () => {
  const asked = workload();
  await compare(workshop, { ...options, workloads: [asked.workload], rounds: 3 });
  expect(asked.turns).toHaveLength(6);
  const quick = workload();
  await compare(workshop, { ...options, workloads: [quick.workload], effort: 'quick' });
  expect(quick.turns).toHaveLength(2);
});

test('who takes no part has no turn, and that of Node is behind the first one', async () => {
  const { turns, workload: some } = workload({
    takesPart: ({ name }, _, round) => name === 'first' || round === 1,
    measureNode: async () => ({ storm: [40] }),
  });
  const samples = await compare(workshop, { ...options, workloads: [some] });
  expect(turns).toEqual(['first', 'first', 'second']);
  expect(samples.storm?.[bareNode]).toEqual([40, 40]);
});

test('a measurement that fails is told of, and the others go on', async () => {
  const said: string[] = [];
  const { turns, workload: some } = workload();
  const failing: Workload = {
    ...some,
    measure: (where, who, effort) =>
      who.name === 'first' ? Promise.reject(new Error('no')) : some.measure(where, who, effort),
  };
  const say = (line: string): void => void said.push(line);
  await compare(workshop, { ...options, workloads: [failing], rounds: 1, say });
  expect(turns).toEqual(['second']);
  expect(said).toContain('some: first could not be measured: Error: no');
});
