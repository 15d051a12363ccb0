/** Tells the trace of a control action: by whom, what for, and whose it is, without secrets. */

import { parseProcessName } from '../model/process-name.ts';
import { type ControlAction, showArguments } from './audit.ts';
import type { SupervisorControl } from './control.ts';
import { groupName } from './parameters.ts';
import type { NotedRequest } from './trace-control.ts';

/** null when nothing is remembered. */
export const noteAction = (action: ControlAction, control: SupervisorControl): NotedRequest | null =>
  control.trace.noteRequest({
    of: subjectOf(action, control),
    method: action.method.name,
    facts: { peer: action.session.actor, params: showArguments(action.method, action.params).join(' ') },
  });

/** What the request names, if there is such a thing: `group:process`, or a group's name. */
function subjectOf({ method, params }: ControlAction, control: SupervisorControl): string {
  const [name] = params;
  if (method.params[0]?.name !== 'name' || typeof name !== 'string') return '';
  const parsed = parseProcessName(name);
  const group = control.group(parsed.group);
  if (group === undefined) return '';
  if (parsed.process === null) return group.name;
  if (group.process(parsed.process) === undefined) return method.params[0] === groupName ? group.name : '';
  return `${group.name}:${parsed.process}`;
}
