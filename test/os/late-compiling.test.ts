import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Something that is done a few thousand times, as for a few thousand programs, and again and again. */
const work = (times: number, within: string): string => `
beginCompilingLate();
${within}
const step = (state, each) => {
  const next = { ...state, count: state.count + each.length };
  return next.count % 2 === 0 ? next : { ...next, count: next.count + 1 };
};
let state = { count: 0 };
for (let at = 0; at < ${times}; at += 1) state = step(state, [at, at]);
console.log('the sum', state.count);
`;

/** What it came to, how often something was compiled to its fastest form, and what was complained about. */
async function resultOf(times: number, plain: string, within = '') {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { beginCompilingLate, compileAsUsual, compileLate } from './src/os/late-compiling.ts';\n${work(times, within)}`,
      resolveDir: resolve(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const options = ['--trace-opt', '--input-type=module', '-e', outputFiles[0]?.text ?? ''];
  const { stdout, stderr } = await run(process.execPath, options, {
    env: { STATEVISOR_PLAIN: plain },
    maxBuffer: 10e6,
  });
  const compiled = stdout.match(/completed optimizing .*<JSFunction step\b/g)?.length ?? 0;
  return { sum: /the sum \d+/.exec(stdout)?.[0], compiled, stderr };
}

const isKnown = process.versions.v8.startsWith('11.');

test('what is done some thousand times is compiled as it is and not to its fastest form, with the same result', async () => {
  const [late, plain] = [await resultOf(6000, ''), await resultOf(6000, 'late-compiling')];
  expect({ ...late, compiled: 0 }).toEqual({ ...plain, compiled: 0 });
  expect(late.stderr).toBe('');
  if (isKnown) expect({ late: late.compiled, plain: plain.compiled > 0 }).toEqual({ late: 0, plain: true });
});

test('what goes on and on gets there all the same, and when it is asked for as soon as ever', async () => {
  expect((await resultOf(2_000_000, '')).compiled).toBeGreaterThan(0);
  expect((await resultOf(6000, '', 'compileAsUsual();')).compiled).toBeGreaterThan(0);
});

test('late is meant for whatever follows', async () => {
  const { compiled } = await resultOf(6000, '', 'compileAsUsual(); compileLate();');
  if (isKnown) expect(compiled).toBe(0);
});
