/** Questions that every format asks of a chart. */

import type { Chart, ChartState, ChartTransition } from '../model/chart.ts';

/** `active`: path of the innermost active state. The states around it are active, too. */
export const isActive = ({ path }: Pick<ChartState, 'path'>, active: string | null): boolean =>
  active !== null && (path === '' || path === active || active.startsWith(`${path}.`));

export const transitionsOf = ({ transitions }: Chart, { path }: Pick<ChartState, 'path'>): readonly ChartTransition[] =>
  transitions.filter(({ source }) => source === path);

export const childrenOf = ({ states }: Chart, { path }: Pick<ChartState, 'path'>): readonly ChartState[] =>
  states.filter(({ parent }) => parent === path);

/** Event, condition and actions in the notation of statecharts: `event [condition] / action, action`. */
export function describeTransition({ event, guard, actions }: ChartTransition): string {
  const condition = guard === '' ? '' : ` [${guard}]`;
  return `${event}${condition}${actions.length === 0 ? '' : ` / ${actions.join(', ')}`}`;
}

/**
 * Path of the state of that name, or of that path; of several with the same name the outermost. null if there is none.
 */
export function findState({ states }: Chart, name: string): string | null {
  const found = states
    .filter(({ path, name: own }) => path !== '' && (path === name || own === name))
    .sort((one, other) => depthOf(one) - depthOf(other));
  return found[0]?.path ?? null;
}

const depthOf = ({ path }: ChartState): number => path.split('.').length;
