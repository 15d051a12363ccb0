/** The interactive shell: shows the status, then reads and runs lines until `quit`, Ctrl-D or Ctrl-C. */

import { endOfInput } from './actions.ts';
import type { ControlContext } from './context.ts';
import { untilInterrupted } from './interrupts.ts';
import { runLine } from './run-line.ts';

/** Runs until the user leaves. The exit status of a shell is 0, whatever happened in it. */
export async function runShell(context: ControlContext, prompt: string): Promise<void> {
  const outcome = await untilInterrupted(context.interrupts, (signal) => readAndRun(context, prompt, signal));
  if (outcome === 'interrupted') context.output.line('');
}

async function readAndRun(context: ControlContext, prompt: string, signal: AbortSignal): Promise<void> {
  await runLine(context, 'status');
  while (!context.leaving && !signal.aborted) {
    const line = await context.input.read(`${prompt}> `, { signal, remember: true });
    if (signal.aborted) return;
    await runLine(context, line ?? endOfInput);
  }
}
