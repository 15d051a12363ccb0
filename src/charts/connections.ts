/** Transitions between the same two states share a line, with their labels below each other. */

import type { OutlinedTransition } from './outline.ts';

export interface Connection<Transition = OutlinedTransition> {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly Transition[];
}

/** Without the transitions that stay in their state. */
export function connectionsOf<Transition extends OutlinedTransition>(
  transitions: readonly Transition[],
): readonly Connection<Transition>[] {
  const connections = new Map<string, Connection<Transition>>();
  for (const transition of transitions) {
    const { source, target } = transition;
    if (target === null) continue;
    const id = `${source}>${target}`;
    const known = connections.get(id)?.transitions ?? [];
    connections.set(id, { id, source, target, transitions: [...known, transition] });
  }
  return [...connections.values()];
}
