/** Node with as little supervisor as there can be, without actors and with them: what of the cost is not this product's; see sketch.mjs. */

import { join, resolve } from 'node:path';
import type { Rival } from './rival.ts';

const sketchOf = (name: string, style: 'plain' | 'actors'): Rival => ({
  name,
  most: Number.POSITIVE_INFINITY,
  keepsNoLogs: true,
  missing: () => undefined,
  plan: ({ folder, count, command }) => ({
    command: [process.execPath, resolve('test/bench/sketch/sketch.mjs'), style, String(count), ...command],
    endSignal: 'SIGTERM',
    logFile: (index) => join(folder, `${index}.log`),
  }),
});

export const sketch = sketchOf('sketch', 'plain');
export const actorSketch = sketchOf('actors', 'actors');
