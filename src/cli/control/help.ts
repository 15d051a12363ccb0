/** The `help` action, and the refusals that show an action's help. */

import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { formatColumns } from './format.ts';
import { helpTexts, ownHelpTexts } from './help-texts.ts';

const header = 'default commands (type help <topic>):';

/** `help`: the list of actions; `help x`: the help of one. */
export async function help(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    if (textOf(argument) !== undefined) showHelp(context, argument);
    else context.output.line(`*** No help on ${argument}`);
    return;
  }
  // `help` itself is not in the list, as in Supervisor.
  const topics = [...helpTexts.keys()].filter((topic) => topic !== 'help');
  const lines = ['', header, '='.repeat(header.length), ...formatColumns(topics), ''];
  for (const line of lines) context.output.line(line);
  // Apart from the list, which stays as scripts know it.
  context.output.note(`hint: beyond Supervisor: ${[...ownHelpTexts.keys()].join(' ')}`);
}

const textOf = (topic: string): readonly string[] | undefined => helpTexts.get(topic) ?? ownHelpTexts.get(topic);

/** Prints the help of a topic that exists. */
export function showHelp(context: ControlContext, topic: string): void {
  for (const line of textOf(topic) ?? []) context.output.line(line);
}

/** Refuses an action's arguments: the reason, the action's help, the exit status. */
export function refuseArguments(
  context: ControlContext,
  topic: string,
  reason: string,
  exitStatus: number = exitStatuses.generic,
): void {
  context.output.line(reason);
  context.exitStatus = exitStatus;
  showHelp(context, topic);
}
