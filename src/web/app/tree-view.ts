/** The tree of actors with their states and what each waits for: that of the daemon, or the branch of one program. */

import type { TreeNode } from '../../model/trace.ts';
import { createActorChart, hasChart } from './actor-chart.ts';
import { element, fill } from './elements.ts';
import { actorKey, statesAt } from './history.ts';
import type { Link } from './link.ts';
import { Refusal } from './link.ts';
import { stateNameOf, stateStyles } from './state-style.ts';
import type { Store } from './store.ts';
import { lengthOfTime } from './wording.ts';

export interface TreeView {
  readonly node: HTMLElement;
  /** Reads it anew, unless that is happening already. */
  refresh(): Promise<void>;
  draw(): void;
}

const mostLeaves = 400;

type States = ReadonlyMap<string, string>;

export function createTreeView(link: Link, store: Store): TreeView {
  const list = element('div', { class: 'tree-list' });
  const chart = createActorChart(() => store.now());
  const node = element('div', { class: 'tree-view' }, list, chart.node);
  let root: TreeNode | null = null;
  let problem = '';
  let isReading = false;

  async function refresh(): Promise<void> {
    if (isReading) return;
    isReading = true;
    try {
      root = (await link.call('trace.tree')) as TreeNode;
      problem = '';
    } catch (error) {
      problem = error instanceof Refusal ? `The tree cannot be shown: ${error.message}` : '';
    }
    isReading = false;
    draw();
  }

  function draw(): void {
    const { process } = store.route;
    const branch = root === null ? null : process === null ? root : branchOf(root, process);
    if (branch === null) {
      fill(
        list,
        element(
          'p',
          { class: 'empty' },
          problem || (root === null ? 'Reading the tree…' : 'It is not in the tree any more.'),
        ),
      );
      return;
    }
    const budget = { left: mostLeaves };
    const then = store.moment === null ? null : statesAt(store.records, store.moment.serial);
    fill(
      list,
      element('ul', { class: 'tree', role: 'tree', 'aria-label': 'Actors' }, item(branch, budget, then)),
      budget.left < 0 && element('p', { class: 'quiet' }, 'Choose a program to see the rest of its branch.'),
    );
    chart.update((chosen) => {
      const actor = root === null ? null : sameActor(root, chosen);
      return actor === null ? null : then === null ? actor.state : stateThen(actor, then);
    });
  }

  async function openChart(actor: TreeNode, state: string): Promise<void> {
    try {
      await chart.open(actor, state);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  }

  function item(actor: TreeNode, budget: { left: number }, then: States | null): HTMLElement {
    budget.left -= 1;
    const state = then === null ? actor.state : stateThen(actor, then);
    const name = stateNameOf(state);
    const isPast = then !== null;
    // What lives only with the program was not there when it did not run.
    const isDead = isPast && actor.actor === 'process' && !state.startsWith('alive');
    const children = (isDead ? [] : actor.children).flatMap((child) =>
      budget.left > 0 ? [item(child, budget, then)] : [],
    );
    return element(
      'li',
      { role: 'treeitem', 'aria-expanded': children.length > 0 ? 'true' : null },
      element(
        'div',
        { class: 'actor-line' },
        element('span', { class: 'actor' }, actor.actor),
        element('b', {}, actor.of || 'root'),
        state !== '' &&
          element(
            hasChart(actor) ? 'button' : 'span',
            {
              class: 'state-name',
              'data-tone': name === null ? 'quiet' : stateStyles[name].tone,
              ...(hasChart(actor) && {
                type: 'button',
                title: `Chart of this ${actor.actor}`,
                onclick: () => void openChart(actor, state),
              }),
            },
            state,
          ),
        !isPast &&
          actor.since > 0 &&
          element('span', { class: 'quiet' }, `for ${lengthOfTime(store.now() - actor.since)}`),
        !isPast && actor.waitsFor !== '' && element('span', { class: 'waits' }, `waits for ${actor.waitsFor}`),
      ),
      children.length > 0 && element('ul', { role: 'group' }, ...children),
    );
  }

  /** Of programs also what they were in before the first record of them. */
  function stateThen(actor: TreeNode, then: States): string {
    const known = actor.actor === 'process' ? store.shownOne(actor.of)?.state : undefined;
    return known ?? then.get(actorKey(actor)) ?? '';
  }

  return { node, refresh, draw };
}

/** The same actor in a tree that was read later. */
function sameActor(within: TreeNode, wanted: TreeNode): TreeNode | null {
  if (within.actor === wanted.actor && within.of === wanted.of) return within;
  for (const child of within.children) {
    const found = sameActor(child, wanted);
    if (found !== null) return found;
  }
  return null;
}

/** The line of actors that leads to a program, and what is below it. */
function branchOf(root: TreeNode, process: string): TreeNode | null {
  if (root.actor === 'process' && root.of === process) return root;
  for (const child of root.children) {
    const found = branchOf(child, process);
    if (found !== null) return { ...root, children: [found] };
  }
  return null;
}
