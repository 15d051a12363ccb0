/** The buttons that start, stop and restart something; those that its state does not offer keep their place. */

import { type Action, actions, describeTarget, type Target } from './actions.ts';
import { drawing, element } from './elements.ts';

const shapes: Readonly<Record<Action, string>> = {
  start: 'M5 3.2v9.6L12.8 8z',
  stop: 'M4.2 4.2h7.6v7.6H4.2z',
  restart: 'M8 3a5 5 0 1 0 4.9 6h-1.6A3.5 3.5 0 1 1 8 4.5c1 0 1.8.4 2.4 1L8.5 7.4H13V2.9l-1.5 1.5A5 5 0 0 0 8 3z',
};

const words: Readonly<Record<Action, string>> = { start: 'Start', stop: 'Stop', restart: 'Restart' };

export interface ActionButtons {
  readonly node: HTMLElement;
  update(target: Target, isOffered: (action: Action) => boolean): void;
}

/** @param isLabelled the buttons show their words as well */
export function createActionButtons(
  onAction: (action: Action, target: Target) => void,
  isLabelled: boolean,
): ActionButtons {
  let current: Target = { kind: 'all' };
  const buttons = actions.map((action) => {
    const icon = drawing(
      'svg',
      { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
      drawing('path', { d: shapes[action] }),
    );
    const onclick = (event: Event): void => {
      event.stopPropagation();
      onAction(action, current);
    };
    const button = element(
      'button',
      { type: 'button', class: `act ${action}`, onclick },
      icon,
      isLabelled ? words[action] : null,
    );
    return { action, button };
  });
  let shownFor = '';
  return {
    node: element('span', { class: 'actions' }, ...buttons.map(({ button }) => button)),
    update: (target, isOffered) => {
      current = target;
      const offered = buttons.map(({ action }) => isOffered(action));
      const described = `${describeTarget(target)} ${offered.join()}`;
      if (described === shownFor) return;
      shownFor = described;
      for (const [index, { action, button }] of buttons.entries()) {
        const label = `${words[action]} ${describeTarget(target)}`;
        button.setAttribute('aria-label', label);
        button.title = label;
        button.disabled = offered[index] !== true;
      }
    },
  };
}
