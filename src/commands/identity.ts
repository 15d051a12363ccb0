/** Methods that say who answers: versions, identifier, state and pid of the daemon. */

import { supervisorStateCodes } from '../model/process-state.ts';
import { alias, defineMethod } from './define-method.ts';
import type { Method } from './method.ts';

/** The version of the control interface; `supervisorctl` refuses to talk to another. */
export const apiVersion = '3.0';

/** The Supervisor release whose behaviour this daemon has: clients decide by it what they may ask. */
export const supervisorVersion = '4.2.5';

const getAPIVersion = defineMethod({
  name: 'supervisor.getAPIVersion',
  params: [],
  returns: { type: 'string', doc: `\`${apiVersion}\`` },
  doc: 'Tells the version of the control interface.',
  role: 'view',
  faults: [],
  run: () => apiVersion,
});

const getSupervisorVersion = defineMethod({
  name: 'supervisor.getSupervisorVersion',
  params: [],
  returns: { type: 'string', doc: `\`${supervisorVersion}\`` },
  doc: 'Tells the release of Supervisor this daemon is compatible with.',
  role: 'view',
  faults: [],
  run: () => supervisorVersion,
});

const getIdentification = defineMethod({
  name: 'supervisor.getIdentification',
  params: [],
  returns: { type: 'string', doc: 'the `identifier` of the configuration' },
  doc: 'Tells the name of this daemon, to tell several apart.',
  role: 'view',
  faults: [],
  run: ({ control }) => control.identifier,
});

const getState = defineMethod({
  name: 'supervisor.getState',
  params: [],
  returns: { type: 'struct', doc: '`statecode` (int) and `statename` (string): 1 and `RUNNING`' },
  doc: 'Tells the state of the daemon. While it stops or restarts, the answer is the fault SHUTDOWN_STATE.',
  role: 'view',
  faults: [],
  run: ({ control }) => ({ statecode: supervisorStateCodes[control.state()], statename: control.state() }),
});

const getPID = defineMethod({
  name: 'supervisor.getPID',
  params: [],
  returns: { type: 'int', doc: 'process id' },
  doc: 'Tells the process id of the daemon.',
  role: 'view',
  faults: [],
  run: ({ control }) => control.pid,
});

export const identityMethods: readonly Method[] = [
  getAPIVersion,
  alias(getAPIVersion, 'supervisor.getVersion'),
  getSupervisorVersion,
  getIdentification,
  getState,
  getPID,
];
