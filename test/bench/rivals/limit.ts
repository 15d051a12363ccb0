/** The program in C that does nothing but what the kernel must be asked for; see limit.c. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Rival } from './rival.ts';

export const limit: Rival = {
  name: 'limit',
  most: Number.POSITIVE_INFINITY,
  missing: (workshop) => (workshop.tool('limit') && workshop.tool('client') ? undefined : 'no C compiler (cc)'),
  plan({ folder, count, command }, workshop) {
    const socket = join(folder, 'limit.sock');
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    const client = [workshop.tool('client') ?? '', socket, 'line'];
    return {
      command: [workshop.tool('limit') ?? '', socket, logs, String(count), ...command],
      endSignal: 'SIGTERM',
      status: [...client, 'status'],
      stopAll: [...client, 'stop'],
      startAll: [...client, 'start'],
      socket: { path: socket, protocols: ['xml', 'packed'], name: (index) => `p:${index}` },
      logFile: (index) => join(logs, `${index}.log`),
    };
  },
};
