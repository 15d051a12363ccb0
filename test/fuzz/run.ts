/**
 * The long run: `npm run fuzz -- --minutes 20 [--only ini,frames] [--seed 7] [--no-python]`. Prints a line for each fuzzer
 * and finally a table; what fails is made small and saved in test/fuzz/corpus, and the exit status is 1.
 */

import { parseArgs } from 'node:util';
import { attempt, type CampaignReport, runCampaign } from './campaign.ts';
import { savedInputs, saveInput } from './corpus.ts';
import { startCoverage } from './coverage.ts';
import type { Fuzzer } from './fuzzer.ts';
import { fuzzers } from './fuzzers/index.ts';
import { startPython } from './python.ts';
import { keepStrayErrors } from './stray-errors.ts';
import { startWatchdog } from './watchdog.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    only: { type: 'string' },
    seed: { type: 'string' },
    python: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const chosen = values.only?.split(',');
const selected = fuzzers.filter(({ name }) => chosen === undefined || chosen.includes(name));
const shareMs = (Number(values.minutes) * 60_000) / Math.max(1, selected.length);
const watchdog = startWatchdog(120_000);
const python = values.python ? startPython() : null;

interface Row extends CampaignReport {
  readonly fuzzer: string;
  readonly seconds: number;
  readonly code: number;
  readonly heapMiB: number;
}

keepStrayErrors();

async function runOne(fuzzer: Fuzzer): Promise<Row> {
  const { name } = fuzzer;
  const coverage = await startCoverage((url) => url.endsWith('/fuzz.mjs'));
  const target = await fuzzer.open({ python });
  const saved: string[] = [];
  for (const { file, bytes } of savedInputs(name)) {
    const result = await attempt(target, bytes);
    if (result.kind === 'passed') continue;
    console.log(`${name}: ${file} fails again: ${result.message}\n`);
    process.exitCode = 1;
  }
  const start = performance.now();
  const report = await runCampaign({
    fuzzer,
    target,
    seed: firstSeed,
    coverage,
    goesOn: () => performance.now() - start < shareMs,
    onInput: (input) => watchdog.begin(name, input),
    onFailure: ({ input, message }) => {
      saved.push(saveInput(name, input));
      console.log(`${name}: FAILED, saved as ${saved.at(-1)}\n${message}\n`);
    },
  });
  const code = coverage.reached();
  await coverage.stop();
  await target.close?.();
  globalThis.gc?.();
  const row: Row = {
    ...report,
    fuzzer: name,
    seconds: (performance.now() - start) / 1000,
    code,
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
  };
  console.log(
    `${name}: ${row.inputs} inputs in ${row.seconds.toFixed(0)} s, ${row.outcomes.size} outcomes, ` +
      `${row.code} places in the code, ${row.kept} inputs kept, heap ${row.heapMiB.toFixed(0)} MiB, ${row.failures.length} failures`,
  );
  return row;
}

console.log(`seed ${firstSeed}, ${python === null ? 'without' : 'with'} the original Supervisor to compare with`);
const rows: Row[] = [];
for (const fuzzer of selected) rows.push(await runOne(fuzzer));
await python?.close();
await watchdog.stop();

const digits = (number: number): string => Math.round(number).toLocaleString('en');
console.log(
  '\n| Fuzzer | Inputs | Outcomes | Places in the code | Inputs kept | Failures |\n|---|---:|---:|---:|---:|---:|',
);
for (const row of rows) {
  const numbers = [row.inputs, row.outcomes.size, row.code, row.kept, row.failures.length].map(digits);
  console.log(`| ${row.fuzzer} | ${numbers.join(' | ')} |`);
}
console.log(
  `| all | ${digits(rows.reduce((sum, row) => sum + row.inputs, 0))} | | | | ${digits(rows.reduce((sum, row) => sum + row.failures.length, 0))} |`,
);
if (rows.some((row) => row.failures.length > 0)) process.exitCode = 1;
