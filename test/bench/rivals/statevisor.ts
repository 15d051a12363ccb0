/** This product, as it is built in dist. */

import { resolve } from 'node:path';
import type { Rival } from './rival.ts';
import { supervisorPlan } from './supervisor-config.ts';

export const statevisor: Rival = {
  name: 'statevisor',
  most: Number.POSITIVE_INFINITY,
  missing: () => undefined,
  plan(task) {
    const plan = supervisorPlan(task, [resolve('dist/supervisord.js')], [resolve('dist/supervisorctl.js')]);
    return { ...plan, ...(plan.socket && { socket: { ...plan.socket, protocols: ['xml', 'packed'] } }) };
  },
};
