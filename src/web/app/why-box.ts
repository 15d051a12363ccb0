/** Why a program is in its state: the sentence, the lines it rests on, and links to the records. */

import type { Explanation, TraceRecord } from '../../model/trace.ts';
import { element, fill, setText } from './elements.ts';
import { find } from './history.ts';
import { stateStyles } from './state-style.ts';
import type { ShownProcess, Store } from './store.ts';
import { countDown, timeOfDay } from './wording.ts';

export interface WhyBox {
  readonly node: HTMLElement;
  /** null hides it. */
  draw(shown: ShownProcess | null): void;
}

/** Links to what the sentence rests on. */
const mostRecords = 4;

export function createWhyBox(store: Store, onRecord: (record: TraceRecord) => void): WhyBox {
  const sentence = element('b', { class: 'sentence' });
  const evidence = element('ul', { class: 'evidence' });
  const restsOn = element('div', { class: 'rests-on' });
  const why = element('details', { class: 'why-box' }, element('summary', {}, sentence), evidence, restsOn);

  function draw(shown: ShownProcess | null): void {
    if (shown === null) {
      why.hidden = true;
      return;
    }
    const explanation: Explanation | null = store.moment === null && isAbout(store.why, shown) ? store.why : null;
    const left = shown.timer === null ? 0 : shown.timer.endsAt - store.now();
    const text = countDown(sentenceOf(shown, explanation), left);
    why.hidden = text === '';
    why.dataset.tone = isTrouble(shown) ? stateStyles[shown.statename].tone : 'quiet';
    setText(sentence, text);
    const lines = explanation?.evidence ?? [];
    const records = (explanation?.records ?? []).flatMap((serial) => find(store.records, serial) ?? []);
    const known = `${lines.join('\n')} ${records.map(({ serial }) => serial).join()}`;
    if (evidence.dataset.lines === known) return;
    evidence.dataset.lines = known;
    why.classList.toggle('has-evidence', lines.length > 0);
    // What went wrong is said at once; the rest when somebody asks.
    why.open = isTrouble(shown);
    fill(evidence, ...lines.map((line) => element('li', {}, line)));
    evidence.hidden = lines.length === 0;
    fill(restsOn, ...records.slice(0, mostRecords).map((record) => linkTo(record)));
    restsOn.hidden = records.length === 0;
  }

  function linkTo(record: TraceRecord): HTMLElement {
    const onclick = (): void => onRecord(record);
    return element('button', { type: 'button', class: 'link', onclick }, `${timeOfDay(record.at)} ${record.event}`);
  }

  return { node: why, draw };
}

/** The table's sentence is kept up to date; what a program that ends still waits for is only in the other one. */
const sentenceOf = ({ why, statename }: ShownProcess, explanation: Explanation | null): string => {
  const full = explanation?.sentence.replace(/^[A-Z]+: /, '') ?? '';
  return statename === 'STOPPING' ? full || why : why || full;
};

const isTrouble = ({ statename }: ShownProcess): boolean =>
  statename === 'FATAL' || statename === 'UNKNOWN' || statename === 'BACKOFF';

const isAbout = (why: Explanation | null, { group, name, statename }: ShownProcess): boolean =>
  why !== null && why.group === group && why.name === name && why.statename === statename;
