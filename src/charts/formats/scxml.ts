/**
 * A chart as SCXML, the W3C's notation for state machines. Conditions, actions and lengths of timers are calls of functions
 * by their names; what they do is not part of a chart.
 */

import type { Chart, ChartState, ChartTransition } from '../../model/chart.ts';
import { childrenOf, transitionsOf } from '../chart-reading.ts';
import { timersOf } from '../wording.ts';
import { escapeMarkup } from './escape-markup.ts';

export interface ScxmlOptions {
  /** Path of the innermost state that is active; null for none. Told in a comment, for the notation knows no such thing. */
  readonly active: string | null;
}

/** The document, with a newline at its end. */
export function renderScxml(chart: Chart, { active }: ScxmlOptions): string {
  const [machine] = chart.states;
  if (machine === undefined) return '';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(active === null ? [] : [`<!-- current state: ${active.replaceAll('--', '- -')} -->`]),
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="${chart.machine}" datamodel="ecmascript" initial="${chart.machine}">`,
    ...renderState(chart, machine).map((line) => `  ${line}`),
    '</scxml>',
    '',
  ].join('\n');
}

function renderState(chart: Chart, state: ChartState): readonly string[] {
  const children = childrenOf(chart, state);
  const first = children.find(({ isInitial }) => isInitial);
  const element = state.kind === 'final' ? 'final' : 'state';
  const initial = first === undefined ? '' : ` initial="${idOf(chart, first.path)}"`;
  const timers = timersOf(state, chart.transitions);
  const content = [
    ...boundary('onentry', [
      ...state.entry.map(call),
      ...timers.map((timer) => {
        const id = timerId(chart, state.path, timer);
        return `<send id="${id}" event="after.${timer}" delayexpr="${timer}() + 'ms'"/>`;
      }),
    ]),
    ...boundary('onexit', [
      ...timers.map((timer) => `<cancel sendid="${timerId(chart, state.path, timer)}"/>`),
      ...state.exit.map(call),
    ]),
    ...(state.kind === 'final' ? [] : transitionsOf(chart, state).flatMap((one) => renderTransition(chart, one))),
    ...state.invokes.map((actor) => `<invoke id="${actor}" src="${actor}"/>`),
    ...children.flatMap((child) => renderState(chart, child)),
  ];
  const start = `<${element} id="${idOf(chart, state.path)}"${initial}`;
  if (content.length === 0) return [`${start}/>`];
  return [`${start}>`, ...content.map((line) => `  ${line}`), `</${element}>`];
}

const boundary = (element: string, content: readonly string[]): readonly string[] =>
  content.length === 0 ? [] : [`<${element}>`, ...content.map((line) => `  ${line}`), `</${element}>`];

function renderTransition(chart: Chart, { source, target, event, guard, actions }: ChartTransition): readonly string[] {
  const inside = target !== null && (source === '' || target.startsWith(`${source}.`));
  const attributes = [
    ...(event === 'always' ? [] : [`event="${escapeMarkup(event.replace(/^after /, 'after.'))}"`]),
    ...(guard === '' ? [] : [`cond="${guard}(_event)"`]),
    ...(target === null ? [] : [`target="${idOf(chart, target)}"`]),
    ...(inside ? ['type="internal"'] : []),
  ];
  const start = `<transition ${attributes.join(' ')}`;
  if (actions.length === 0) return [`${start}/>`];
  return [`${start}>`, ...actions.map((action) => `  ${call(action)}`), '</transition>'];
}

const call = (action: string): string => `<script>${escapeMarkup(action)}(_event);</script>`;

/** The state around all others is called as the machine. */
const idOf = ({ machine }: Chart, path: string): string => (path === '' ? machine : path);

const timerId = (chart: Chart, path: string, timer: string): string => `${idOf(chart, path)}.timer.${timer}`;
