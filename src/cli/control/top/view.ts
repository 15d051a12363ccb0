/** What of the processes is shown, and how keys change it: pure. */

import { displayName } from '../../../model/process-name.ts';
import type { ProcessState } from '../../../model/process-state.ts';
import type { TopRow } from './rows.ts';

export const sortings = ['boot', 'trouble', 'name', 'cpu', 'memory', 'restarts', 'time'] as const;
export type Sorting = (typeof sortings)[number];

export interface TopView {
  readonly sorting: Sorting;
  readonly filter: string;
  /** What is typed goes into the filter. */
  readonly isTyping: boolean;
  /** Index of the chosen row among those shown. */
  readonly chosen: number;
  /** The chosen row is explained instead of showing the others. */
  readonly isExplaining: boolean;
}

export const firstView: TopView = { sorting: 'boot', filter: '', isTyping: false, chosen: 0, isExplaining: false };

export type TopKey =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'enter' | 'escape' | 'erase' | 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end' }
  | { readonly kind: 'interrupt' | 'suspend' };

const escapeCharacter = String.fromCharCode(27);

const keySequences: ReadonlyMap<string, Exclude<TopKey['kind'], 'text'>> = new Map([
  [`${escapeCharacter}[A`, 'up'],
  [`${escapeCharacter}OA`, 'up'],
  [`${escapeCharacter}[B`, 'down'],
  [`${escapeCharacter}OB`, 'down'],
  [`${escapeCharacter}[5~`, 'page-up'],
  [`${escapeCharacter}[6~`, 'page-down'],
  [`${escapeCharacter}[H`, 'home'],
  [`${escapeCharacter}[1~`, 'home'],
  [`${escapeCharacter}OH`, 'home'],
  [`${escapeCharacter}[F`, 'end'],
  [`${escapeCharacter}[4~`, 'end'],
  [`${escapeCharacter}OF`, 'end'],
  [escapeCharacter, 'escape'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\b', 'erase'],
  [String.fromCharCode(127), 'erase'],
  [String.fromCharCode(3), 'interrupt'],
  [String.fromCharCode(26), 'suspend'],
]);

const sequencePattern = new RegExp(`${escapeCharacter}(?:\\[[0-9;]*[ -/]*[@-~]|O.)?|[^${escapeCharacter}]`, 'gu');

/** What was typed in one go, key by key; keys that mean nothing here are left out. */
export const keysIn = (typed: string): readonly TopKey[] =>
  [...typed.matchAll(sequencePattern)].flatMap(([sequence]): TopKey[] => {
    const kind = keySequences.get(sequence);
    if (kind !== undefined) return [{ kind }];
    return /^[^\p{Cc}]$/u.test(sequence) ? [{ kind: 'text', text: sequence }] : [];
  });

/** The view after a key; null when the key ends it. `count` rows are shown, `page` of them at a time. */
export function viewAfter(view: TopView, key: TopKey, count: number, page: number): TopView | null {
  if (key.kind === 'interrupt') return null;
  if (view.isTyping) return afterTyping(view, key);
  if (view.isExplaining && isReturn(key)) return { ...view, isExplaining: false };
  const move = (to: number): TopView => ({ ...view, chosen: Math.max(0, Math.min(count - 1, to)) });
  switch (key.kind) {
    case 'up':
      return move(view.chosen - 1);
    case 'down':
      return move(view.chosen + 1);
    case 'page-up':
      return move(view.chosen - page);
    case 'page-down':
      return move(view.chosen + page);
    case 'home':
      return move(0);
    case 'end':
      return move(count - 1);
    case 'escape':
      return { ...view, filter: '', chosen: 0 };
    case 'text':
      return afterLetter(view, key.text, move);
    case 'enter':
      return { ...view, isExplaining: count > 0 };
    case 'erase':
    case 'suspend':
      return view;
  }
}

const isReturn = (key: TopKey): boolean =>
  key.kind === 'enter' || key.kind === 'escape' || (key.kind === 'text' && key.text === 'q');

function afterLetter(view: TopView, letter: string, move: (to: number) => TopView): TopView | null {
  switch (letter) {
    case 'q':
      return null;
    case 's':
      return { ...view, sorting: next(view.sorting), chosen: 0 };
    case '/':
      return { ...view, isTyping: true, filter: '', chosen: 0 };
    case 'j':
      return move(view.chosen + 1);
    case 'k':
      return move(view.chosen - 1);
    default:
      return view;
  }
}

function afterTyping(view: TopView, key: TopKey): TopView {
  switch (key.kind) {
    case 'text':
      return { ...view, filter: view.filter + key.text, chosen: 0 };
    case 'erase':
      return { ...view, filter: [...view.filter].slice(0, -1).join(''), chosen: 0 };
    case 'enter':
      return { ...view, isTyping: false };
    case 'escape':
      return { ...view, isTyping: false, filter: '', chosen: 0 };
    default:
      return view;
  }
}

const next = (sorting: Sorting): Sorting => sortings[(sortings.indexOf(sorting) + 1) % sortings.length] ?? 'boot';

/** The rows that are shown, in their order. Each word of the filter is looked for in names, states and reasons. */
export function shownRows(rows: readonly TopRow[], { filter, sorting }: TopView): readonly TopRow[] {
  const words = filter.toLowerCase().split(' ');
  const kept = rows.filter(({ group, name, statename, why }) => {
    const text = `${group}:${name} ${statename} ${why}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...kept].sort(orders[sorting]);
}

const severity: Readonly<Record<ProcessState, number>> = {
  FATAL: 0,
  UNKNOWN: 1,
  BACKOFF: 2,
  EXITED: 3,
  STOPPING: 4,
  STARTING: 5,
  STOPPED: 6,
  RUNNING: 7,
};

type Order = (one: TopRow, other: TopRow) => number;

const byName: Order = (one, other) =>
  displayName(one.group, one.name) < displayName(other.group, other.name) ? -1 : 1;
const largest =
  (value: (row: TopRow) => number): Order =>
  (one, other) =>
    value(other) - value(one);

/** Rows that are equal stay in boot order. */
const orders: Readonly<Record<Sorting, Order>> = {
  boot: () => 0,
  trouble: (one, other) => severity[one.statename] - severity[other.statename],
  name: byName,
  cpu: largest(({ usage }) => usage?.cpu ?? -1),
  memory: largest(({ usage }) => usage?.memory ?? -1),
  restarts: largest(({ restarts }) => restarts),
  time: largest((row) => (row.statename === 'RUNNING' ? row.startedAt : row.since)),
};
