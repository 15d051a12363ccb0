/** Gives an outline its places. Runs when the product is built; nothing that is installed needs the layout engine. */

import ElkConstructor, { type ElkExtendedEdge, type ElkNode, type LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import type { Chart, ChartState, ChartTransition } from '../../model/chart.ts';
import { type Connection, connectionsOf } from '../connections.ts';
import { lineHeight } from '../measures.ts';
import type { Outline, OutlinedTransition } from '../outline.ts';
import { labelLines } from '../wording.ts';
import { elkGraph, labelGap, nodeId } from './elk-graph.ts';

const Elk = ElkConstructor.default;

/** Rejects when the engine cannot place something. The same outline always gets the same chart. */
export async function layOut(outline: Outline, options?: LayoutOptions): Promise<Chart> {
  const picture = await new Elk().layout(elkGraph(outline, options));
  const boxes = new Map(withDescendants(picture).map((node) => [node.id, node]));
  const edges = new Map((picture.edges ?? []).map((edge) => [edge.id, edge]));
  const lines = new Map(
    connectionsOf(outline.transitions).flatMap((connection) => placeConnection(connection, edges.get(connection.id))),
  );
  return {
    machine: outline.machine,
    width: Math.ceil(picture.width ?? 0),
    height: Math.ceil(picture.height ?? 0),
    states: outline.states.map((state) => ({ ...state, ...boxOf(boxes.get(nodeId(state.path))) })),
    transitions: outline.transitions.map((transition) => ({
      ...transition,
      ...(lines.get(transition.id) ?? { points: [], label: null }),
    })),
  };
}

type Line = Pick<ChartTransition, 'points' | 'label'>;

const withDescendants = (node: ElkNode): ElkNode[] => [node, ...(node.children ?? []).flatMap(withDescendants)];

function boxOf(node: ElkNode | undefined): Pick<ChartState, 'x' | 'y' | 'width' | 'height'> {
  if (node === undefined) throw new Error('a state was not placed');
  const { x = 0, y = 0, width = 0, height = 0 } = node;
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

/** All share the line; the room of the label is divided among them from above. */
function placeConnection({ transitions }: Connection, edge: ElkExtendedEdge | undefined): [string, Line][] {
  const section = edge?.sections?.[0];
  const [room] = edge?.labels ?? [];
  if (section === undefined || room === undefined) throw new Error('a transition was not placed');
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((point) => ({
    x: round(point.x),
    y: round(point.y),
  }));
  const { x = 0, y = 0, width = 0 } = room;
  let top = y;
  return transitions.map((transition: OutlinedTransition) => {
    const height = labelLines(transition).length * lineHeight;
    const label = { x: round(x), y: round(top), width: round(width), height };
    top += height + labelGap;
    return [transition.id, { points, label }];
  });
}

const round = (length: number): number => Math.round(length * 10) / 10;
