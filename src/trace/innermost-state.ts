/** Where a machine is: the innermost of its states. */

import type { AnyMachineSnapshot, StateNode } from 'xstate';

type Node = Pick<StateNode, 'path' | 'type'>;

/** null when there are only states around others. */
export function innermostNode<Inner extends Node>(nodes: readonly Inner[]): Inner | null {
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const node = nodes[index];
    if (node !== undefined && node.type !== 'compound') return node;
  }
  return null;
}

/** As `alive.STARTING.proving`. */
export const pathOf = ({ path }: Node): string => path.join('.');

export function innermostState({ _nodes: nodes }: { readonly _nodes: readonly Node[] }): string {
  const node = innermostNode(nodes);
  return node === null ? '' : pathOf(node);
}

export const isMachineSnapshot = (snapshot: unknown): snapshot is AnyMachineSnapshot =>
  typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot;
