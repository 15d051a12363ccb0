/** Methods about configuration: reading it again, what it says, and adding and removing groups of processes. */

import { Fault } from '../model/errors.ts';
import { isStopped } from '../model/process-state.ts';
import type { GroupSpec } from '../model/program-spec.ts';
import { suffices } from '../model/role.ts';
import { readingConfig } from './config-faults.ts';
import { configInfoOf, withoutSecretsOf } from './config-info.ts';
import type { SupervisorControl } from './control.ts';
import { defineMethod } from './define-method.ts';
import { compareText } from './lexical-order.ts';
import type { Method } from './method.ts';
import { alwaysTrue, groupName } from './parameters.ts';
import { findGroup } from './process-lookup.ts';

const reloadConfig = defineMethod({
  name: 'supervisor.reloadConfig',
  params: [],
  returns: { type: 'array', doc: 'one array of three arrays of group names: `[[added, changed, removed]]`' },
  doc: 'Reads the configuration again and tells how its groups differ from the active ones. Nothing that runs changes.',
  role: 'admin',
  faults: ['CANT_REREAD'],
  run: ({ control }) => {
    const { added, changed, removed } = readingConfig(() => control.reread());
    return [[added, changed, removed]];
  },
});

const addProcessGroup = defineMethod({
  name: 'supervisor.addProcessGroup',
  params: [groupName],
  returns: alwaysTrue,
  doc: 'Activates a group of the configuration as last read; its autostart processes start.',
  role: 'admin',
  faults: ['ALREADY_ADDED', 'BAD_NAME', 'FAILED'],
  run: ({ control }, name) => {
    const spec = control.configuredGroups().find((group) => group.name === name);
    if (spec === undefined) throw Fault.of('BAD_NAME', name);
    if (control.group(name) !== undefined) throw Fault.of('ALREADY_ADDED', name);
    activate(control, spec);
    return true;
  },
});

const removeProcessGroup = defineMethod({
  name: 'supervisor.removeProcessGroup',
  params: [groupName],
  returns: alwaysTrue,
  doc: 'Removes a group whose processes are all stopped.',
  role: 'admin',
  faults: ['STILL_RUNNING', 'BAD_NAME'],
  run: ({ control }, name) => {
    const group = findGroup(control, name);
    if (!group.processes().every((process) => isStopped(process.state()))) throw Fault.of('STILL_RUNNING', name);
    control.deactivate(name);
    return true;
  },
});

const getAllConfigInfo = defineMethod({
  name: 'supervisor.getAllConfigInfo',
  params: [],
  returns: {
    type: 'array',
    doc: 'a struct for each configured process with the values of its section; what is not set is the text `none`',
  },
  doc:
    'Tells the configuration of every process as last read, sorted by process name. What looks like a password in a ' +
    'command or an address is told to the role admin only.',
  role: 'view',
  faults: [],
  run: ({ control, session }) => {
    const rows = control
      .configuredGroups()
      .flatMap((group) => group.processes.map((spec) => configInfoOf(spec, group, control.group(group.name))))
      .toSorted((left, right) => compareText(left.name, right.name));
    return suffices(session.role, 'admin') ? rows : rows.map(withoutSecretsOf);
  },
});

export const configurationMethods: readonly Method[] = [
  reloadConfig,
  addProcessGroup,
  removeProcessGroup,
  getAllConfigInfo,
];

/** What the system refuses, such as a log file, is the operator's to mend; anything else is a defect. */
function activate(control: SupervisorControl, spec: GroupSpec): void {
  try {
    control.activate(spec);
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw Fault.of('FAILED', error.message);
    throw error;
  }
}
