/** Which conditions an event was measured by, and whether they held: read off the machine's own table, never tried again. */

import type { AnyEventObject, AnyMachineSnapshot, AnyTransitionDefinition } from 'xstate';
import { guardEvidence } from '../../machines/guard-evidence.ts';
import type { TracedGuard } from '../model/trace.ts';
import { none } from './open-record.ts';

interface Measured {
  /** Something in this state answers to the event, if its condition holds. */
  readonly isAnswered: boolean;
  readonly guards: readonly TracedGuard[];
}

/**
 * The conditions on the way to what was taken, or all of them when nothing was.
 *
 * @param before - The snapshot that met the event.
 */
export function measure(
  before: AnyMachineSnapshot,
  event: AnyEventObject,
  taken: AnyTransitionDefinition | undefined,
): Measured {
  let isAnswered = taken !== undefined;
  let guards: TracedGuard[] | null = null;
  const nodes = before._nodes;
  // Inner states come behind those around them, and are asked first.
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const candidates: readonly AnyTransitionDefinition[] = nodes[index]?.transitions.get(event.type) ?? none;
    for (const candidate of candidates) {
      isAnswered = true;
      if (candidate.guard !== undefined) {
        guards ??= [];
        guards.push(describe(candidate, candidate === taken, before, event));
      }
      if (candidate === taken) return { isAnswered, guards: guards ?? none };
    }
  }
  return { isAnswered, guards: guards ?? none };
}

/** Of a step that was made by itself. */
export const measureStep = (
  before: AnyMachineSnapshot,
  event: AnyEventObject,
  { guard, ...rest }: AnyTransitionDefinition,
): readonly TracedGuard[] => (guard === undefined ? none : [describe({ ...rest, guard }, true, before, event)]);

/** Steps that the state would have made by itself, had their conditions held. */
export function unmade(after: AnyMachineSnapshot, event: AnyEventObject): readonly TracedGuard[] {
  let guards: TracedGuard[] | null = null;
  for (const node of after._nodes) {
    for (const step of node.always ?? none) {
      if (step.guard === undefined) continue;
      guards ??= [];
      guards.push(describe(step, false, after, event));
    }
  }
  return guards ?? none;
}

function describe(
  { guard }: Pick<AnyTransitionDefinition, 'guard'>,
  held: boolean,
  { machine, context }: AnyMachineSnapshot,
  event: AnyEventObject,
): TracedGuard {
  const declared: unknown = guard;
  const name = nameOf(declared);
  try {
    const params = paramsOf(declared, context, event);
    return { name, held, values: guardEvidence(machine.id, name)?.(context, params) ?? '' };
  } catch {
    return { name, held, values: '' };
  }
}

const nameOf = (guard: unknown): string =>
  typeof guard === 'object' && guard !== null && 'type' in guard ? String(guard.type) : String(guard);

function paramsOf(guard: unknown, context: unknown, event: AnyEventObject): unknown {
  if (typeof guard !== 'object' || guard === null || !('params' in guard)) return undefined;
  return typeof guard.params === 'function' ? guard.params({ context, event }) : guard.params;
}
