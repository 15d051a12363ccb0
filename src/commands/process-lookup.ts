/** Finds the processes a request names. Every miss is BAD_NAME with the name as the caller wrote it. */

import { Fault } from '../model/errors.ts';
import { parseProcessName } from '../model/process-name.ts';
import type { ActiveGroup, ActiveProcess, SupervisorControl } from './control.ts';

export type Target =
  | { readonly kind: 'process'; readonly process: ActiveProcess }
  | { readonly kind: 'group'; readonly group: ActiveGroup };

/** One process, or a whole group for `group:*`. */
export function findTarget(control: SupervisorControl, text: string): Target {
  const name = parseProcessName(text);
  const group = control.group(name.group);
  if (group === undefined) throw Fault.of('BAD_NAME', text);
  if (name.process === null) return { kind: 'group', group };
  const process = group.process(name.process);
  if (process === undefined) throw Fault.of('BAD_NAME', text);
  return { kind: 'process', process };
}

/** One process; the group forms are refused. */
export function findProcess(control: SupervisorControl, text: string): ActiveProcess {
  const target = findTarget(control, text);
  if (target.kind === 'group') throw Fault.of('BAD_NAME', text);
  return target.process;
}

export function findGroup(control: SupervisorControl, name: string): ActiveGroup {
  const group = control.group(name);
  if (group === undefined) throw Fault.of('BAD_NAME', name);
  return group;
}

/** Every process, in the order of starting: by priority of the groups, then of the processes. */
export const allProcesses = (control: SupervisorControl): readonly ActiveProcess[] =>
  control.groups().flatMap((group) => group.processes());
