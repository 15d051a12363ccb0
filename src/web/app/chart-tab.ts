/** The chart of what is looked at, and in words below it what happened last. */

import type { Chart } from '../../model/chart.ts';
import type { TraceRecord } from '../../model/trace.ts';
import { type ChartView, createChartView } from './chart-view.ts';
import { loadCharts } from './charts.ts';
import { element, fill } from './elements.ts';
import { inVainSince, lastOf } from './history.ts';
import { factsOf, guardsOf, outcomeOf } from './record-line.ts';
import type { Store } from './store.ts';
import { timeOfDay } from './wording.ts';

export interface ChartTab {
  readonly node: HTMLElement;
  draw(): void;
}

/** @param onCount somebody wants to see those that sit in a state */
export function createChartTab(store: Store, onCount: (state: string) => void): ChartTab {
  const last = element('div', { class: 'last-event' });
  const node = element('div', { class: 'chart-tab' });
  let chart: ChartView | null = null;
  let charts: ReadonlyMap<string, Chart> | null = null;
  let chartFor: string | null = '';
  let problem = '';

  function draw(): void {
    const model = charts?.get('process');
    if (model === undefined) {
      fill(node, element('p', { class: 'empty' }, problem || 'Reading the charts…'));
      return;
    }
    const { process } = store.route;
    if (chart === null || chartFor !== process) {
      chart = createChartView(model);
      chartFor = process;
      chart.node.addEventListener('click', ({ target }) => {
        const state = target instanceof Element ? target.closest<SVGElement>('.count')?.dataset.state : undefined;
        if (state !== undefined) onCount(state);
      });
      fill(node, chart.node, last);
    }
    if (process === null) {
      chart.showMany(store.shown().flatMap(({ state, isUnknown }) => (isUnknown ? [] : [state])));
      last.hidden = true;
    } else drawOne(chart, process);
  }

  function drawOne(view: ChartView, process: string): void {
    const shown = store.shownOne(process);
    const now = (): number => store.now();
    if (shown === null || shown.isUnknown) {
      view.showOne({ state: '', last: null, inVain: null, timer: null, now });
      drawLast(null);
      return;
    }
    const end = store.moment?.serial ?? Number.POSITIVE_INFINITY;
    const record = lastOf(store.records, process, end);
    // The trace is told sooner than the overview.
    const isNewer = store.moment === null && record !== null && record.at > shown.since && record.to !== '';
    view.showOne({
      state: isNewer ? record.to : shown.state,
      last: record,
      inVain: inVainSince(store.records, process, record, end),
      timer: shown.timer,
      now,
    });
    drawLast(record);
  }

  function drawLast(record: TraceRecord | null): void {
    last.hidden = record === null;
    if (record === null || last.dataset.serial === String(record.serial)) return;
    last.dataset.serial = String(record.serial);
    last.dataset.outcome = record.outcome;
    fill(
      last,
      element('span', { class: 'time' }, timeOfDay(record.at)),
      element('b', {}, record.event),
      element('span', { class: 'result' }, outcomeOf(record)),
      element('span', { class: 'facts' }, factsOf(record)),
      ...guardsOf(record).map((guard) =>
        element('span', { class: guard.startsWith('✓') ? 'guard held' : 'guard' }, guard),
      ),
    );
  }

  async function readCharts(): Promise<void> {
    try {
      charts = await loadCharts();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    draw();
  }

  void readCharts();
  return { node, draw };
}
