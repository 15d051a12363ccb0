/**
 * What a state answers to, and by which conditions: the machine's own table as the trace needs it, made when the state is
 * first met. No state of our machines has parallel ones within, so the innermost state stands for all around it.
 */

import type { AnyEventObject, AnyMachineSnapshot, AnyTransitionDefinition, StateNode } from 'xstate';
import type { TracedGuard } from '../model/trace.ts';
import { type Candidate, candidateOf } from './conditions.ts';
import { innermostNode, pathOf } from './innermost-state.ts';
import { none } from './open-record.ts';

type Guards = readonly TracedGuard[];

export class StateTable {
  readonly path: string;
  /** The same alone in a list. */
  readonly alone: readonly [string];
  /** By type of event, in the order in which they are asked. */
  readonly #answers = new Map<string, readonly Candidate[]>();
  /** Transitions that are made without an event. */
  readonly #steps: readonly Candidate[];

  constructor({ _nodes: nodes, machine }: AnyMachineSnapshot) {
    const node = innermostNode(nodes);
    this.path = pathOf(node ?? machine.root);
    this.alone = [this.path];
    // Inner states come behind those around them, and are asked first.
    for (const { transitions } of [...nodes].reverse()) {
      for (const [type, candidates] of transitions)
        this.#answers.set(type, [...(this.#answers.get(type) ?? none), ...candidates.map(candidateOf)]);
    }
    this.#steps = nodes.flatMap(({ always = [] }) => always.map(candidateOf));
  }

  /** Something in this state answers to the event, if its condition holds. */
  answersTo({ type }: AnyEventObject): boolean {
    return this.#answers.has(type);
  }

  /**
   * The conditions on the way to what was taken, or all of them when nothing was.
   *
   * @param met - The snapshot that met the event.
   */
  measure(met: AnyMachineSnapshot, event: AnyEventObject, taken: AnyTransitionDefinition | undefined): Guards {
    let guards: Guards = none;
    for (const { transition, condition } of this.#answers.get(event.type) ?? none) {
      if (condition !== null) guards = joined(guards, condition.tell(transition === taken, met, event));
      if (transition === taken) break;
    }
    return guards;
  }

  /** The condition of a further step. */
  measureStep(met: AnyMachineSnapshot, event: AnyEventObject, taken: AnyTransitionDefinition): Guards {
    if (taken.guard === undefined) return none;
    const isTaken = ({ transition }: Candidate): boolean => transition === taken;
    const { condition } =
      this.#steps.find(isTaken) ?? this.#answers.get(event.type)?.find(isTaken) ?? candidateOf(taken);
    return condition?.tell(true, met, event) ?? none;
  }

  /** Steps that the state would have made by itself, had their conditions held. */
  unmade(met: AnyMachineSnapshot, event: AnyEventObject): Guards {
    let guards: Guards = none;
    for (const { condition } of this.#steps)
      if (condition !== null) guards = joined(guards, condition.tell(false, met, event));
    return guards;
  }
}

export const joined = (guards: Guards, more: Guards): Guards =>
  guards.length === 0 ? more : more.length === 0 ? guards : [...guards, ...more];

export class StateTables {
  readonly #known = new Map<StateNode, StateTable>();

  of(snapshot: AnyMachineSnapshot): StateTable {
    const node = innermostNode(snapshot._nodes) ?? snapshot.machine.root;
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const table = new StateTable(snapshot);
    this.#known.set(node, table);
    return table;
  }
}
