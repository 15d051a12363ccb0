/** The action `fg`: a program's logs on the terminal, and what is typed to its standard input. */

import { Fault, faultCodes } from '../../model/errors.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { describeFault } from './failure.ts';
import { showLog } from './follow.ts';
import { refuseArguments } from './help.ts';
import { untilInterrupted } from './interrupts.ts';
import { splitWords } from './line.ts';
import { ask } from './server-call.ts';

/** `fg name`: until Ctrl-C, the end of input or the end of the process. */
export async function foreground(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const [name, ...others] = splitWords(argument);
  if (name === undefined) return refuseArguments(context, 'fg', 'ERROR: no process name supplied');
  if (others.length > 0) return refuse(context, 'ERROR: too many process names supplied');
  if (!(await mayEnter(context, name))) return;
  context.output.line('==> Press Ctrl-C to exit <==');
  const streams = new AbortController();
  const logs = (['stdout', 'stderr'] as const).map((channel) =>
    showLog(context, { process: name, channel }, streams.signal),
  );
  try {
    const outcome = await untilInterrupted(context.interrupts, (signal) => converse(context, name, signal));
    if (outcome === 'interrupted') context.output.line('Exiting foreground');
  } finally {
    streams.abort();
    await Promise.all(logs);
  }
}

async function mayEnter(context: ControlContext, name: string): Promise<boolean> {
  try {
    const info = await ask(context, 'getProcessInfo', name);
    if (info.statename === 'RUNNING') return true;
    refuse(context, 'ERROR: process not running');
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === faultCodes.BAD_NAME) refuse(context, 'ERROR: bad process name supplied');
    else context.output.line(`ERROR: ${describeFault(error)}`);
  }
  return false;
}

/** Sends line after line, and looks after each whether the process is still there. */
async function converse(context: ControlContext, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const line = await context.input.read('', { signal, bare: true });
    if (signal.aborted) return;
    if (line === null) break;
    const refusal = await sendLine(context, name, line);
    if (signal.aborted) return;
    if (refusal !== null) {
      context.output.line(refusal);
      break;
    }
  }
  context.output.line('Exiting foreground');
}

/** null when the line was taken and the process still runs, else what to say. */
async function sendLine(context: ControlContext, name: string, line: string): Promise<string | null> {
  try {
    await ask(context, 'sendProcessStdin', name, `${line}\n`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code === faultCodes.NOT_RUNNING ? 'Process got killed' : `ERROR: ${describeFault(error)}`;
  }
  const info = await ask(context, 'getProcessInfo', name);
  return info.statename === 'RUNNING' ? null : 'Process got killed';
}

function refuse(context: ControlContext, line: string): void {
  context.output.line(line);
  context.exitStatus = exitStatuses.generic;
}
