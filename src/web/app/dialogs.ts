/** The keys, explained; and a question before something that concerns many programs. */

import { element } from './elements.ts';

const keys: readonly (readonly [string, string])[] = [
  ['/', 'filter the programs'],
  ['j  k', 'next, previous program'],
  ['Enter', 'open the program'],
  ['s  x  r', 'start, stop, restart it'],
  ['1  2  3  4', 'chart, timeline, log, tree'],
  ['f', 'panel as wide as the page'],
  ['[  ]', 'one record back, forward in time'],
  ['l', 'back to live'],
  ['t', 'light or dark'],
  ['Esc', 'close, or clear the filter'],
  ['?', 'this help'],
];

export interface Dialogs {
  readonly node: HTMLElement;
  help(): void;
  /** Resolves to whether somebody agreed. */
  ask(question: string, verb: string): Promise<boolean>;
}

export function createDialogs(): Dialogs {
  const rows = keys.map(([key, meaning]) =>
    element(
      'div',
      {},
      element('dt', {}, ...key.split('  ').map((name) => element('kbd', {}, name))),
      element('dd', {}, meaning),
    ),
  );
  const close = element('button', { type: 'submit' }, 'Close');
  const help = element(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    element(
      'form',
      { method: 'dialog' },
      element('h2', { id: 'help-title' }, 'Keys'),
      element('dl', {}, ...rows),
      close,
    ),
  );
  const node = element('div', {}, help);
  return {
    node,
    help: () => {
      if (!help.open) help.showModal();
    },
    ask: (question, verb) =>
      new Promise((resolve) => {
        const dialog = element(
          'dialog',
          { class: 'question', 'aria-label': question },
          element(
            'form',
            { method: 'dialog' },
            element('p', {}, question),
            element(
              'div',
              { class: 'choices' },
              element('button', { value: '' }, 'Cancel'),
              element('button', { value: 'yes', class: 'strong' }, verb),
            ),
          ),
        );
        dialog.addEventListener('close', () => {
          dialog.remove();
          resolve(dialog.returnValue === 'yes');
        });
        node.append(dialog);
        dialog.showModal();
      }),
  };
}
