/** The records of a program, or of all, newest first; each leads to its moment, its causes and the output of that time. */

import type { TraceRecord } from '../../model/trace.ts';
import { element, fill } from './elements.ts';
import { causesOf, concerns } from './history.ts';
import { outcomeOf, recordLine } from './record-line.ts';
import type { Store } from './store.ts';
import { timeOfDay } from './wording.ts';

export interface TimelineOptions {
  readonly store: Store;
  readonly onMoment: (record: TraceRecord) => void;
  readonly onOutput: (record: TraceRecord) => void;
}

/** As many lines as somebody reads; further ones on request. */
const atOnce = 200;

export function createTimeline({ store, onMoment, onOutput }: TimelineOptions): {
  readonly node: HTMLElement;
  draw(): void;
} {
  const list = element('div', { class: 'records' });
  const detail = element('div', { class: 'moment-detail', hidden: true });
  const more = element(
    'button',
    { type: 'button', class: 'small', hidden: true, onclick: () => showMore() },
    'Earlier records',
  );
  const empty = element('p', { class: 'empty' });
  const node = element('div', { class: 'timeline' }, detail, list, more, empty);
  const lines = new Map<TraceRecord, HTMLElement>();
  let limit = atOnce;
  let shownFor: string | null = null;

  list.addEventListener('click', ({ target }) => {
    const line = target instanceof Element ? target.closest<HTMLElement>('.record') : null;
    const record = store.records.find(({ serial }) => String(serial) === line?.dataset.serial);
    if (record !== undefined) onMoment(record);
  });

  function showMore(): void {
    limit += atOnce;
    draw();
  }

  function draw(): void {
    const { process } = store.route;
    if (shownFor !== process) {
      shownFor = process;
      limit = atOnce;
      lines.clear();
    }
    const all = process === null ? store.records : withRequests(store.records, process);
    const wanted = all.slice(-limit).toReversed();
    const kept = new Set(wanted);
    for (const record of lines.keys()) if (!kept.has(record)) lines.delete(record);
    const nodes = wanted.map((record) => {
      const line = lines.get(record) ?? recordLine(record, process === null);
      lines.set(record, line);
      line.classList.toggle('chosen', record.serial === store.moment?.serial);
      line.classList.toggle('future', store.moment !== null && record.serial > store.moment.serial);
      return line;
    });
    arrange(nodes);
    more.hidden = all.length <= limit;
    empty.hidden = all.length > 0;
    empty.textContent = emptyText(store.hasTrace);
    drawDetail();
  }

  /** New lines come at the top; moving the others would take the focus and the selection away. */
  function arrange(nodes: readonly HTMLElement[]): void {
    const wanted = new Set(nodes);
    for (const child of [...list.children]) if (!(child instanceof HTMLElement && wanted.has(child))) child.remove();
    let next = list.firstElementChild;
    for (const line of nodes) {
      if (line === next) next = next.nextElementSibling;
      else list.insertBefore(line, next);
    }
  }

  function drawDetail(): void {
    const { moment } = store;
    detail.hidden = moment === null;
    if (moment === null) return;
    const causes = causesOf(store.records, moment);
    const links = causes.map((cause) =>
      element(
        'li',
        {},
        element(
          'button',
          { type: 'button', class: 'link', onclick: () => onMoment(cause) },
          `${timeOfDay(cause.at)} ${cause.of} ${cause.event} ${outcomeOf(cause)}`.replaceAll('  ', ' '),
        ),
      ),
    );
    const hasOutput = moment.written !== null;
    fill(
      detail,
      recordLine(moment, true),
      links.length > 0 &&
        element('div', { class: 'causes' }, element('h3', {}, 'Because of'), element('ol', {}, ...links)),
      hasOutput &&
        element(
          'button',
          { type: 'button', class: 'small', onclick: () => onOutput(moment) },
          'What it wrote until then',
        ),
    );
  }

  return { node, draw };
}

/** What concerns a program: its own records, and the requests they follow from. */
function withRequests(records: readonly TraceRecord[], process: string): readonly TraceRecord[] {
  const own = records.filter((record) => concerns(record, process));
  const causes = new Set(own.map(({ cause }) => cause));
  return records.filter(
    (record) => concerns(record, process) || (record.actor === 'request' && causes.has(record.serial)),
  );
}

const emptyText = (hasTrace: boolean | null): string => {
  if (hasTrace === null) return 'Reading the trace…';
  return hasTrace ? 'Nothing has happened here since the trace began.' : 'The daemon keeps no trace (trace_size=0).';
};
