/**
 * Records of the trace as lines: when, which, whose event, what came of it and why. What follows from something is set in
 * below it, so that a chain of causes can be read from top to bottom. Pure but for the memory of what was printed.
 */

import { formatDuration } from '../../model/duration.ts';
import { displayName, parseProcessName } from '../../model/process-name.ts';
import type { TracedGuard, TraceRecord } from '../../model/trace.ts';
import type { Paint } from './paint.ts';

const deepest = 8;
const indent = '  ';

/** So many records are remembered as possible causes. */
const mostDepths = 20_000;

/** Makes lines of records that come in the order of their serials. */
export function createTraceFormat(paint: Paint): (record: TraceRecord) => string {
  const depths = new Map<number, number>();
  let previous = 0;
  return (record) => {
    const depthOfCause = depths.get(record.cause);
    const depth = depthOfCause === undefined ? 0 : Math.min(deepest, depthOfCause + 1);
    if (depths.size >= mostDepths) depths.clear();
    depths.set(record.serial, depth);
    const isClear = record.cause === 0 || record.cause === previous;
    previous = record.serial;
    const cause = isClear ? '' : paint.faint(`because of #${record.cause}`);
    const parts = [
      paint.faint(`${formatClock(record.at)}  #${String(record.serial).padEnd(5)}`),
      indent.repeat(depth) + paint.strong(describeSubject(record)),
      describeEvent(record),
      ...describeOutcome(record, paint),
      ...describeGuards(record),
      describeFacts(record),
      cause,
    ];
    return parts.filter((part) => part !== '').join('  ');
  };
}

/** Local time with milliseconds: `22:41:07.123`. */
function formatClock(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function describeSubject({ actor, of }: TraceRecord): string {
  switch (actor) {
    case 'request':
      return 'request';
    case 'supervisor':
      return 'supervisord';
    case 'group':
      return `group ${of}`;
    case 'pool':
      return `pool ${of}`;
    case 'process':
      return processNameOf(of);
    case 'child':
      return `child of ${processNameOf(of)}`;
    case 'listener':
      return `listener ${processNameOf(of)}`;
  }
}

function processNameOf(of: string): string {
  const { group, process } = parseProcessName(of);
  return process === null ? of : displayName(group, process);
}

function describeOutcome({ outcome, from, to, via }: TraceRecord, paint: Paint): readonly string[] {
  switch (outcome) {
    case 'taken': {
      if (from === to && via.length === 0) return [];
      return [[from, ...via, to].map((state) => paintState(state, paint)).join(' -> ')];
    }
    case 'ignored':
      return [from === '' ? 'ignored' : `ignored in ${paintState(from, paint)}`];
    case 'refused':
      return [from === '' ? 'refused' : `refused in ${paintState(from, paint)}`];
    case 'noted':
      return [];
  }
}

/** Without the state around those that have a living child, which says nothing that the name does not say. */
export const shortState = (path: string): string =>
  path.startsWith('alive.') && path !== 'alive.UNKNOWN' ? path.slice('alive.'.length) : path;

/** Colours by the word that users know as the state. */
const paintState = (path: string, paint: Paint): string => {
  const short = shortState(path);
  return paint.state(short.split('.').find((word) => word !== 'alive') ?? '', short);
};

function describeGuards({ guards, outcome }: TraceRecord): readonly string[] {
  const telling = guards.filter(({ held }) => held === (outcome !== 'refused'));
  return telling.length === 0 ? [] : [`[${telling.map(describeGuard).join('; ')}]`];
}

const describeGuard = ({ name, held, values }: TracedGuard): string =>
  `${held ? '' : 'not '}${name}${values === '' ? '' : `: ${values}`}`;

/** Facts whose values tell by themselves what they are. */
const plainFacts: ReadonlySet<string> = new Set(['status', 'reason']);

function describeFacts({ facts }: TraceRecord): string {
  const shown = Object.entries(facts).filter(([name, value]) => name !== 'params' && value !== '' && value !== false);
  return shown.map(([name, value]) => describeFact(name, value)).join(', ');
}

function describeFact(name: string, value: string | number | boolean): string {
  if (plainFacts.has(name)) return String(value);
  if (name === 'ranMs') return `ran ${formatDuration(Number(value))}`;
  if (name === 'peer') return `by ${value}`;
  return value === true ? name : `${name} ${value}`;
}

/** With what it was called. */
const describeEvent = ({ event, actor, facts }: TraceRecord): string =>
  actor === 'request' ? `${event}(${facts.params ?? ''})` : event;
