/**
 * A chart for terminals: the tree of states, each with what it answers to, in plain ASCII. The state that is active and
 * those around it are marked in the margin.
 */

import type { Chart, ChartState } from '../../model/chart.ts';
import { isActive, transitionsOf } from '../chart-reading.ts';
import { foldWords } from './fold-words.ts';

export interface AsciiOptions {
  /** Path of the innermost state that is active; null for none. */
  readonly active: string | null;
  /** Columns; what does not fit is folded. */
  readonly columns: number;
  /** What to do to the name of an active state: a colour, where there are colours. */
  readonly emphasize?: (text: string) => string;
}

/** Lines without a newline at the end. */
export function renderAscii(chart: Chart, options: AsciiOptions): readonly string[] {
  const [machine] = chart.states;
  if (machine === undefined) return [];
  const legend = ['* first state', ...(options.active === null ? [] : ['> current state'])];
  return [...renderState(chart, machine, 0, options), '', legend.join('   ')];
}

function renderState(chart: Chart, state: ChartState, depth: number, options: AsciiOptions): readonly string[] {
  const marked = isActive(state, options.active);
  const branch = depth === 0 ? '' : '+- ';
  const emphasize = marked && options.emphasize ? options.emphasize : (text: string) => text;
  const name = `${emphasize(state.name)}${state.isInitial ? ' *' : ''}`;
  const children = chart.states.filter(({ parent }) => parent === state.path);
  return [
    `${marked ? '>' : ' '}${' '.repeat(Math.max(1, 3 * depth - 2))}${branch}${name}`,
    ...tableOf(chart, state).flatMap((row) => renderRow(row, depth, options.columns)),
    ...children.flatMap((child) => ['', ...renderState(chart, child, depth + 1, options)]),
  ];
}

interface Row {
  readonly when: string;
  readonly what: string;
}

function tableOf(chart: Chart, state: ChartState): readonly Row[] {
  const boundary = (when: string, names: readonly string[]): Row[] =>
    names.length === 0 ? [] : [{ when, what: names.join(', ') }];
  return [
    ...boundary('(runs meanwhile)', state.invokes),
    ...boundary('(entering)', state.entry),
    ...boundary('(leaving)', state.exit),
    ...transitionsOf(chart, state).map(({ event, guard, target, actions }) => ({
      when: guard === '' ? event : `${event} [${guard}]`,
      what: [
        ...(target === null ? [] : [`-> ${target}`]),
        ...(actions.length === 0 ? [] : [`/ ${actions.join(', ')}`]),
      ].join(' '),
    })),
  ];
}

/** Where the second column begins, from the first character of the line. */
const secondColumn = 46;

function renderRow({ when, what }: Row, depth: number, columns: number): readonly string[] {
  const first = `${indentation(depth)}    ${when}`;
  const [begin = '', ...more] = foldWords(what, Math.max(20, columns - secondColumn));
  const start = begin === '' ? first : `${first.padEnd(secondColumn - 1)} ${begin}`;
  return [start, ...more.map((line) => `${' '.repeat(secondColumn)}${line}`)];
}

/** In front of what belongs to a state; its name stands in it. */
const indentation = (depth: number): string => ' '.repeat(3 * depth + 2);
