/** The methods that tell which version runs, and put the installed one in its place. */

import { Fault } from '../model/errors.ts';
import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';

const describe = defineMethod({
  name: 'daemon.describe',
  params: [],
  returns: {
    type: 'struct',
    doc: '`version` of statevisor, `pid`, and `instance`, a text that is another one after each start or upgrade',
  },
  doc: 'Tells which daemon answers.',
  role: 'view',
  faults: [],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }) => ({ version: control.productVersion, pid: control.pid, instance: control.instance }),
});

const upgrade = defineMethod({
  name: 'daemon.upgrade',
  params: [],
  returns: {
    type: 'struct',
    doc: '`from` and `to`, versions of statevisor, and the `instance` that is being replaced',
  },
  doc:
    'Replaces the running daemon by the version that is installed now, which reads the configuration anew. Programs run ' +
    'on. The new version is tried first; if it cannot start, the old one goes on and the fault says why. Answers before ' +
    'the replacement; then every connection is closed.',
  role: 'admin',
  faults: ['FAILED'],
  beyondSupervisor: true,
  run: async ({ control }) => {
    const outcome = await control.upgrade();
    if (outcome.kind === 'refused') throw Fault.of('FAILED', outcome.reason);
    return { from: outcome.from, to: outcome.to, instance: control.instance };
  },
});

export const upgradeMethods: readonly Method[] = [describe, upgrade];
