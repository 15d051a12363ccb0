/** The action `why`, which Supervisor has not: each process with one sentence on its state, and what that rests on. */

import { Fault, faultCodes } from '../../model/errors.ts';
import { displayName } from '../../model/process-name.ts';
import type { Explanation } from '../../model/trace.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { formatExplanation, parseExplanation } from './explanation.ts';
import { splitWords } from './line.ts';
import { tellUnknown } from './own-method.ts';
import { paintFor } from './paint.ts';
import { listOf } from './reply-fields.ts';
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
