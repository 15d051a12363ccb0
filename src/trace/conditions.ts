/**
 * Conditions of the machines, with the figures they were decided by: read off where they are declared, never tried again.
 * What is told of one is kept as long as its figures stay the same, as most do.
 */

import type { AnyEventObject, AnyMachineSnapshot, AnyTransitionDefinition } from 'xstate';
import { guardEvidence } from '../../machines/guard-evidence.ts';
import type { TracedGuard } from '../model/trace.ts';

type Met = Pick<AnyMachineSnapshot, 'context'>;

/** What is told of one condition alone. */
type Told = readonly [TracedGuard];

export class Condition {
  readonly #name: string;
  readonly #evidence: ((context: unknown, params: unknown) => string) | null;
  readonly #params: unknown;
  #held: Told;
  #failed: Told;

  constructor(machine: string, guard: unknown) {
    this.#name = nameOf(guard);
    this.#evidence = guardEvidence(machine, this.#name);
    this.#params = typeof guard === 'object' && guard !== null && 'params' in guard ? guard.params : undefined;
    this.#held = [{ name: this.#name, held: true, values: '' }];
    this.#failed = [{ name: this.#name, held: false, values: '' }];
  }

  /** @param met - The snapshot that met the event. */
  tell(held: boolean, met: Met, event: AnyEventObject): Told {
    const values = this.#values(met, event);
    const told = held ? this.#held : this.#failed;
    if (told[0].values === values) return told;
    const changed: Told = [{ name: this.#name, held, values }];
    if (held) this.#held = changed;
    else this.#failed = changed;
    return changed;
  }

  #values({ context }: Met, event: AnyEventObject): string {
    if (this.#evidence === null) return '';
    try {
      const params: unknown = typeof this.#params === 'function' ? this.#params({ context, event }) : this.#params;
      return this.#evidence(context, params);
    } catch {
      return '';
    }
  }
}

const nameOf = (guard: unknown): string =>
  typeof guard === 'object' && guard !== null && 'type' in guard ? String(guard.type) : String(guard);

/** A transition that may be made, and its condition; null when it has none. */
export interface Candidate {
  readonly transition: AnyTransitionDefinition;
  readonly condition: Condition | null;
}

export const candidateOf = (transition: AnyTransitionDefinition): Candidate => ({
  transition,
  condition: transition.guard === undefined ? null : new Condition(transition.source.machine.id, transition.guard),
});
