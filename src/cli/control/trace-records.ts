/** Trace records as a server sends them, taken apart without believing them. */

import type { TracedActor, TracedGuard, TraceOutcome, TraceRecord } from '../../model/trace.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './reply-fields.ts';

const actors: readonly TracedActor[] = ['request', 'supervisor', 'group', 'process', 'child', 'pool', 'listener'];
const outcomes: readonly TraceOutcome[] = ['taken', 'ignored', 'refused', 'noted'];

/** Ill-formed values become the plainest ones; a kind of actor from a later version becomes `supervisor`. */
export function parseRecord(value: unknown): TraceRecord {
  const fields = fieldsOf(value);
  return {
    serial: numberOf(fields, 'serial'),
    at: numberOf(fields, 'at'),
    cause: numberOf(fields, 'cause'),
    actor: actors.find((actor) => actor === fields.get('actor')) ?? 'supervisor',
    of: textOf(fields, 'of'),
    event: textOf(fields, 'event'),
    outcome: outcomes.find((outcome) => outcome === fields.get('outcome')) ?? 'noted',
    from: textOf(fields, 'from'),
    to: textOf(fields, 'to'),
    via: listOf(fields.get('via')).map(String),
    guards: listOf(fields.get('guards')).map((guard) => parseGuard(fieldsOf(guard))),
    facts: parseFacts(fieldsOf(fields.get('facts'))),
    written: null,
  };
}

const parseGuard = (fields: Fields): TracedGuard => ({
  name: textOf(fields, 'name'),
  held: fields.get('held') === true,
  values: textOf(fields, 'values'),
});

const parseFacts = (fields: Fields): TraceRecord['facts'] =>
  Object.fromEntries(
    [...fields].map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  );
