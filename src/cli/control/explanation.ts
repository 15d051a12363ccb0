/** What the server says of the state of a process, taken apart, and as lines. */

import { displayName } from '../../model/process-name.ts';
import type { Explanation } from '../../model/trace.ts';
import type { Paint } from './paint.ts';
import { fieldsOf, listOf, stateOf, textOf } from './reply-fields.ts';

/** The name with its sentence, and what it rests on below, set in. */
export function formatExplanation(
  { group, name, statename, sentence, evidence }: Explanation,
  paint: Paint,
): readonly string[] {
  const words = sentence.startsWith(statename)
    ? paint.state(statename, statename) + sentence.slice(statename.length)
    : sentence;
  return [`${paint.strong(displayName(group, name))} ${words}`, ...evidence.map((line) => paintEvidence(line, paint))];
}

const paintEvidence = (line: string, paint: Paint): string =>
  line.startsWith('hint: ') ? `    ${paint.strong('hint:')}${line.slice(5)}` : `    ${paint.faint(line)}`;

export function parseExplanation(value: unknown): Explanation {
  const fields = fieldsOf(value);
  return {
    group: textOf(fields, 'group'),
    name: textOf(fields, 'name'),
    statename: stateOf(fields, 'statename'),
    sentence: textOf(fields, 'sentence'),
    evidence: listOf(fields.get('evidence')).map(String),
    records: listOf(fields.get('records')).map(Number),
    fine: fields.get('fine') === true,
  };
}
