/** A chart in the language of Mermaid's state diagrams, which many pages of documentation draw by themselves. */

import type { Chart, ChartState } from '../../model/chart.ts';
import { childrenOf, isActive, transitionsOf } from '../chart-reading.ts';
import { connectionsOf } from '../connections.ts';

export interface MermaidOptions {
  /** Path of the innermost state that is active; null for none. */
  readonly active: string | null;
}

/** The diagram, with a newline at its end. */
export function renderMermaid(chart: Chart, { active }: MermaidOptions): string {
  const [machine] = chart.states;
  if (machine === undefined) return '';
  // Mermaid draws no lines that leave a frame for its own inside, so the outermost one is left away.
  const lit = chart.states.filter((state) => state.path !== '' && isActive(state, active)).map(idOf);
  return [
    'stateDiagram-v2',
    ...contentOf(chart, machine).map((line) => `    ${line}`),
    ...connectionsOf(chart.transitions.filter(({ source }) => source !== '')).map(
      ({ source, target, transitions }) =>
        `    ${idOfPath(source)} --> ${idOfPath(target)} : ${transitions.map(label).join('<br>')}`,
    ),
    ...chart.transitions
      .filter(({ source, target }) => source === '' && target !== null)
      .map((transition) => `    %% in every state: ${label(transition)} leads to ${transition.target}`),
    ...(lit.length === 0
      ? []
      : ['    classDef active fill:#dbe8fe,stroke:#2563eb,color:#0f172a', `    class ${lit.join(', ')} active`]),
    '',
  ].join('\n');
}

function contentOf(chart: Chart, around: ChartState): readonly string[] {
  return childrenOf(chart, around).flatMap((state) => [
    ...(state.isInitial ? [`[*] --> ${idOf(state)}`] : []),
    ...(state.kind === 'compound' ? frame(chart, state) : leaf(chart, state)),
  ]);
}

const frame = (chart: Chart, state: ChartState): readonly string[] => [
  `state "${[state.name, ...staying(chart, state)].join('<br>')}" as ${idOf(state)} {`,
  ...contentOf(chart, state).map((line) => `    ${line}`),
  '}',
];

const leaf = (chart: Chart, state: ChartState): readonly string[] => [
  `state "${state.name}" as ${idOf(state)}`,
  ...staying(chart, state).map((line) => `${idOf(state)} : ${line}`),
  ...(state.kind === 'final' ? [`${idOf(state)} --> [*]`] : []),
];

/** Events that leave the state as it is. */
const staying = (chart: Chart, state: ChartState): readonly string[] => [
  ...new Set(
    transitionsOf(chart, state)
      .filter(({ target }) => target === null)
      .map(label),
  ),
];

const label = ({ event, guard }: { readonly event: string; readonly guard: string }): string =>
  guard === '' ? event : `${event} [${guard}]`;

const idOf = ({ path }: ChartState): string => idOfPath(path);

const idOfPath = (path: string): string => path.replaceAll('.', '_');
