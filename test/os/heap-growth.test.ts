import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const source = readFileSync(resolve(import.meta.dirname, '../../src/os/heap-growth.ts'), 'utf8');

/** Long-lived objects of some 40 MiB, and a collection that finds them. */
const work = `
const kept = Array.from({ length: 400_000 }, (_, count) => ({ count, text: [count] }));
setImmediate(() => {
  gc();
  console.log(kept.length);
});
`;

/** What was in use after the last collection, and with how much comes the next one: both in KiB. */
async function limitAfterCollection(program: string): Promise<{ readonly used: number; readonly limit: number }> {
  const options = ['--expose-gc', '--trace-gc-verbose', '--input-type=module', '-e', program];
  const { stdout } = await run(process.execPath, options);
  const last = [...stdout.matchAll(/Limit: old size: (\d+) KB, new limit: (\d+) KB/g)].at(-1);
  return { used: Number(last?.[1]), limit: Number(last?.[2]) };
}

test('long-lived memory is collected when half of what is in use has been added, and the young generation', async () => {
  const { code } = await transform(source, { loader: 'ts' });
  const { used, limit } = await limitAfterCollection(`${code}\nlimitHeapGrowth();\n${work}`);
  const largestYoungGeneration = 16 * 1024;
  expect(used).toBeGreaterThan(20_000);
  expect(limit).toBeLessThanOrEqual(used * 1.5 + largestYoungGeneration);
});
