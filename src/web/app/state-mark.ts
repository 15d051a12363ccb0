/** A state as it is shown everywhere: its shape, its name, its colour. */

import { drawing, element, setText } from './elements.ts';
import { stateStyles } from './state-style.ts';
import type { ShownProcess } from './store.ts';

export interface StateMark {
  readonly node: HTMLElement;
  update(process: Pick<ShownProcess, 'statename' | 'isUnknown'>): void;
}

export function createStateMark(): StateMark {
  const path = drawing('path');
  const word = element('span', { class: 'word' });
  const node = element(
    'span',
    { class: 'state-mark' },
    drawing('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, path),
    word,
  );
  let shown = '';
  return {
    node,
    update: ({ statename, isUnknown }) => {
      const name = isUnknown ? '' : statename;
      if (name === shown && word.textContent !== '') return;
      shown = name;
      const { tone, shape } = stateStyles[statename];
      node.dataset.tone = isUnknown ? 'quiet' : tone;
      path.setAttribute('d', isUnknown ? '' : shape);
      setText(word, isUnknown ? 'not recorded' : statename);
    },
  };
}
