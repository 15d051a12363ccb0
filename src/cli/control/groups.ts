/** The actions on the configuration and on groups: `avail`, `reread`, `add`, `remove`. */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { formatConfigInfo } from './format.ts';
import { refuseArguments } from './help.ts';
import { splitWords } from './line.ts';
import { ask, type ConfigChange } from './server-call.ts';

/** `avail`: every configured process, active or not. */
export async function avail(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'avail', 'Error: avail accepts no arguments');
    return;
  }
  try {
    context.output.lines((await ask(context, 'getAllConfigInfo')).map(formatConfigInfo));
  } catch (error) {
    refuse(context, error, new Map([[faultCodes.SHUTDOWN_STATE, 'ERROR: supervisor shutting down']]));
  }
}

/** `reread`: the server reads its configuration; what an update would do is shown, sorted by group. */
export async function reread(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'reread', 'Error: reread accepts no arguments');
    return;
  }
  try {
    const [changes] = await ask(context, 'reloadConfig');
    context.output.lines(describeChanges(changes));
  } catch (error) {
    const cannotReread = error instanceof Fault ? `ERROR: ${error.text}` : '';
    refuse(
      context,
      error,
      new Map([
        [faultCodes.SHUTDOWN_STATE, 'ERROR: supervisor shutting down'],
        [faultCodes.CANT_REREAD, cannotReread],
      ]),
    );
  }
}

function describeChanges([added, changed, removed]: ConfigChange): readonly string[] {
  const words = new Map([
    ...added.map((name) => [name, 'available'] as const),
    ...changed.map((name) => [name, 'changed'] as const),
    ...removed.map((name) => [name, 'disappeared'] as const),
  ]);
  if (words.size === 0) return ['No config updates to processes'];
  return [...words.keys()].sort().map((name) => `${name}: ${words.get(name)}`);
}

/** `add group…`: activates groups of the configuration as last read. */
export async function add(context: ControlContext, argument: string): Promise<void> {
  for (const name of splitWords(argument)) {
    try {
      await ask(context, 'addProcessGroup', name);
      context.output.line(`${name}: added process group`);
    } catch (error) {
      if (error instanceof Fault && error.code === faultCodes.ALREADY_ADDED) {
        context.output.line('ERROR: process group already active');
        continue;
      }
      refuse(
        context,
        error,
        new Map([
          [faultCodes.SHUTDOWN_STATE, 'ERROR: shutting down'],
          [faultCodes.BAD_NAME, `ERROR: no such process/group: ${name}`],
        ]),
      );
    }
  }
}

/** `remove group…`: forgets groups whose processes have all stopped. */
export async function remove(context: ControlContext, argument: string): Promise<void> {
  for (const name of splitWords(argument)) {
    try {
      await ask(context, 'removeProcessGroup', name);
      context.output.line(`${name}: removed process group`);
    } catch (error) {
      refuse(
        context,
        error,
        new Map([
          [faultCodes.STILL_RUNNING, `ERROR: process/group still running: ${name}`],
          [faultCodes.BAD_NAME, `ERROR: no such process/group: ${name}`],
        ]),
      );
    }
  }
}

/** Prints the line for a fault that has one, and throws the others again. */
function refuse(context: ControlContext, error: unknown, lines: ReadonlyMap<number, string>): void {
  const line = error instanceof Fault ? lines.get(error.code) : undefined;
  if (line === undefined) throw error;
  context.output.line(line);
  context.exitStatus = exitStatuses.generic;
}
