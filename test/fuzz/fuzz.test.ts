import { describe, expect, test } from 'vitest';
import { attempt, runCampaign } from './campaign.ts';
import { savedInputs } from './corpus.ts';
import { fuzzers } from './fuzzers/index.ts';

/** `FUZZ_SEED=… npx vitest run test/fuzz` repeats a run. */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

describe.each(fuzzers)('$name', (fuzzer) => {
  test('every input that failed once is answered well', async () => {
    const target = await fuzzer.open({ python: null });
    for (const { file, bytes } of savedInputs(fuzzer.name)) {
      expect(await attempt(target, bytes), file).toMatchObject({ kind: 'passed' });
    }
    await target.close?.();
  });

  test(`${fuzzer.shortRun} random inputs are answered well (FUZZ_SEED=${seed})`, async () => {
    const target = await fuzzer.open({ python: null });
    const { failures } = await runCampaign({ fuzzer, target, seed, goesOn: (inputs) => inputs < fuzzer.shortRun });
    await target.close?.();
    const shown = failures.map(({ input, message }) => `${Buffer.from(input).toString('base64')}\n${message}`);
    expect(shown.join('\n\n'), `repeated by FUZZ_SEED=${seed}`).toBe('');
  });
});
