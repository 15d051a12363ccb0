/** What is looked at closely: a program, or the daemon with all of them; as a chart, in time, by its log, as a tree. */

import type { TraceRecord } from '../../model/trace.ts';
import { type ActionButtons, createActionButtons } from './action-buttons.ts';
import { isOffered, mayAct } from './actions.ts';
import { createChartTab } from './chart-tab.ts';
import { element, fill, setText } from './elements.ts';
import type { Link } from './link.ts';
import { createLogView } from './log-view.ts';
import { type Tab, tabs } from './route.ts';
import type { OnAction } from './row.ts';
import { createStateMark } from './state-mark.ts';
import type { ShownProcess, Store } from './store.ts';
import { createTimeline } from './timeline.ts';
import { createTreeView } from './tree-view.ts';
import { createWhyBox } from './why-box.ts';
import { count, cpuOf, lengthOfTime, sizeOf } from './wording.ts';

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

const tabTitles: Readonly<Record<Tab, string>> = { chart: 'Chart', timeline: 'Timeline', log: 'Log', tree: 'Tree' };

export function createPanel(options: PanelOptions): { readonly node: HTMLElement } {
  const { store, link, onTab } = options;
  const mark = createStateMark();
  const name = element('h2');
  const facts = element('p', { class: 'facts-line' });
  const why = createWhyBox(store, (moment) => {
    store.set({ moment });
    onTab('timeline');
  });
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
  const content = element('div', { class: 'tab-content', id: 'tab-content', role: 'tabpanel' });
  const head = element(
    'div',
    { class: 'panel-head' },
    element('div', { class: 'title-line' }, mark.node, name, buttons.node, close),
    facts,
    why.node,
  );
  const tabList = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...tabButtons);
  const node = element('aside', { class: 'panel', 'aria-label': 'Details' }, head, tabList, content);
  tabList.addEventListener('keydown', (event) => moveBetweenTabs(event, onTab));

  const log = createLogView(link);
  const timeline = createTimeline({ store, onMoment: (moment) => store.set({ moment }), onOutput: options.onOutput });
  const tree = createTreeView(link, store);
  const chart = createChartTab(store, options.onFilter);

  function drawHead(): void {
    const { process } = store.route;
    const shown = process === null ? null : store.shownOne(process);
    node.classList.toggle('of-all', process === null);
    mark.node.hidden = shown === null;
    buttons.node.hidden = shown === null;
    if (shown === null) {
      setText(name, process === null ? 'All programs' : process);
      setText(facts, process === null ? aboutAll[store.route.tab] : 'There is no such program any more.');
      why.draw(null);
      return;
    }
    mark.update(shown);
    setText(name, shown.group === shown.name ? shown.name : shown.key);
    setText(facts, factsAbout(shown, store.now()));
    const isLive = store.moment === null && store.link.kind === 'open';
    const target = { kind: 'process', name: shown.group === shown.name ? shown.name : shown.key } as const;
    buttons.update(target, (action) => isLive && mayAct(store.role) && isOffered(action, shown.statename));
    why.draw(shown);
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
        show(chart.node);
        chart.draw();
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

  function show(view: HTMLElement): void {
    if (content.firstElementChild !== view) fill(content, view);
  }

  store.on(['processes', 'moment', 'route', 'why', 'link'], drawHead);
  setInterval(() => {
    if (!document.hidden && store.moment === null) drawHead();
  }, tickMs);
  store.on(['processes', 'records', 'moment', 'route'], drawContent);
  store.on(['processes', 'route', 'link'], () => {
    if (store.route.tab === 'tree' && store.link.kind === 'open') void tree.refresh();
  });
  return { node };
}

const aboutAll: Readonly<Record<Tab, string>> = {
  chart: 'How many sit in each state. A number leads to them.',
  timeline: 'What happened, newest first. A line leads to its moment.',
  log: "The daemon's own log.",
  tree: 'All actors, their states, and what they wait for.',
};

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
