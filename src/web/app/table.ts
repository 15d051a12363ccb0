/**
 * All programs by group. Only the lines in view exist, so that a thousand programs cost no more than fifty; and a line that has
 * nothing new to show is not touched.
 */

import { mayAct } from './actions.ts';
import { element, fill, setAttribute, setText } from './elements.ts';
import {
  columns,
  createGroupRow,
  createProcessRow,
  type GroupRow,
  type OnAction,
  type ProcessRow,
  type RowContext,
} from './row.ts';
import type { ShownProcess, Store } from './store.ts';
import { count } from './wording.ts';

type Item =
  | { readonly kind: 'group'; readonly key: string; readonly name: string; readonly members: readonly ShownProcess[] }
  | { readonly kind: 'process'; readonly key: string; readonly process: ShownProcess };

export interface Table {
  readonly node: HTMLElement;
  /** Keys of the programs that are shown, in their order. */
  readonly keys: () => readonly string[];
  /** Brings the line with the cursor into view. */
  reveal(isFocused: boolean): void;
}

export interface TableOptions {
  readonly store: Store;
  readonly onAction: OnAction;
  readonly onOpen: (key: string) => void;
}

/** Lines above and below the view that exist already, so that scrolling finds them there. */
const spare = 8;
const tickMs = 1000;
const timerTickMs = 200;

export function createTable({ store, onAction, onOpen }: TableOptions): Table {
  const body = element('div', { class: 'rows', role: 'rowgroup' });
  const titles = columns.map(({ name, title, isNumber }) =>
    element('span', { role: 'columnheader', class: isNumber ? `${name} number` : name }, title),
  );
  const head = element(
    'div',
    { role: 'row', class: 'row titles', 'aria-rowindex': 1 },
    ...titles,
    element('span', { role: 'columnheader', class: 'act-cell' }, element('span', { class: 'unseen' }, 'Actions')),
  );
  const empty = element('p', { class: 'empty', hidden: true });
  const grid = element(
    'div',
    { class: 'grid', role: 'grid', 'aria-label': 'Programs' },
    element('div', { role: 'rowgroup', class: 'head-group' }, head),
    body,
  );
  const node = element('main', { class: 'programs', tabindex: -1 }, grid, empty);
  const used = new Map<
    string,
    { readonly kind: 'process'; readonly row: ProcessRow } | { readonly kind: 'group'; readonly row: GroupRow }
  >();
  const spareProcesses: ProcessRow[] = [];
  const spareGroups: GroupRow[] = [];
  let items: readonly Item[] = [];
  let rowHeight = 0;

  function arrange(): void {
    const { text, states } = store.filter;
    const wanted = text
      .trim()
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const shown = store.shown();
    const matching = shown.filter(
      (process) =>
        (states.size === 0 || states.has(process.statename)) &&
        wanted.every((word) =>
          `${process.key} ${process.statename} ${process.pid} ${process.why}`.toLowerCase().includes(word),
        ),
    );
    items = [...byGroup(matching)].flatMap(([name, members]): readonly Item[] => {
      const [only] = members;
      const lines = members.map((process) => ({ kind: 'process' as const, key: process.key, process }));
      const standsAlone = members.length === 1 && only?.name === name;
      return standsAlone ? lines : [{ kind: 'group', key: `${name}:*`, name, members }, ...lines];
    });
    grid.setAttribute('aria-rowcount', String(items.length + 1));
    grid.hidden = items.length === 0;
    empty.hidden = items.length > 0;
    if (shown.length === 0) setText(empty, 'The configuration names no program yet.');
    else
      fill(
        empty,
        `None of ${count(shown.length, 'program')} matches. `,
        element('kbd', {}, 'Esc'),
        ' shows all again.',
      );
  }

  function draw(): void {
    rowHeight = Number.parseFloat(getComputedStyle(node).getPropertyValue('--row')) || rowHeight || 32;
    body.style.height = `${items.length * rowHeight}px`;
    const top = Math.max(0, node.scrollTop - body.offsetTop);
    const first = Math.max(0, Math.floor(top / rowHeight) - spare);
    const last = Math.min(items.length, Math.ceil((top + node.clientHeight) / rowHeight) + spare);
    const visible = items.slice(first, last);
    const keys = new Set(visible.map(({ key }) => key));
    for (const [key, line] of used) if (!keys.has(key)) release(key, line);
    const context: RowContext = {
      now: store.now(),
      isLive: store.moment === null && store.link.kind === 'open',
      mayAct: mayAct(store.role),
    };
    for (const [offset, item] of visible.entries()) place(item, first + offset, context);
  }

  function release(
    key: string,
    line: { readonly kind: 'process'; readonly row: ProcessRow } | { readonly kind: 'group'; readonly row: GroupRow },
  ): void {
    // The focus would be lost with its line.
    if (line.row.node.contains(document.activeElement)) return;
    used.delete(key);
    line.row.node.remove();
    if (line.kind === 'process') spareProcesses.push(line.row);
    else spareGroups.push(line.row);
  }

  function place(item: Item, index: number, context: RowContext): void {
    const line = used.get(item.key) ?? take(item);
    const { node: row } = line.row;
    const transform = `translateY(${index * rowHeight}px)`;
    if (row.style.transform !== transform) {
      row.style.transform = transform;
      row.setAttribute('aria-rowindex', String(index + 2));
    }
    if (!row.isConnected) body.append(row);
    if (item.kind === 'process' && line.kind === 'process') {
      line.row.update(item.process, context);
      const isCurrent = item.key === store.cursor;
      row.classList.toggle('grouped', item.process.group !== item.process.name);
      row.classList.toggle('current', isCurrent);
      row.classList.toggle('opened', item.key === store.route.process);
      setAttribute(row, 'aria-selected', String(item.key === store.route.process));
      setAttribute(row, 'tabindex', isCurrent ? 0 : -1);
    } else if (item.kind === 'group' && line.kind === 'group') line.row.update(item.name, item.members, context);
  }

  function take(item: Item) {
    const line =
      item.kind === 'process'
        ? { kind: 'process' as const, row: spareProcesses.pop() ?? createProcessRow(onAction) }
        : { kind: 'group' as const, row: spareGroups.pop() ?? createGroupRow(onAction) };
    used.set(item.key, line);
    return line;
  }

  body.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.row.process') : null;
    if (row?.dataset.key !== undefined) onOpen(row.dataset.key);
  });
  node.addEventListener('scroll', draw, { passive: true });
  new ResizeObserver(draw).observe(node);
  store.on(['processes', 'filter', 'moment', 'link'], () => {
    arrange();
    draw();
  });
  store.on(['cursor', 'route'], draw);
  setInterval(() => {
    if (!document.hidden && store.moment === null) draw();
  }, tickMs);
  setInterval(() => {
    const hasTimer =
      store.moment === null && items.some((item) => item.kind === 'process' && item.process.timer !== null);
    if (!document.hidden && hasTimer) draw();
  }, timerTickMs);

  return {
    node,
    keys: () => {
      // Who types faster than frames are drawn means what is matched by now.
      arrange();
      return items.flatMap((item) => (item.kind === 'process' ? [item.key] : []));
    },
    reveal: (isFocused) => {
      const index = items.findIndex(({ key }) => key === store.cursor);
      if (index === -1) return;
      const top = body.offsetTop + index * rowHeight;
      const bottom = top + rowHeight;
      if (top - body.offsetTop < node.scrollTop) node.scrollTop = top - body.offsetTop;
      else if (bottom > node.scrollTop + node.clientHeight) node.scrollTop = bottom - node.clientHeight;
      draw();
      const line = used.get(store.cursor);
      if (isFocused) line?.row.node.focus({ preventScroll: true });
    },
  };
}

function byGroup(processes: readonly ShownProcess[]): ReadonlyMap<string, readonly ShownProcess[]> {
  const groups = new Map<string, ShownProcess[]>();
  for (const process of processes) {
    const members = groups.get(process.group);
    if (members === undefined) groups.set(process.group, [process]);
    else members.push(process);
  }
  return groups;
}
