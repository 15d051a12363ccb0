/** This product, as it is built in dist, and the same without some of what it does: what that costs. */

import { resolve } from 'node:path';
import type { Rival } from './rival.ts';
import { type Omissions, supervisorPlan } from './supervisor-config.ts';

const without = (name: string, omitted: Omissions): Rival => ({
  name,
  most: Number.POSITIVE_INFINITY,
  missing: () => undefined,
  plan(task) {
    const commands = {
      supervisord: [resolve('dist/supervisord.js')],
      supervisorctl: [resolve('dist/supervisorctl.js')],
    };
    const plan = supervisorPlan(task, commands, omitted);
    return { ...plan, ...(plan.socket && { socket: { ...plan.socket, protocols: ['xml', 'packed'] } }) };
  },
});

export const statevisor: Rival = without('statevisor', {});

export const lesser: readonly Rival[] = [
  without('no-survival', { survival: true }),
  without('no-trace', { trace: true }),
  without('no-logs', { logs: true }),
  without('none-of-these', { survival: true, trace: true, logs: true }),
].map((rival) => ({ ...rival, onlyIfAsked: true }));
