/** The action `update`: brings what runs to what the configuration says, group by group. */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { splitWords } from './line.ts';
import { ask, type ConfigChange } from './server-call.ts';

/** `update [group…]`: removed groups first, then changed, then added ones; only the named ones if any are named. */
export async function update(context: ControlContext, argument: string): Promise<void> {
  const changes = await rereadConfiguration(context);
  if (changes === null) return;
  const [added, changed, removed] = changes;
  const names = new Set(splitWords(argument));
  const everything = names.size === 0 || names.has('all');
  if (!everything) await reportUnknown(context, names, added);
  const wanted = (group: string): boolean => everything || names.has(group);

  for (const group of removed.filter(wanted)) await removeGroup(context, group);
  for (const group of changed.filter(wanted)) await replaceGroup(context, group);
  for (const group of added.filter(wanted)) {
    await ask(context, 'addProcessGroup', group);
    context.output.line(`${group}: added process group`);
  }
}

/** null when the server is stopping, which is then said. */
async function rereadConfiguration(context: ControlContext): Promise<ConfigChange | null> {
  try {
    const [changes] = await ask(context, 'reloadConfig');
    return changes;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Standard output gets the raw fault, as from Supervisor; a person wants the sentence in it.
    if (error.code === faultCodes.CANT_REREAD) context.output.note(`hint: nothing was changed: ${error.text}`);
    if (error.code !== faultCodes.SHUTDOWN_STATE) throw error;
    context.output.line('ERROR: already shutting down');
    context.exitStatus = exitStatuses.generic;
    return null;
  }
}

async function reportUnknown(
  context: ControlContext,
  names: ReadonlySet<string>,
  added: readonly string[],
): Promise<void> {
  const active = (await ask(context, 'getAllProcessInfo')).map((info) => info.group);
  const known = new Set([...active, ...added]);
  for (const name of names) {
    if (known.has(name)) continue;
    context.output.line(`ERROR: no such group: ${name}`);
    context.exitStatus = exitStatuses.generic;
  }
}

async function removeGroup(context: ControlContext, group: string): Promise<void> {
  const results = await ask(context, 'stopProcessGroup', group);
  context.output.line(`${group}: stopped`);
  if (results.some((result) => result.status === faultCodes.FAILED)) {
    context.output.line(`${group}: has problems; not removing`);
    context.exitStatus = exitStatuses.generic;
    return;
  }
  await ask(context, 'removeProcessGroup', group);
  context.output.line(`${group}: removed process group`);
}

async function replaceGroup(context: ControlContext, group: string): Promise<void> {
  await ask(context, 'stopProcessGroup', group);
  context.output.line(`${group}: stopped`);
  await ask(context, 'removeProcessGroup', group);
  await ask(context, 'addProcessGroup', group);
  context.output.line(`${group}: updated process group`);
}
