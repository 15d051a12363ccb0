/**
 * The long run: `npm run soak -- [--scale 0.1] [--only restarts,logs]`. Prints a line for each phase as soon as it is over,
 * and exits with status 1 when something has grown. A phase that was broken off is repeated with `--only`.
 */

import { parseArgs } from 'node:util';
import type { Summary } from './measure.ts';
import { phaseNames } from './phases.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const chosen = values.only?.split(',');

const cells = ({ memoryKib, descriptors, latencyMs, slowLatencyMs }: Summary): string =>
  `${(memoryKib / 1024).toFixed(1)} MiB, ${descriptors} descriptors, ${latencyMs.toFixed(2)} ms (${slowLatencyMs.toFixed(2)} ms)`;

console.log('| Phase | Amount | Seconds | Looks | First tenth: memory, descriptors, latency (95 %) | Last tenth |');
console.log('|---|---|---|---|---|---|');
await soak(
  { phases: phaseNames.filter((name) => chosen === undefined || chosen.includes(name)), scale: Number(values.scale) },
  ({ phase, amount, seconds, samples, comparison: { first, last }, findings }) => {
    console.log(`| ${phase} | ${amount} | ${seconds.toFixed(0)} | ${samples} | ${cells(first)} | ${cells(last)} |`);
    for (const finding of findings) console.log(`  ${phase}: ${finding}`);
    if (findings.length > 0) process.exitCode = 1;
  },
);
