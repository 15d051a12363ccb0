/** The actions `status` and `pid`. */

import { Fault, faultCodes } from '../../model/errors.ts';
import type { ProcessInfo } from '../../model/process-info.ts';
import { parseProcessName } from '../../model/process-name.ts';
import { isStopped } from '../../model/process-state.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses, statusExitStatuses } from './exit-statuses.ts';
import { formatStatus } from './format.ts';
import { splitWords } from './line.ts';
import { paintFor } from './paint.ts';
import { ask } from './server-call.ts';
import { formatStatusJson } from './status-json.ts';

/** To Supervisor it is the name of a process that does not exist. */
const jsonOption = '--json';

/** `status [name…]`: one line a process, all from one answer of the server. Unknown names are told first. */
export async function status(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) {
    context.exitStatus = statusExitStatuses.unknown;
    return;
  }
  const infos = await ask(context, 'getAllProcessInfo');
  const words = splitWords(argument);
  const names = words.filter((word) => word !== jsonOption);
  const asJson = names.length < words.length;
  const shown =
    names.length === 0 || names.includes('all')
      ? infos
      : findNamed(context, infos, names, statusExitStatuses.unknown, asJson);
  const lines = asJson ? formatStatusJson(shown) : formatStatus(shown, paintFor(context));
  context.output.lines(lines);
  if (shown.some((info) => isStopped(info.statename))) context.exitStatus = statusExitStatuses.notRunning;
}

/**
 * In the order of the names; a process that is named twice is found twice. Unknown names are told, on standard error where
 * standard output is for data, and give the exit status.
 */
export function findNamed(
  context: ControlContext,
  infos: readonly ProcessInfo[],
  names: readonly string[],
  exitStatus: number,
  apart = false,
): readonly ProcessInfo[] {
  return names.flatMap((name) => {
    const { group, process } = parseProcessName(name);
    const found = infos.filter((info) => info.group === group && (process === null || info.name === process));
    if (found.length === 0) {
      const text = process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
      if (apart) context.output.note(text);
      else context.output.line(text);
      context.exitStatus = exitStatus;
    }
    return found;
  });
}

/** `pid`: the daemon's; `pid name…` and `pid all`: those of processes, 0 for one that does not run. */
export async function pid(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const names = splitWords(argument);
  if (names.length === 0) {
    context.output.line(String(await ask(context, 'getPID')));
  } else if (names.includes('all')) {
    const infos = await ask(context, 'getAllProcessInfo');
    context.output.lines(infos.map(({ pid }) => String(pid)));
  } else {
    for (const name of names) await showPid(context, name);
  }
}

async function showPid(context: ControlContext, name: string): Promise<void> {
  try {
    const info = await ask(context, 'getProcessInfo', name);
    context.output.line(String(info.pid));
    if (info.pid === 0) context.exitStatus = exitStatuses.notRunning;
  } catch (error) {
    if (!(error instanceof Fault && error.code === faultCodes.BAD_NAME)) throw error;
    context.output.line(`No such process ${name}`);
    context.exitStatus = exitStatuses.generic;
  }
}
