/** The question to the layout engine: a chart's states as nested boxes, its transitions as labelled edges between them. */

import type { ElkExtendedEdge, ElkLabel, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js';
import { type Connection, connectionsOf } from '../connections.ts';
import { headHeight, inset, lineHeight, nameWidth, ringWidth, textWidth } from '../measures.ts';
import type { Outline, OutlinedState, OutlinedTransition } from '../outline.ts';
import { labelLines, stateLines, timersOf } from '../wording.ts';
import { layoutOptions } from './options.ts';

/** The engine knows no empty names. */
export const nodeId = (path: string): string => `state:${path}`;

/** What the engine is asked to lay out. */
export function elkGraph(outline: Outline, options: LayoutOptions = {}): ElkNode {
  const [machine] = outline.states;
  if (machine === undefined) throw new Error(`the machine ${outline.machine} has no states`);
  const ownOptions = { ...layoutOptions, ...options };
  return {
    id: 'picture',
    layoutOptions: ownOptions,
    children: [elkNode(machine, outline, ownOptions)],
    edges: connectionsOf(outline.transitions).map(elkEdge),
  };
}

function elkNode(state: OutlinedState, outline: Outline, options: LayoutOptions): ElkNode {
  const lines = stateLines(state, outline.transitions);
  const ring = timersOf(state, outline.transitions).length * ringWidth;
  const widths = [nameWidth(state.name) + ring, ...lines.map(textWidth)];
  const width = Math.max(...widths) + 2 * inset;
  const height = headHeight(lines);
  const children = outline.states.filter(({ parent }) => parent === state.path);
  if (children.length === 0) return { id: nodeId(state.path), width, height };
  return {
    id: nodeId(state.path),
    children: children.map((child) => elkNode(child, outline, options)),
    // A frame does not inherit them.
    layoutOptions: {
      ...options,
      'elk.padding': `[top=${height + 16},left=24,bottom=20,right=24]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  };
}

const elkEdge = ({ id, source, target, transitions }: Connection): ElkExtendedEdge => ({
  id,
  sources: [nodeId(source)],
  targets: [nodeId(target)],
  labels: [elkLabel(transitions)],
});

function elkLabel(transitions: readonly OutlinedTransition[]): ElkLabel {
  const lines = transitions.flatMap(labelLines);
  return {
    text: lines.join('\n'),
    width: Math.max(...lines.map(textWidth)) + 6,
    height: lines.length * lineHeight + (transitions.length - 1) * labelGap,
    layoutOptions: { 'elk.edgeLabels.inline': 'true' },
  };
}

/** Between the labels of transitions that share a line. */
export const labelGap = 3;
