/**
 * What a machine says of itself, without any place in a picture: its states and transitions by the names that traces and
 * `machines/README.md` use. Reads the definition only and runs nothing.
 */

import type { AnyStateMachine } from 'xstate';
import type { Chart, ChartState, ChartTransition } from '../model/chart.ts';

export type OutlinedState = Omit<ChartState, 'x' | 'y' | 'width' | 'height'>;
export type OutlinedTransition = Omit<ChartTransition, 'points' | 'label'>;

export interface Outline {
  readonly machine: Chart['machine'];
  /** Parents before their children. */
  readonly states: readonly OutlinedState[];
  /** By source in the order of the states, and then in the order in which they are tried. */
  readonly transitions: readonly OutlinedTransition[];
}

type Node = AnyStateMachine['root'];

/** `name`: what the machine is called as a whole. Throws on an action or a condition without a name. */
export function readOutline(name: string, machine: AnyStateMachine): Outline {
  const nodes = withDescendants(machine.root);
  return {
    machine: name,
    states: nodes.map((node) => outlineState(name, node)),
    transitions: nodes.flatMap(outlineTransitions),
  };
}

function outlineState(machine: string, node: Node): OutlinedState {
  const { parent } = node;
  return {
    path: pathOf(node),
    name: parent === undefined ? machine : node.key,
    parent: parent === undefined ? null : pathOf(parent),
    kind: kindOf(node),
    isInitial: parent?.initial?.target.includes(node) ?? false,
    entry: boundaryActions(node.entry),
    exit: boundaryActions(node.exit),
    invokes: node.invoke.map(({ id }) => id),
  };
}

function kindOf({ type }: Node): ChartState['kind'] {
  if (type === 'parallel' || type === 'history') throw new Error(`charts know no ${type} states`);
  return type;
}

type Transition = NonNullable<Node['always']>[number];

function outlineTransitions(node: Node): OutlinedTransition[] {
  const source = pathOf(node);
  const byEvent: (readonly [string, readonly Transition[]])[] = [
    ...[...node.transitions].filter(([event]) => !event.startsWith('xstate.after.')),
    ['always', node.always ?? []],
    ...[...new Set(node.after.map(({ delay }) => delay))].map(
      (delay) => [`after ${String(delay)}`, node.after.filter((one) => one.delay === delay)] as const,
    ),
  ];
  return byEvent.flatMap(([event, transitions]) =>
    transitions.map(({ guard, target, actions }, order) => ({
      id: `${source}#${event}#${order}`,
      source,
      target: target?.[0] === undefined ? null : pathOf(target[0]),
      event,
      guard: guard === undefined ? '' : nameOf(guard),
      actions: actions.map(nameOf),
      order,
    })),
  );
}

const withDescendants = (node: Node): Node[] => [node, ...Object.values(node.states).flatMap(withDescendants)];

const pathOf = (node: Node): string => node.path.join('.');

/** Functions are XState's own here: they start and cancel the timers, of which the transitions tell already. */
const boundaryActions = (actions: Node['entry']): string[] =>
  actions.filter((one) => typeof one !== 'function').map(nameOf);

/** Of a guard or an action: a name, an object with a name, or one of XState's own. */
function nameOf(one: unknown): string {
  if (typeof one === 'string') return one;
  const named = (typeof one === 'object' || typeof one === 'function') && one !== null && 'type' in one;
  if (!named) throw new Error('an action or a guard without a name');
  return String(one.type).replace('xstate.', '');
}
