/** Measurements, which take long and say little on a busy machine: `npm run bench -- trace`. */

import { benchTrace } from './trace.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = { trace: benchTrace };

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
  console.error(`there is no measurement "${name}", but: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  await bench();
}
