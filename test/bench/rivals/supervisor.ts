/** The original Supervisor, where it is installed; this product, under the same name, is not meant. */

import { readFileSync } from 'node:fs';
import { commandPath, type Rival } from './rival.ts';
import { supervisorPlan } from './supervisor-config.ts';

export const supervisor: Rival = {
  name: 'supervisor',
  most: Number.POSITIVE_INFINITY,
  missing: () =>
    isOriginal('supervisord') && isOriginal('supervisorctl') ? undefined : "Python's Supervisor not installed",
  plan: (task) => supervisorPlan(task, { supervisord: ['supervisord'], supervisorctl: ['supervisorctl'] }),
};

function isOriginal(name: string): boolean {
  const path = commandPath(name);
  return path !== undefined && /^#!.*python/.test(readFileSync(path, 'latin1'));
}
