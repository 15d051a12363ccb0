/** One line of the table: a program, or the head of a group. Lines are used again for what scrolls into view. */

import { type ActionButtons, createActionButtons } from './action-buttons.ts';
import { type Action, isOffered, type Target } from './actions.ts';
import { element, setAttribute, setText } from './elements.ts';
import { createStateMark } from './state-mark.ts';
import type { ShownProcess } from './store.ts';
import { countDown, cpuOf, lengthOfTime, secondsLeft, sizeOf } from './wording.ts';

export interface Column {
  readonly name: string;
  readonly title: string;
  readonly isNumber?: boolean;
}

export const columns: readonly Column[] = [
  { name: 'name', title: 'Program' },
  { name: 'state', title: 'State' },
  { name: 'for', title: 'For', isNumber: true },
  { name: 'pid', title: 'Pid', isNumber: true },
  { name: 'up', title: 'Uptime', isNumber: true },
  { name: 'restarts', title: 'Restarts', isNumber: true },
  { name: 'cpu', title: 'CPU', isNumber: true },
  { name: 'memory', title: 'Memory', isNumber: true },
  { name: 'exit', title: 'Last exit' },
  { name: 'why', title: 'Why' },
];

export interface RowContext {
  readonly now: number;
  readonly isLive: boolean;
  readonly mayAct: boolean;
}

export interface ProcessRow {
  readonly node: HTMLElement;
  update(process: ShownProcess, context: RowContext): void;
}

export type OnAction = (action: Action, target: Target) => void;

export function createProcessRow(onAction: OnAction): ProcessRow {
  const mark = createStateMark();
  const ring = element('i', { class: 'ring', 'aria-hidden': 'true' });
  const time = element('span');
  const buttons: ActionButtons = createActionButtons(onAction, false);
  const cells = new Map(
    columns.map(({ name, isNumber }) => [
      name,
      element('span', { role: 'gridcell', class: isNumber ? `${name} number` : name }),
    ]),
  );
  const cell = (name: string): HTMLElement => cells.get(name) ?? ring;
  cell('state').append(mark.node);
  cell('for').append(ring, time);
  const last = element('span', { role: 'gridcell', class: 'act-cell' }, buttons.node);
  const node = element('div', { role: 'row', class: 'row process', tabindex: -1 }, ...cells.values(), last);
  return {
    node,
    update: (process, { now, isLive, mayAct }) => {
      const { key, group, name, timer, usage, startedAt, pid, since, statename, restarts, lastExit, why } = process;
      setAttribute(node, 'data-key', key);
      setText(cell('name'), name);
      mark.update(process);
      setText(time, since === 0 ? '' : lengthOfTime(now - since));
      const left = timer === null ? 0 : timer.endsAt - now;
      setAttribute(ring, 'hidden', left <= 0);
      if (timer !== null && left > 0) {
        ring.style.setProperty('--share', String(left / timer.lengthMs));
        ring.title = `${timer.name}: ${secondsLeft(left)}`;
      }
      setText(cell('pid'), pid === 0 ? '' : String(pid));
      setText(cell('up'), pid === 0 || startedAt === 0 ? '' : lengthOfTime(now - startedAt));
      setText(cell('restarts'), isLive && restarts > 0 ? String(restarts) : '');
      setText(cell('cpu'), usage === null ? '' : cpuOf(usage.cpu));
      setText(cell('memory'), usage === null ? '' : sizeOf(usage.memory));
      setText(cell('exit'), shortExit(lastExit));
      setAttribute(cell('exit'), 'title', lastExit === '' ? null : lastExit);
      const sentence = remarkOn(countDown(why, left), statename);
      if (cell('why').textContent !== sentence) {
        setText(cell('why'), sentence);
        cell('why').title = why;
      }
      buttons.update(
        { kind: 'process', name: group === name ? name : key },
        (action) => isLive && mayAct && isOffered(action, statename),
      );
    },
  };
}

/** `exit status 1` and `terminated by SIGKILL` without what the title of the column says. */
const shortExit = (lastExit: string): string => lastExit.replace(/^exit |^terminated by /, '');

/** That a program runs, and since when, is in other columns. */
const remarkOn = (why: string, statename: string): string => {
  const sentence = why.replace(/^[A-Z]+: /, '');
  return statename === 'RUNNING' ? sentence.replace(/^up for [\d.]+ \w+(; )?/, '') : sentence;
};

export interface GroupRow {
  readonly node: HTMLElement;
  update(name: string, members: readonly ShownProcess[], context: RowContext): void;
}

export function createGroupRow(onAction: OnAction): GroupRow {
  const title = element('b');
  const summary = element('span', { class: 'summary' });
  const buttons = createActionButtons(onAction, false);
  const head = element('span', { role: 'gridcell', class: 'head' }, title, summary);
  const node = element(
    'div',
    { role: 'row', class: 'row group', tabindex: -1 },
    head,
    element('span', { role: 'gridcell', class: 'act-cell' }, buttons.node),
  );
  return {
    node,
    update: (name, members, { isLive, mayAct }) => {
      setAttribute(node, 'data-key', `${name}:*`);
      setText(title, name);
      const running = members.filter(({ statename }) => statename === 'RUNNING').length;
      const summed = running === members.length ? 'all running' : `${running} of ${members.length} running`;
      setText(summary, summed);
      const isPossible = (action: Action): boolean => members.some(({ statename }) => isOffered(action, statename));
      buttons.update({ kind: 'group', name }, (action) => isLive && mayAct && isPossible(action));
    },
  };
}
