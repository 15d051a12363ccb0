/** What is looked at closely: a program, or the daemon with all of them; as a chart, in time, by its log, as a tree. */

import type { Chart } from '../../model/chart.ts';
import type { Explanation, TraceRecord } from '../../model/trace.ts';
import { type ActionButtons, createActionButtons } from './action-buttons.ts';
import { isOffered, mayAct } from './actions.ts';
import { type ChartView, createChartView } from './chart-view.ts';
import { loadCharts } from './charts.ts';
import { element, fill, setText } from './elements.ts';
import { concerns, find, indexBehind } from './history.ts';
import type { Link } from './link.ts';
import { createLogView } from './log-view.ts';
import { factsOf, guardsOf, outcomeOf } from './record-line.ts';
import { type Tab, tabs } from './route.ts';
import type { OnAction } from './row.ts';
import { createStateMark } from './state-mark.ts';
import type { ShownProcess, Store } from './store.ts';
import { createTimeline } from './timeline.ts';
import { createTreeView } from './tree-view.ts';
import { count, countDown, cpuOf, lengthOfTime, sizeOf, timeOfDay } from './wording.ts';

export interface PanelOptions {
  readonly store: Store;
  readonly link: Link;
  readonly onAction: OnAction;
  readonly onTab: (tab: Tab) => void;
  readonly onClose: () => void;
  readonly onOutput: (record: TraceRecord) => void;
  readonly onFilter: (state: string) => void;
}

/** Milliseconds between two looks at the clock. */
const tickMs = 500;

/** Links to what the sentence rests on. */
const mostRecords = 4;

const tabTitles: Readonly<Record<Tab, string>> = { chart: 'Chart', timeline: 'Timeline', log: 'Log', tree: 'Tree' };

export function createPanel(options: PanelOptions): { readonly node: HTMLElement } {
  const { store, link, onTab } = options;
  const mark = createStateMark();
  const name = element('h2');
  const facts = element('p', { class: 'facts-line' });
  const sentence = element('b', { class: 'sentence' });
  const evidence = element('ul', { class: 'evidence' });
  const restsOn = element('div', { class: 'rests-on' });
  const why = element('details', { class: 'why-box' }, element('summary', {}, sentence), evidence, restsOn);
  const buttons: ActionButtons = createActionButtons(options.onAction, true);
  const close = element(
    'button',
    { type: 'button', class: 'close', 'aria-label': 'Close the panel', onclick: options.onClose },
    '×',
  );
  const tabButtons = tabs.map((tab, index) =>
    element(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${tab}`,
        'aria-controls': 'tab-content',
        title: `${tabTitles[tab]} (${index + 1})`,
        onclick: () => onTab(tab),
      },
      tabTitles[tab],
    ),
  );
  const last = element('div', { class: 'last-event' });
  const content = element('div', { class: 'tab-content', id: 'tab-content', role: 'tabpanel' });
  const head = element(
    'div',
    { class: 'panel-head' },
    element('div', { class: 'title-line' }, mark.node, name, buttons.node, close),
    facts,
    why,
  );
  const tabList = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...tabButtons);
  const node = element('aside', { class: 'panel', 'aria-label': 'Details' }, head, tabList, content);
  tabList.addEventListener('keydown', (event) => moveBetweenTabs(event, onTab));

  const log = createLogView(link);
  const timeline = createTimeline({ store, onMoment: (moment) => store.set({ moment }), onOutput: options.onOutput });
  const tree = createTreeView(link, store);
  let chart: ChartView | null = null;
  let charts: ReadonlyMap<string, Chart> | null = null;
  let chartFor: string | null = '';
  let problem = '';

  function drawHead(): void {
    const { process } = store.route;
    const shown = process === null ? null : store.shownOne(process);
    node.classList.toggle('of-all', process === null);
    mark.node.hidden = shown === null;
    buttons.node.hidden = shown === null;
    if (shown === null) {
      setText(name, process === null ? 'All programs' : process);
      setText(facts, process === null ? aboutAll[store.route.tab] : 'There is no such program any more.');
      why.hidden = true;
      return;
    }
    mark.update(shown);
    setText(name, shown.group === shown.name ? shown.name : shown.key);
    setText(facts, factsAbout(shown, store.now()));
    const isLive = store.moment === null && store.link.kind === 'open';
    const target = { kind: 'process', name: shown.group === shown.name ? shown.name : shown.key } as const;
    buttons.update(target, (action) => isLive && mayAct(store.role) && isOffered(action, shown.statename));
    drawWhy(shown);
  }

  function drawWhy(shown: ShownProcess): void {
    const explanation: Explanation | null = store.moment === null && isAbout(store.why, shown) ? store.why : null;
    const left = shown.timer === null ? 0 : shown.timer.endsAt - store.now();
    const text = countDown(shown.why || (explanation?.sentence ?? ''), left);
    why.hidden = text === '';
    why.dataset.tone =
      shown.statename === 'FATAL' || shown.statename === 'UNKNOWN'
        ? 'bad'
        : shown.statename === 'BACKOFF'
          ? 'busy'
          : 'quiet';
    if (sentence.textContent !== text) setText(sentence, text);
    const lines = explanation?.evidence ?? [];
    const records = (explanation?.records ?? []).flatMap((serial) => find(store.records, serial) ?? []);
    const known = `${lines.join('\n')} ${records.map(({ serial }) => serial).join()}`;
    if (evidence.dataset.lines === known) return;
    evidence.dataset.lines = known;
    why.classList.toggle('has-evidence', lines.length > 0);
    // What went wrong is said at once; the rest when somebody asks.
    why.open = why.dataset.tone !== 'quiet';
    fill(evidence, ...lines.map((line) => element('li', {}, line)));
    evidence.hidden = lines.length === 0;
    fill(restsOn, ...records.slice(0, mostRecords).map((record) => linkTo(record)));
    restsOn.hidden = records.length === 0;
  }

  function linkTo(record: TraceRecord): HTMLElement {
    const onclick = (): void => {
      store.set({ moment: record });
      onTab('timeline');
    };
    return element('button', { type: 'button', class: 'link', onclick }, `${timeOfDay(record.at)} ${record.event}`);
  }

  function drawContent(): void {
    const { tab, process } = store.route;
    for (const [index, button] of tabButtons.entries()) {
      const isChosen = tabs[index] === tab;
      button.setAttribute('aria-selected', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    content.setAttribute('aria-labelledby', `tab-${tab}`);
    if (tab !== 'log' || !isVisible()) log.stop();
    switch (tab) {
      case 'chart':
        drawChart();
        break;
      case 'timeline':
        show(timeline.node);
        timeline.draw();
        break;
      case 'log':
        show(log.node);
        if (isVisible()) log.follow(process);
        break;
      case 'tree':
        show(tree.node);
        tree.draw();
        break;
      default:
        tab satisfies never;
    }
  }

  const isVisible = (): boolean => node.offsetParent !== null || getComputedStyle(node).position === 'fixed';

  function show(...nodes: readonly HTMLElement[]): void {
    const isShown =
      nodes.length === content.childElementCount && nodes.every((one, index) => content.children[index] === one);
    if (!isShown) fill(content, ...nodes);
  }

  function drawChart(): void {
    const model = charts?.get('process');
    if (model === undefined) {
      show(element('p', { class: 'empty' }, problem || 'Reading the charts…'));
      return;
    }
    const { process } = store.route;
    if (chart === null || chartFor !== process) {
      chart = createChartView(model);
      chartFor = process;
      chart.node.addEventListener('click', ({ target }) => {
        const state = target instanceof Element ? target.closest<SVGElement>('.count')?.dataset.state : undefined;
        if (state !== undefined) options.onFilter(state);
      });
    }
    show(chart.node, last);
    const shown = process === null ? null : store.shownOne(process);
    if (process === null) {
      chart.showMany(store.shown().flatMap(({ state, isUnknown }) => (isUnknown ? [] : [state])));
      last.hidden = true;
    } else if (shown !== null && !shown.isUnknown) {
      const record = lastOf(process);
      const state =
        store.moment === null && record !== null && record.at > shown.since && record.to !== ''
          ? record.to
          : shown.state;
      const { timer } = shown;
      chart.showOne({ state, last: record, inVain: inVainSince(process, record), timer, now: () => store.now() });
      drawLast(record);
    } else {
      chart.showOne({ state: '', last: null, inVain: null, timer: null, now: () => store.now() });
      drawLast(null);
    }
  }

  /** An event or a request that changed nothing, if that was the newest thing up to the moment that is looked at. */
  function inVainSince(process: string, last: TraceRecord | null): TraceRecord | null {
    const { records, moment } = store;
    const end = moment === null ? records.length : indexBehind(records, moment.serial);
    const since = last === null ? 0 : indexBehind(records, last.serial) - 1;
    for (let index = end - 1; index >= since; index -= 1) {
      const record = records[index];
      if (record === undefined || !concerns(record, process)) continue;
      if (record.outcome === 'ignored' || record.outcome === 'refused') return record;
    }
    return null;
  }

  /** The newest event of its machine up to the moment that is looked at. */
  function lastOf(process: string): TraceRecord | null {
    const { records, moment } = store;
    const end = moment === null ? records.length : indexBehind(records, moment.serial);
    for (let index = end - 1; index >= 0; index -= 1) {
      const record = records[index];
      if (record?.actor === 'process' && concerns(record, process)) return record;
    }
    return null;
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
    drawContent();
  }

  store.on(['processes', 'moment', 'route', 'why', 'link'], drawHead);
  setInterval(() => {
    if (!document.hidden && store.moment === null) drawHead();
  }, tickMs);
  store.on(['processes', 'records', 'moment', 'route'], drawContent);
  store.on(['processes', 'route', 'link'], () => {
    if (store.route.tab === 'tree' && store.link.kind === 'open') void tree.refresh();
  });
  void readCharts();
  return { node };
}

const aboutAll: Readonly<Record<Tab, string>> = {
  chart: 'How many sit in each state. A number leads to them.',
  timeline: 'What happened, newest first. A line leads to its moment.',
  log: "The daemon's own log.",
  tree: 'All actors, their states, and what they wait for.',
};

const isAbout = (why: Explanation | null, { group, name, statename }: ShownProcess): boolean =>
  why !== null && why.group === group && why.name === name && why.statename === statename;

function factsAbout(process: ShownProcess, now: number): string {
  const { since, pid, startedAt, restarts, lastExit, usage, state } = process;
  return [
    since > 0 ? `for ${lengthOfTime(now - since)}` : '',
    state.includes('.') ? state : '',
    pid > 0 ? `pid ${pid}` : '',
    pid > 0 && startedAt > 0 ? `up ${lengthOfTime(now - startedAt)}` : '',
    restarts > 0 ? count(restarts, 'restart') : '',
    usage === null ? '' : `${cpuOf(usage.cpu)} CPU`,
    usage === null ? '' : sizeOf(usage.memory),
    lastExit === '' ? '' : `last exit: ${lastExit}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function moveBetweenTabs(event: KeyboardEvent, onTab: (tab: Tab) => void): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const at = tabs.findIndex((tab) => `tab-${tab}` === document.activeElement?.id);
  const next = tabs[(at + step + tabs.length) % tabs.length];
  if (step === 0 || at === -1 || next === undefined) return;
  event.preventDefault();
  onTab(next);
  document.getElementById(`tab-${next}`)?.focus();
}
