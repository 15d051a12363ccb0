/** What an inspector may know of an actor: its machine, its state and plain figures. Never configuration or bytes. */

import type { AnyActorRef } from 'xstate';
import { isMachineSnapshot } from '../trace/innermost-state.ts';

/** Machines, and the actors of OS children; channels of output are too many and have no states. */
export const isInspected = (ref: AnyActorRef): boolean => isMachineSnapshot(ref.getSnapshot()) || ref.id === 'child';

export interface InspectedSnapshot {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Of the context only what is a number, a text or the like: specifications hold the environment of programs. */
export function inspectedSnapshot(snapshot: unknown): InspectedSnapshot {
  if (!isMachineSnapshot(snapshot)) return { status: 'active' };
  const { status, value } = snapshot;
  const figures = Object.entries(snapshot.context).filter(([, one]) => isFigure(one));
  return { status, value, context: Object.fromEntries(figures) };
}

const isFigure = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

const definitions = new WeakMap<object, string>();

/** The machine's table as JSON, in which functions stand by their names; null for actors without a machine. */
export function inspectedDefinition(snapshot: unknown): string | null {
  if (!isMachineSnapshot(snapshot)) return null;
  const { config } = snapshot.machine;
  const known = definitions.get(config);
  if (known !== undefined) return known;
  const definition = JSON.stringify(config, (_, value: unknown) =>
    typeof value === 'function' ? named(value) : value,
  );
  definitions.set(config, definition);
  return definition;
}

const named = (value: object): { readonly type: string } => ({
  type: String(('type' in value ? value.type : undefined) ?? ('name' in value ? value.name : '')).replace(
    'xstate.',
    '',
  ),
});

/** Every actor that lives, parents before those they have started. */
export const livingActors = (ref: AnyActorRef): readonly AnyActorRef[] => [
  ref,
  ...childrenOf(ref).flatMap(livingActors),
];

function childrenOf(ref: AnyActorRef): readonly AnyActorRef[] {
  const snapshot: unknown = ref.getSnapshot();
  if (!isMachineSnapshot(snapshot)) return [];
  return Object.values<AnyActorRef | undefined>(snapshot.children).flatMap((child) => child ?? []);
}
