/** The action `why`, which Supervisor has not: each process with one sentence on its state, and what that rests on. */

import { Fault, faultCodes } from '../../model/errors.ts';
import { displayName } from '../../model/process-name.ts';
import type { Explanation } from '../../model/trace.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { splitWords } from './line.ts';
import { tellUnknown } from './own-method.ts';
import { type Paint, paintFor } from './paint.ts';
import { fieldsOf, listOf, stateOf, textOf } from './reply-fields.ts';
import { ask } from './server-call.ts';
import { findNamed } from './status.ts';

/** `why name…`: these processes; `why`: all that are not as they should be; `why all`: all. */
export async function why(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const names = splitWords(argument);
  try {
    if (names.length > 0) await explainNamed(context, names);
    else await explainTroubles(context);
  } catch (error) {
    if (!tellUnknown(context, 'why', error)) throw error;
  }
}

async function explainTroubles(context: ControlContext): Promise<void> {
  const troubles = listOf(await context.server.call('trace.troubles')).map(parseExplanation);
  if (troubles.length > 0) {
    show(context, troubles);
    return;
  }
  const states = (await ask(context, 'getAllProcessInfo')).map(({ statename }) => statename);
  const counts = [...new Set(states)].map((state) => `${states.filter((one) => one === state).length} ${state}`);
  context.output.line(
    states.length === 0 ? 'There are no processes.' : `All processes are as they should be: ${counts.join(', ')}.`,
  );
}

async function explainNamed(context: ControlContext, names: readonly string[]): Promise<void> {
  const infos = await ask(context, 'getAllProcessInfo');
  const named = names.includes('all') ? infos : findNamed(context, infos, names, exitStatuses.generic);
  const explanations: Explanation[] = [];
  for (const { group, name } of named) {
    try {
      explanations.push(parseExplanation(await context.server.call('trace.why', `${group}:${name}`)));
    } catch (error) {
      // It was removed meanwhile.
      if (!(error instanceof Fault && error.code === faultCodes.BAD_NAME)) throw error;
      context.output.line(`${displayName(group, name)}: ERROR (no such process)`);
      context.exitStatus = exitStatuses.generic;
    }
  }
  show(context, explanations);
}

function show(context: ControlContext, explanations: readonly Explanation[]): void {
  const { output } = context;
  const paint = paintFor(context);
  for (const [index, explanation] of explanations.entries()) {
    if (index > 0) output.line('');
    for (const line of formatExplanation(explanation, paint)) output.line(line);
  }
}

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

function parseExplanation(value: unknown): Explanation {
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
