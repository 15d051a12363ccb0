/**
 * Measurements, which take long and say little on a busy machine: `npm run bench` compares with other supervisors,
 * `npm run bench -- trace` tells what the trace costs.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { compare } from './compare.ts';
import type { FigureId, Samples } from './figures.ts';
import { replaceFigures } from './markers.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { columnNames, markdownTable, plainTable, reportRows } from './report.ts';
import { rivals, statevisor } from './rivals/all.ts';
import type { Rival } from './rivals/rival.ts';
import { endAll } from './running.ts';
import { benchTrace } from './trace.ts';
import { workloads } from './workloads/all.ts';
import type { Workload } from './workloads/workload.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const document = 'docs/performance.md';

/** In a quick run there is time for those that targets are mostly about. */
const quickRivals = ['supervisor', 'limit'];

/** Without those that are ourselves once more. */
const usualRivals = rivals.filter(({ onlyIfAsked }) => onlyIfAsked !== true).map(({ name }) => name);

const say = (line: string): void => console.error(line);

if (process.argv[2] === 'trace') await benchTrace();
else await benchComparison(readOptions(process.argv.slice(2)));

async function benchComparison(options: BenchOptions): Promise<void> {
  const chosen = chosenWorkloads(options);
  if (chosen === undefined) return;
  if (options.list) {
    for (const { name, about } of workloads) console.log(`${name.padEnd(16)}${about}`);
    return;
  }
  const workshop = openWorkshop();
  const interrupted = (): void => void close(workshop).then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    const { effort, rounds } = options;
    const takingPart = chosenRivals(options, workshop);
    const measured = await compare(workshop, { workloads: chosen, rivals: takingPart, effort, rounds, say });
    publish(options, [...options.earlier.map(readSamples), measured].reduce(mergeSamples));
  } finally {
    await close(workshop);
  }
}

function chosenWorkloads({ names }: BenchOptions): readonly Workload[] | undefined {
  const unknown = names.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length === 0) return workloads.filter(({ name }) => names.length === 0 || names.includes(name));
  const known = [...workloads.map(({ name }) => name), 'trace'].join(', ');
  console.error(`there is no measurement "${unknown.join(', ')}", but: ${known}`);
  process.exitCode = 2;
  return undefined;
}

function chosenRivals({ rivals: names, effort }: BenchOptions, workshop: Workshop): readonly Rival[] {
  const wanted = names ?? (effort === 'quick' ? quickRivals : usualRivals);
  const missing = new Map(rivals.map((rival) => [rival.name, rival.missing(workshop)]));
  for (const name of wanted) {
    if (missing.get(name) !== undefined) say(`without ${name}: ${missing.get(name)}`);
  }
  return [statevisor, ...rivals.filter(({ name }) => wanted.includes(name) && missing.get(name) === undefined)];
}

async function close(workshop: Workshop): Promise<void> {
  await endAll();
  workshop.remove();
}

/** Shows the figures, and writes them where they were asked for. */
function publish({ json, writeDocs, effort }: BenchOptions, samples: Samples): void {
  const names = columnNames(
    samples,
    rivals.map(({ name }) => name),
  );
  const rows = reportRows(samples, names);
  const machine = { cores: availableParallelism(), node: process.versions.node };
  console.log(plainTable(rows, names));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, effort, samples }, null, 1)}\n`);
  if (!writeDocs) return;
  const haste = effort === 'quick' ? ', in a quick run' : '';
  const about = `Measured on ${machine.cores} cores with Node ${machine.node}${haste}.`;
  writeFileSync(document, replaceFigures(readFileSync(document, 'utf8'), `${about}\n\n${markdownTable(rows, names)}`));
}

/** Of a file that an earlier run has written. */
function readSamples(path: string): Samples {
  const { samples } = JSON.parse(readFileSync(path, 'utf8')) as { readonly samples: Samples };
  return samples;
}

function mergeSamples(one: Samples, other: Samples): Samples {
  const merged: Samples = { ...one };
  for (const [id, byName] of Object.entries(other) as [FigureId, Readonly<Record<string, readonly number[]>>][]) {
    const sum: Record<string, readonly number[]> = { ...merged[id] };
    for (const [name, values] of Object.entries(byName)) sum[name] = [...(sum[name] ?? []), ...values];
    merged[id] = sum;
  }
  return merged;
}
