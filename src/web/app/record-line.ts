/** One record of the trace as a line: when, who, what, and what came of it. */

import type { TraceRecord } from '../../model/trace.ts';
import { element } from './elements.ts';
import { secondsLeft, timeOfDay } from './wording.ts';

/** The last word of a state is what people know it by. */
const shortState = (path: string): string => path.split('.').at(-1) ?? path;

export function outcomeOf({ outcome, from, to, via }: TraceRecord): string {
  switch (outcome) {
    case 'taken':
      return from === to ? '' : [from, ...via, to].map(shortState).join(' → ');
    case 'ignored':
      return from === '' ? 'ignored' : `ignored in ${shortState(from)}`;
    case 'refused':
      return from === '' ? 'refused' : `refused in ${shortState(from)}`;
    case 'noted':
      return '';
    default:
      return outcome satisfies never;
  }
}

export const guardsOf = ({ guards }: TraceRecord): readonly string[] =>
  guards.map(({ name, held, values }) => `${held ? '✓' : '✗'} ${name}${values === '' ? '' : ` (${values})`}`);

export const factsOf = ({ facts }: TraceRecord): string => Object.entries(facts).map(factOf).join(' · ');

function factOf([name, value]: readonly [string, string | number | boolean]): string {
  if (name === 'status') return String(value);
  if (name.endsWith('Ms') && typeof value === 'number')
    return `${name.slice(0, -2)} ${value < 1000 ? `${Math.round(value)} ms` : secondsLeft(value)}`;
  return `${name} ${value}`;
}

/** @param showsWhose the line stands among those of other programs */
export function recordLine(record: TraceRecord, showsWhose: boolean): HTMLElement {
  const result = outcomeOf(record);
  const guards = guardsOf(record);
  const facts = factsOf(record);
  return element(
    'button',
    { type: 'button', class: `record ${record.outcome} ${record.actor}`, 'data-serial': record.serial },
    element('span', { class: 'time' }, timeOfDay(record.at)),
    element('span', { class: 'actor' }, record.actor),
    element(
      'span',
      { class: 'what' },
      showsWhose && record.of !== '' && element('span', { class: 'whose' }, record.of),
      element('b', {}, record.event),
      result !== '' && element('span', { class: 'result' }, result),
      facts !== '' && element('span', { class: 'facts' }, facts),
      ...guards.map((guard) => element('span', { class: guard.startsWith('✓') ? 'guard held' : 'guard' }, guard)),
    ),
  );
}
