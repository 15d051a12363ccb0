/** What is written into a chart, line by line, so that whoever measures the room for it and whoever draws it agree. */

import type { OutlinedState, OutlinedTransition } from './outline.ts';

/** The label of a transition: its event, and its condition below. */
export const labelLines = ({ event, guard }: Pick<OutlinedTransition, 'event' | 'guard'>): readonly string[] =>
  guard === '' ? [event] : [event, `[${guard}]`];

/** What stands below a state's name: the actors that live with it, then the events that leave it as it is. */
export function stateLines(state: OutlinedState, transitions: readonly OutlinedTransition[]): readonly string[] {
  const stays = transitions.filter(({ source, target }) => source === state.path && target === null);
  const invokes = state.invokes.map((actor) => `invoke ${actor}`);
  return [...invokes, ...stays.map(({ event, guard }) => (guard === '' ? event : `${event} [${guard}]`))];
}

/** Timers that run in the state, by their names. */
export const timersOf = ({ path }: OutlinedState, transitions: readonly OutlinedTransition[]): readonly string[] => [
  ...new Set(
    transitions.flatMap(({ source, event }) =>
      source === path && event.startsWith('after ') ? [event.slice('after '.length)] : [],
    ),
  ),
];

/** It comes only where an earlier daemon or a defect left something to be mended; charts draw it fainter. */
export const isUncommon = (event: string): boolean => /^xstate\.error\.|\.resume$/.test(event);
