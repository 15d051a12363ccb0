/** Puts a session together from the real terminal and the real connection, and runs it. */

import type { ControlSpec } from '../../model/program-spec.ts';
import type { AddressOrigin, ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { createInterrupts } from './interrupts.ts';
import { runLine } from './run-line.ts';
import { type Connect, createServerAccess } from './server-access.ts';
import { runShell } from './shell.ts';
import { createTerminalInput } from './terminal-input.ts';
import { createOutput, type TerminalOutput } from './terminal-output.ts';
import { createScreen } from './terminal-screen.ts';

export interface ControlRequest {
  readonly spec: ControlSpec;
  /** The address was given with -s. */
  readonly addressGiven: boolean;
  /** -i was given. */
  readonly interactive: boolean;
  /** The action with its arguments; none = the shell. */
  readonly words: readonly string[];
  readonly connect: Connect;
}

/** Runs one action, or the shell. Resolves to the exit status. */
export async function runControl(request: ControlRequest): Promise<number> {
  const { spec, words } = request;
  const { context, output } = createContext(request);
  try {
    if (words.length === 0) {
      await runShell(context, spec.prompt);
      await output.flushed();
      return 0;
    }
    // Words are joined and read again as one line: automation passes "signal HUP web" as a single argument.
    await runLine(context, words.join(' '));
    await output.flushed();
    return context.exitStatus;
  } finally {
    await context.input.close();
  }
}

function createContext(request: ControlRequest): { context: ControlContext; output: TerminalOutput } {
  const { spec } = request;
  const raise = (): boolean => interrupts.raise();
  const interrupts = createInterrupts((listening) => {
    if (listening) process.on('SIGINT', raise);
    else process.off('SIGINT', raise);
  });
  const output = createOutput({
    stdout: process.stdout,
    stderr: process.stderr,
    onClosed: () => {
      context.leaving = true;
      interrupts.raise();
    },
    onFailed: () => {
      context.exitStatus = exitStatuses.generic;
    },
  });
  const server = createServerAccess(spec, originOf(request), request.connect);
  const context: ControlContext = {
    interactive: request.interactive || request.words.length === 0,
    server,
    output,
    input: createTerminalInput({ output, interrupts, historyFile: spec.historyFile, server }),
    get screen() {
      // Merely to ask for standard input makes a stream of it.
      return process.stdin.isTTY && process.stdout.isTTY ? createScreen(process) : null;
    },
    interrupts,
    environment: process.env,
    exitStatus: 0,
    leaving: false,
  };
  return { context, output };
}

function originOf({ spec, addressGiven }: ControlRequest): AddressOrigin {
  const { configFile } = spec;
  if (addressGiven) return { kind: 'option', configFile };
  return { kind: configFile === null ? 'default' : 'configuration', configFile };
}
