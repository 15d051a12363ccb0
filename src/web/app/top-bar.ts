/** The bar at the top: which daemon, how many programs in which state, the filter, and what concerns all of them. */

import { createActionButtons } from './action-buttons.ts';
import { mayAct } from './actions.ts';
import { drawing, element, setText } from './elements.ts';
import type { OnAction } from './row.ts';
import { stateStyles, statesByNeed } from './state-style.ts';
import type { Store } from './store.ts';

export interface TopBarOptions {
  readonly store: Store;
  readonly daemon: string;
  readonly host: string;
  readonly onAction: OnAction;
  readonly onAll: () => void;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
}

export interface TopBar {
  readonly node: HTMLElement;
  readonly search: HTMLInputElement;
}

export function createTopBar({ store, daemon, host, onAction, onAll, onTheme, onHelp }: TopBarOptions): TopBar {
  const search = element('input', {
    type: 'search',
    placeholder: 'Filter programs',
    'aria-label': 'Filter programs',
    'aria-keyshortcuts': '/',
    oninput: () => store.set({ filter: { ...store.filter, text: search.value } }),
  });
  const chips = statesByNeed.map((state) => {
    const number = element('b');
    const shape = drawing(
      'svg',
      { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
      drawing('path', { d: stateStyles[state].shape }),
    );
    const toggle = (): void => {
      const states = new Set(store.filter.states);
      if (!states.delete(state)) states.add(state);
      store.set({ filter: { ...store.filter, states } });
    };
    const chip = element(
      'button',
      { type: 'button', class: 'chip', 'data-tone': stateStyles[state].tone, onclick: toggle },
      shape,
      number,
      state.toLowerCase(),
    );
    return { state, chip, number };
  });
  const all = createActionButtons(onAction, false);
  const liveness = element('span', { class: 'liveness', role: 'status' });
  const view = element(
    'span',
    { class: 'role', hidden: true, title: 'Your role may look at everything and change nothing' },
    'view only',
  );
  const node = element(
    'header',
    { class: 'top-bar' },
    element(
      'h1',
      {},
      element('button', { type: 'button', class: 'brand', onclick: onAll, title: 'All programs' }, logo(), daemon),
      element('small', {}, `on ${host}`),
    ),
    element(
      'div',
      { class: 'chips', role: 'group', 'aria-label': 'Filter by state' },
      ...chips.map(({ chip }) => chip),
    ),
    element('label', { class: 'search' }, search, element('kbd', {}, '/')),
    view,
    all.node,
    liveness,
    element(
      'button',
      { type: 'button', class: 'icon', 'aria-label': 'Light or dark', title: 'Light or dark (t)', onclick: onTheme },
      '◐',
    ),
    element('button', { type: 'button', class: 'icon', 'aria-label': 'Keys', title: 'Keys (?)', onclick: onHelp }, '?'),
  );

  function draw(): void {
    const counts = new Map<string, number>();
    for (const { statename, isUnknown } of store.shown())
      if (!isUnknown) counts.set(statename, (counts.get(statename) ?? 0) + 1);
    for (const { state, chip, number } of chips) {
      const sum = counts.get(state) ?? 0;
      const isChosen = store.filter.states.has(state);
      chip.hidden = sum === 0 && !isChosen;
      chip.setAttribute('aria-pressed', String(isChosen));
      setText(number, String(sum));
    }
    const isOpen = store.link.kind === 'open';
    node.dataset.link = store.moment !== null ? 'past' : store.link.kind;
    setText(liveness, store.moment !== null ? 'past' : isOpen ? 'live' : 'not connected');
    view.hidden = store.role === null || mayAct(store.role);
    all.node.hidden = !view.hidden;
    all.update(
      { kind: 'all' },
      () => isOpen && store.moment === null && mayAct(store.role) && store.processes.size > 0,
    );
    if (document.activeElement !== search && search.value !== store.filter.text) search.value = store.filter.text;
  }

  store.on(['processes', 'filter', 'moment', 'link'], draw);
  return { node, search };
}

const logo = (): SVGElement =>
  drawing(
    'svg',
    { viewBox: '0 0 32 32', class: 'logo', 'aria-hidden': 'true' },
    drawing('circle', { cx: 10, cy: 16, r: 6 }),
    drawing('path', { d: 'M17 16h9m-4-4 4 4-4 4' }),
  );
