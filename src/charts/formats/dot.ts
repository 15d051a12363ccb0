/** A chart in the language of Graphviz. Frames are clusters; a line to or from one ends at its border. */

import type { Chart, ChartState } from '../../model/chart.ts';
import { childrenOf, isActive } from '../chart-reading.ts';
import { type Connection, connectionsOf } from '../connections.ts';
import { labelLines, stateLines } from '../wording.ts';

export interface DotOptions {
  /** Path of the innermost state that is active; null for none. */
  readonly active: string | null;
}

/** The graph, with a newline at its end. */
export function renderDot(chart: Chart, { active }: DotOptions): string {
  const [machine] = chart.states;
  if (machine === undefined) return '';
  return [
    `digraph ${quote(chart.machine)} {`,
    '  compound=true; rankdir=TB; fontname="Helvetica"; fontsize=12; color="#c3cedd";',
    '  node [shape=box, style="rounded,filled", fillcolor="#f4f7fb", color="#c3cedd", fontname="Helvetica", fontsize=12];',
    '  edge [color="#8496ae", fontname="Courier", fontsize=10];',
    ...frame(chart, machine, active).map((line) => `  ${line}`),
    ...connectionsOf(chart.transitions).map((connection) => `  ${edge(chart, connection)}`),
    '}',
    '',
  ].join('\n');
}

function frame(chart: Chart, state: ChartState, active: string | null): readonly string[] {
  const first = childrenOf(chart, state).find(({ isInitial }) => isInitial);
  const inside = [
    `label=${textOf(chart, state, '\\l')}; labeljust=l; style=rounded;${isActive(state, active) ? ' color="#2563eb"; penwidth=2;' : ''}`,
    `${quote(`${state.path}*`)} [shape=point, width=0.09, label=""];`,
    ...childrenOf(chart, state).flatMap((child) =>
      child.kind === 'compound' ? frame(chart, child, active) : [node(chart, child, active)],
    ),
    ...(first === undefined ? [] : [`${quote(`${state.path}*`)} -> ${ends(chart, first.path, 'lhead')};`]),
  ];
  return [`subgraph ${quote(`cluster ${state.path}`)} {`, ...inside.map((line) => `  ${line}`), '}'];
}

function node(chart: Chart, state: ChartState, active: string | null): string {
  const lit = isActive(state, active) ? ', fillcolor="#dbe8fe", color="#2563eb", penwidth=2' : '';
  const final = state.kind === 'final' ? ', peripheries=2' : '';
  return `${quote(state.path)} [label=${textOf(chart, state, '\\n')}${final}${lit}];`;
}

function edge(chart: Chart, { source, target, transitions }: Connection): string {
  const from = chart.states.find(({ path }) => path === source);
  const clipped = from?.kind === 'compound' && !isWithin(target, source);
  const attributes = [
    `label=${quoteLines(transitions.flatMap(labelLines), '\\n')}`,
    ...(clipped ? [`ltail=${quote(`cluster ${source}`)}`] : []),
  ];
  const tail = from?.kind === 'compound' ? quote(`${source}*`) : quote(source);
  const isFrame = chart.states.some(({ path, kind }) => path === target && kind === 'compound');
  if (isFrame && !isWithin(source, target)) attributes.push(`lhead=${quote(`cluster ${target}`)}`);
  return `${tail} -> ${quote(isFrame ? `${target}*` : target)} [${attributes.join(', ')}];`;
}

/** The end of a line at a state: at a node inside, where it is a frame. */
function ends(chart: Chart, path: string, attribute: 'lhead'): string {
  const isFrame = chart.states.some((state) => state.path === path && state.kind === 'compound');
  return isFrame ? `${quote(`${path}*`)} [${attribute}=${quote(`cluster ${path}`)}]` : quote(path);
}

const isWithin = (path: string, frame: string): boolean => frame === '' || path.startsWith(`${frame}.`);

const textOf = (chart: Chart, state: ChartState, lineEnd: string): string =>
  quoteLines([state.name, ...stateLines(state, chart.transitions)], lineEnd);

const quoteLines = (lines: readonly string[], lineEnd: string): string =>
  `"${lines.map((line) => `${escapeQuotes(line)}${lineEnd === '\\l' ? lineEnd : ''}`).join(lineEnd === '\\l' ? '' : lineEnd)}"`;

const quote = (text: string): string => `"${escapeQuotes(text)}"`;

const escapeQuotes = (text: string): string => text.replace(/[\\"]/g, '\\$&');
