/** Transitions between the same two states share a line, with their labels below each other. */

import type { OutlinedTransition } from '../outline.ts';

export interface Connection {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly OutlinedTransition[];
}

/** Without the transitions that stay in their state. */
export function connectionsOf(transitions: readonly OutlinedTransition[]): readonly Connection[] {
  const connections = new Map<string, Connection>();
  for (const transition of transitions) {
    const { source, target } = transition;
    if (target === null) continue;
    const id = `${source}>${target}`;
    const known = connections.get(id)?.transitions ?? [];
    connections.set(id, { id, source, target, transitions: [...known, transition] });
  }
  return [...connections.values()];
}
