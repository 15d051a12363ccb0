/** The command line of `npm run bench`. */

import { parseArgs } from 'node:util';
import type { Effort } from './workloads/workload.ts';

export interface BenchOptions {
  /** Workloads to be run; all when empty. */
  readonly names: readonly string[];
  readonly effort: Effort;
  /** Instead of what each workload says. */
  readonly rounds: number | undefined;
  /** Names of those to compare with; whoever is installed when undefined. */
  readonly rivals: readonly string[] | undefined;
  /** Where the values go, and which files of earlier runs are counted in. */
  readonly json: string | undefined;
  readonly earlier: readonly string[];
  readonly writeDocs: boolean;
  readonly list: boolean;
}

/** @throws Error when the command line has a mistake. */
export function readOptions(words: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      rivals: { type: 'string' },
      json: { type: 'string' },
      with: { type: 'string', multiple: true, default: [] },
      'write-docs': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 0)) {
    throw new Error(`--rounds must be a whole number, got "${values.rounds}"`);
  }
  return {
    names: positionals,
    effort: values.quick ? 'quick' : 'full',
    rounds,
    rivals: values.rivals?.split(',').filter((name) => name !== ''),
    json: values.json,
    earlier: values.with,
    writeDocs: values['write-docs'],
    list: values.list,
  };
}
