/** The bar at the bottom: all that was recorded as a strip, and a handle to go back in it. */

import type { TraceRecord } from '../../model/trace.ts';
import { drawing, element, fill, setText } from './elements.ts';
import { concerns, indexBehind, isTransition } from './history.ts';
import { outcomeOf } from './record-line.ts';
import { stateNameOf, stateStyles } from './state-style.ts';
import type { Store } from './store.ts';
import { lengthOfTime, timeOfDay } from './wording.ts';

export interface TimeBar {
  readonly node: HTMLElement;
  /** Goes so many records forward, or back if negative. */
  step(records: number): void;
}

const columnsOfStrip = 240;
const stripHeight = 22;

export function createTimeBar(store: Store): TimeBar {
  const live = element(
    'button',
    { type: 'button', class: 'live-button', onclick: () => store.set({ moment: null }) },
    'Live',
  );
  const back = element(
    'button',
    { type: 'button', class: 'small', 'aria-label': 'One record back', onclick: () => step(-1) },
    '‹',
  );
  const forward = element(
    'button',
    { type: 'button', class: 'small', 'aria-label': 'One record forward', onclick: () => step(1) },
    '›',
  );
  const handle = element('input', {
    type: 'range',
    min: 0,
    max: 0,
    value: 0,
    'aria-label': 'Moment',
    oninput: () => seek(Number(handle.value)),
  });
  const strip = drawing('svg', {
    class: 'strip',
    preserveAspectRatio: 'none',
    viewBox: `0 0 ${columnsOfStrip} ${stripHeight}`,
    'aria-hidden': 'true',
  });
  const label = element('output', { class: 'moment-label' });
  const node = element(
    'footer',
    { class: 'time-bar' },
    live,
    back,
    element('div', { class: 'track' }, strip, handle),
    forward,
    label,
  );
  let scope: readonly TraceRecord[] = [];

  function seek(index: number): void {
    const record = scope[index];
    store.set({ moment: record === undefined ? null : record });
  }

  function step(records: number): void {
    const { moment } = store;
    const at = moment === null ? scope.length : indexBehind(scope, moment.serial) - 1;
    seek(Math.max(0, at + records));
  }

  function draw(): void {
    const { process } = store.route;
    scope = process === null ? store.records : store.records.filter((record) => concerns(record, process));
    const { moment } = store;
    const at = moment === null ? scope.length : indexBehind(scope, moment.serial) - 1;
    handle.max = String(scope.length);
    handle.value = String(at);
    handle.disabled = scope.length === 0;
    handle.setAttribute('aria-valuetext', moment === null ? 'live' : timeOfDay(moment.at));
    back.disabled = scope.length === 0 || at <= 0;
    forward.disabled = moment === null;
    node.classList.toggle('past', moment !== null);
    live.setAttribute('aria-pressed', String(moment === null));
    setText(label, labelOf(moment));
    drawStrip();
  }

  function labelOf(moment: TraceRecord | null): string {
    if (moment !== null) return `${timeOfDay(moment.at)}  ${moment.of} ${moment.event} ${outcomeOf(moment)}`;
    const [first] = scope;
    if (first === undefined) return store.hasTrace === false ? 'no trace' : '';
    return `${scope.length} records, ${lengthOfTime(store.now() - first.at)}`;
  }

  /** Each record has the same width as in the way of the handle, however the time was between them. */
  function drawStrip(): void {
    const heights = new Map<number, { changes: number; tone: string }>();
    for (const [index, record] of scope.entries()) {
      if (!isTransition(record) || record.actor !== 'process') continue;
      const column = Math.floor((index / scope.length) * columnsOfStrip);
      const name = stateNameOf(record.to);
      const tone = name === null ? 'quiet' : stateStyles[name].tone;
      const known = heights.get(column);
      const isWorse = known === undefined || severity.indexOf(tone) > severity.indexOf(known.tone);
      heights.set(column, { changes: (known?.changes ?? 0) + 1, tone: isWorse ? tone : known.tone });
    }
    const bars = [...heights].map(([column, { changes, tone }]) => {
      const height = Math.min(stripHeight, 6 + changes * 3);
      return drawing('rect', { x: column, y: stripHeight - height, width: 0.8, height, 'data-tone': tone });
    });
    fill(strip, ...bars);
  }

  store.on(['records', 'moment', 'route'], draw);
  draw();
  return { node, step };
}

const severity = ['quiet', 'good', 'busy', 'bad'];
