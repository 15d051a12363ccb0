/**
 * The long run: `npm run chaos -- --minutes 10 [--seed 7] [--seconds 60]`. One episode after the other, each with the next
 * seed; it ends at the first that finds something, which its seed
 * repeats, with exit status 1; `--keep-going` goes on, and counts.
 */

import { parseArgs } from 'node:util';
import { runEpisode } from './episode.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
  },
});

const seconds = Number(values.seconds);
const end = performance.now() + Number(values.minutes) * 60_000;
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const totals = { episodes: 0, steps: 0, looks: 0, lines: 0 };

for (let seed = firstSeed; performance.now() < end; seed += 1) {
  const report = await runEpisode(seed, seconds);
  totals.episodes += 1;
  totals.steps += report.steps;
  totals.looks += report.looks;
  totals.lines += report.linesLogged;
  console.log(
    `seed ${seed}: ${report.steps} steps, ${report.looks} looks, ${report.linesLogged} lines, ${report.violations.length} violations`,
  );
  if (report.violations.length > 0) {
    console.log(`${report.story}\n--- violations\n${report.violations.join('\n')}`);
    console.log(`repeat it with: CHAOS_SEED=${seed} CHAOS_SECONDS=${seconds} npx vitest run test/chaos`);
    process.exitCode = 1;
    if (!values['keep-going']) break;
  }
}
const { episodes, steps, looks, lines } = totals;
console.log(`${episodes} episodes: ${steps} steps, ${looks} looks at everything, ${lines} lines compared`);
