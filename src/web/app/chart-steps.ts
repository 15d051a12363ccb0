/** Which lines of a chart a record of the trace has gone along, and which states are lit. Pure. */

import type { Chart, ChartTransition } from '../../model/chart.ts';
import type { TraceRecord } from '../../model/trace.ts';

/** Whether `path` is `state` or lies within it. Everything lies within the machine itself, which is ''. */
export const isWithin = (path: string, state: string): boolean =>
  state === '' || path === state || path.startsWith(`${state}.`);

/** Transitions in the order they were taken: the event's own, then those that followed by themselves. */
export function stepsOf({ transitions }: Chart, record: TraceRecord): readonly ChartTransition[] {
  if (record.outcome !== 'taken' || record.from === record.to) return [];
  const stops = [record.from, ...record.via, record.to];
  return stops.slice(1).flatMap((to, index) => {
    const from = stops[index] ?? '';
    const events = index === 0 ? [record.event, 'always'] : ['always', record.event];
    const leading = transitions.filter(
      ({ source, target }) =>
        target !== null && isWithin(from, source) && (isWithin(to, target) || isWithin(target, to)),
    );
    const [best] = events
      .flatMap((event) => leading.filter((transition) => transition.event === event))
      .toSorted((left, right) => fitOf(right, record, to) - fitOf(left, record, to));
    return best === undefined ? [] : [best];
  });
}

/** Of several with the same event: the one whose condition held, that leads straight there, from the innermost state. */
function fitOf({ guard, source, target }: ChartTransition, { guards }: TraceRecord, to: string): number {
  const held = guards.some(({ name, held }) => held && guard === name) ? 1000 : 0;
  return held + (target === to ? 100 : 0) + source.split('.').length;
}
