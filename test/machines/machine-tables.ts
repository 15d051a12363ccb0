/** What a machine does, as rows of text: read from the machine itself, to be compared with its documentation. */

import type { AnyStateMachine } from 'xstate';

type Node = AnyStateMachine['root'];

/** Cells of one row; names only, without formatting. */
export type Row = readonly string[];

export interface MachineTables {
  /** State, event, condition, target, actions. The first row of equal state and event that applies is taken. */
  readonly transitions: readonly Row[];
  /** State, actors and actions on entry, actions on exit. */
  readonly boundaries: readonly Row[];
  /** State at rest, requests that do nothing there, reports that do nothing there or do not come. */
  readonly ignored: readonly Row[];
  /** Timer, states in which it runs. */
  readonly timers: readonly Row[];
  readonly conditions: readonly Row[];
}

/** How the tables call the machine as a whole: what it says holds in every state. */
const wholeMachine = 'any';

export function readMachine(machine: AnyStateMachine): MachineTables {
  const nodes = withDescendants(machine.root);
  const events = [...new Set(nodes.flatMap(eventsOf))];
  return {
    transitions: nodes.flatMap(transitionRows),
    boundaries: nodes.map(boundaryRow).filter(([, entry, exit]) => entry !== '' || exit !== ''),
    ignored: nodes.filter(isLeaf).map((node) => {
      const unheard = events.filter((event) => !hears(node, event)).sort();
      return [
        pathOf(node),
        names(unheard.filter((event) => !isReport(event))),
        names(unheard.filter((event) => isReport(event))),
      ];
    }),
    timers: Object.keys(machine.implementations.delays).map((timer) => [
      timer,
      names(nodes.filter((node) => node.after.some(({ delay }) => delay === timer)).map(pathOf)),
    ]),
    conditions: Object.keys(machine.implementations.guards).map((condition) => [condition]),
  };
}

function transitionRows(node: Node): Row[] {
  const onEvents = [...node.transitions].filter(([event]) => !isTimer(event));
  const rows: [string, AnyTransition][] = [
    ...onEvents.flatMap(([event, transitions]) => transitions.map((one): [string, AnyTransition] => [event, one])),
    ...(node.always ?? []).map((one): [string, AnyTransition] => ['always', one]),
    ...node.after.map((one): [string, AnyTransition] => [`after ${String(one.delay)}`, one]),
  ];
  return rows.map(([event, { guard, target, actions }]) => [
    pathOf(node),
    event,
    guard === undefined ? '' : nameOf(guard),
    (target ?? []).map(pathOf).join(', '),
    names(actions.map(nameOf)),
  ]);
}

type AnyTransition = Node['after'][number] | NonNullable<Node['always']>[number];

function boundaryRow(node: Node): Row {
  // What is no string and no object with a name are XState's own actions for timers.
  const named = (actions: Node['entry']): string[] => actions.filter((one) => typeof one !== 'function').map(nameOf);
  return [pathOf(node), names([...node.invoke.map(({ id }) => id), ...named(node.entry)]), names(named(node.exit))];
}

const withDescendants = (node: Node): Node[] => [node, ...Object.values(node.states).flatMap(withDescendants)];

const isLeaf = (node: Node): boolean => node.type === 'atomic';

const isTimer = (event: string): boolean => event.startsWith('xstate.after.');

const eventsOf = (node: Node): string[] => [...node.transitions.keys()].filter((event) => !isTimer(event));

/** Sent by an actor below, not from above or outside. */
const isReport = (event: string): boolean =>
  event.startsWith('child.') || /\.(drained|settled|available|unavailable|accepted|returned)$/.test(event);

const hears = (node: Node | undefined, event: string): boolean =>
  node !== undefined &&
  ([...node.transitions.keys()].some((heard) => covers(heard, event)) || hears(node.parent, event));

const covers = (descriptor: string, event: string): boolean =>
  descriptor === event || (descriptor.endsWith('*') && event.startsWith(descriptor.slice(0, -1)));

const pathOf = (node: Node): string => node.path.join('.') || wholeMachine;

const names = (list: readonly string[]): string => list.join(', ');

/** Of a guard or an action: a name, an object with a name, or one of XState's own. */
function nameOf(one: unknown): string {
  if (typeof one === 'string') return one;
  const named = (typeof one === 'object' || typeof one === 'function') && one !== null && 'type' in one;
  if (!named) throw new Error('an action or a guard without a name');
  return String(one.type).replace('xstate.', '');
}
