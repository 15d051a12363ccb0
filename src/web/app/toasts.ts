/** Short messages in a corner: what went wrong stays until it is read, what went well goes by itself. */

import { element } from './elements.ts';

export interface Toasts {
  readonly node: HTMLElement;
  good(text: string): void;
  bad(text: string): void;
  /** Takes the newest away that waits to be read. False if there is none. */
  dismiss(): boolean;
}

const goodMs = 4000;
const mostAtOnce = 5;

export function createToasts(): Toasts {
  const good = element('div', { role: 'status', 'aria-live': 'polite' });
  const bad = element('div', { role: 'alert' });
  const node = element('div', { class: 'toasts' }, good, bad);

  function add(list: HTMLElement, kind: string, text: string): HTMLElement {
    const close = element('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => toast.remove() }, '×');
    const toast = element('div', { class: `toast ${kind}` }, element('p', {}, text), close);
    list.append(toast);
    while (list.childElementCount > mostAtOnce) list.firstElementChild?.remove();
    return toast;
  }

  return {
    node,
    good: (text) => {
      const toast = add(good, 'good', text);
      setTimeout(() => toast.remove(), goodMs);
    },
    bad: (text) => {
      add(bad, 'bad', text);
    },
    dismiss: () => {
      const newest = bad.lastElementChild;
      newest?.remove();
      return newest !== null;
    },
  };
}
