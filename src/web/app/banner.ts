/** Tells at the top when what is shown may not be so any more: no connection, or a moment of the past. */

import { element, fill } from './elements.ts';
import type { Link } from './link.ts';
import type { Store } from './store.ts';
import { timeOfDay } from './wording.ts';

const tickMs = 500;

export function createBanner(store: Store, link: Link): { readonly node: HTMLElement } {
  const node = element('div', { class: 'banner', role: 'alert', hidden: true });
  const retry = element('button', { type: 'button', onclick: () => link.retryNow() }, 'Try now');
  const live = element('button', { type: 'button', onclick: () => store.set({ moment: null }) }, 'Back to live');
  const wait = element('span', { 'aria-hidden': 'true' });
  let shown = '';

  function draw(): void {
    const { link: state, moment } = store;
    const kind =
      state.kind === 'lost' || (shown === 'lost' && state.kind === 'connecting')
        ? 'lost'
        : moment !== null
          ? 'past'
          : '';
    node.hidden = kind === '';
    node.dataset.kind = kind;
    if (kind === 'lost') {
      if (shown !== 'lost') fill(node, element('b', {}, 'Connection lost'), reasonOf(store), wait, retry);
      const seconds = state.kind === 'lost' ? Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000)) : 0;
      wait.textContent = state.kind === 'lost' ? `Trying again in ${seconds} s.` : 'Trying…';
    } else if (moment !== null) fill(node, element('b', {}, `As it was at ${timeOfDay(moment.at)}`), live);
    shown = kind;
  }

  store.on(['link', 'moment'], draw);
  setInterval(() => {
    if (store.link.kind === 'lost') draw();
  }, tickMs);
  return { node };
}

const reasonOf = ({ link }: Store): string =>
  link.kind === 'lost' && link.reason !== ''
    ? `(${link.reason}). What is shown may be out of date.`
    : 'What is shown may be out of date.';
