/** The chart of one actor of the tree, below it: every kind of machine has one, not only that of a program. */

import type { TreeNode } from '../../model/trace.ts';
import { type ChartView, createChartView } from './chart-view.ts';
import { loadCharts } from './charts.ts';
import { element, fill } from './elements.ts';

export interface ActorChart {
  readonly node: HTMLElement;
  /** Rejects when the charts cannot be had. */
  open(actor: TreeNode, state: string): Promise<void>;
  /** The state of the actor that is shown, as it is now or was then; null when it is not there. */
  update(stateOf: (actor: TreeNode) => string | null): void;
}

const machines: ReadonlySet<string> = new Set(['supervisor', 'group', 'process', 'pool', 'listener']);

/** A child process and its outputs have no states. */
export const hasChart = ({ actor }: TreeNode): boolean => machines.has(actor);

export function createActorChart(now: () => number): ActorChart {
  const title = element('b');
  const stage = element('div', { class: 'actor-stage' });
  const close = element('button', { type: 'button', class: 'icon', 'aria-label': 'Close the chart' }, '×');
  const node = element(
    'section',
    { class: 'actor-chart', hidden: true, 'aria-label': 'Chart of an actor' },
    element('div', { class: 'actor-chart-head' }, title, close),
    stage,
  );
  let shown: { readonly actor: TreeNode; readonly view: ChartView } | null = null;
  close.addEventListener('click', () => {
    node.hidden = true;
    shown = null;
  });

  const light = (view: ChartView, state: string): void =>
    view.showOne({ state, last: null, inVain: null, timer: null, now });

  return {
    node,
    open: async (actor, state) => {
      const chart = (await loadCharts()).get(actor.actor);
      if (chart === undefined) return;
      const view = createChartView(chart);
      shown = { actor, view };
      node.hidden = false;
      title.textContent = `${actor.actor} ${actor.of}`.trim();
      fill(stage, view.node);
      light(view, state);
    },
    update: (stateOf) => {
      if (shown !== null) light(shown.view, stateOf(shown.actor) ?? '');
    },
  };
}
