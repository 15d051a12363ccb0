/** Node with as little supervisor as there can be, without actors and with them: what of the cost is not this product's; see sketch.mjs. */

import { join, resolve } from 'node:path';
import type { Rival, Task } from './rival.ts';

const sketchOf = (name: string, style: (task: Task) => 'plain' | 'actors' | 'logs'): Rival => ({
  name,
  most: Number.POSITIVE_INFINITY,
  missing: () => undefined,
  plan: (task) => ({
    command: [
      process.execPath,
      resolve('test/bench/sketch/sketch.mjs'),
      style(task),
      String(task.count),
      task.folder,
      ...task.command,
    ],
    endSignal: 'SIGTERM',
    logFile: (index) => join(task.folder, `${index}.log`),
  }),
});

export const sketch = sketchOf('sketch', ({ isWritten }) => (isWritten === true ? 'logs' : 'plain'));
export const actorSketch: Rival = { ...sketchOf('actors', () => 'actors'), keepsNoLogs: true };
