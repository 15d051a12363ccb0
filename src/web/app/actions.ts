/** What can be done to a program in its state and by somebody with a role, and the calls that do it. Pure but for the calls. */

import type { ProcessState } from '../../model/process-state.ts';
import { type Role, suffices } from '../../model/role.ts';

export type Action = 'start' | 'stop' | 'restart';

export const actions: readonly Action[] = ['start', 'stop', 'restart'];

const startable: ReadonlySet<ProcessState> = new Set(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);

export const mayAct = (role: Role | null): boolean => role !== null && suffices(role, 'operate');

export function isOffered(action: Action, state: ProcessState): boolean {
  switch (action) {
    case 'start':
      return startable.has(state);
    case 'stop':
      return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
    case 'restart':
      return state === 'RUNNING';
    default:
      return action satisfies never;
  }
}

/** Whom an action is for. */
export type Target =
  | { readonly kind: 'process'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'all' };

const suffixes = { process: 'Process', group: 'ProcessGroup', all: 'AllProcesses' } as const;

export const describeTarget = (target: Target): string =>
  target.kind === 'all' ? 'all programs' : target.kind === 'group' ? `the group ${target.name}` : target.name;

/** What the calls are made by. */
export interface Caller {
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
}

/** Resolves to what went wrong, a line for each program; rejects when nothing could be asked. */
export async function act(link: Caller, action: Action, target: Target): Promise<readonly string[]> {
  const names = target.kind === 'all' ? [] : [target.name];
  const call = (verb: 'start' | 'stop'): Promise<unknown> =>
    link.call(`supervisor.${verb}${suffixes[target.kind]}`, ...names);
  if (action !== 'restart') return problemsIn(await call(action));
  const stopped = problemsIn(await call('stop'));
  return [...stopped, ...problemsIn(await call('start'))];
}

const success = 80;

/** A request for several programs answers with a result for each. */
function problemsIn(reply: unknown): readonly string[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((row: { readonly name: string; readonly status: number; readonly description: string }) =>
    row.status === success ? [] : [`${row.name}: ${row.description}`],
  );
}
