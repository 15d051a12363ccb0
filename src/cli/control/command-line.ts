/** The options of the command line, read and checked. Loaded only when there are any: most calls have just an action. */

import { type Arguments, parseArguments, UsageError } from '../getopt.ts';
import { exitStatuses } from './exit-statuses.ts';
import { controlUsage, createControlCommand } from './options.ts';

export type CommandLine =
  | { readonly kind: 'run'; readonly given: Arguments }
  /** All has been said; `exitStatus` is left. */
  | { readonly kind: 'end'; readonly exitStatus: number };

/** Prints help on standard output, and mistakes on standard error. `argv0` is the command as it was called. */
export function readCommandLine(argv0: string, argv: readonly string[]): CommandLine {
  const command = createControlCommand();
  try {
    const given = parseArguments(command, argv);
    if (!given.options.has('help')) return { kind: 'run', given };
    process.stdout.write(controlUsage(command, argv0));
    return { kind: 'end', exitStatus: 0 };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`Error: ${error.message}\nFor help, use ${argv0} -h\n`);
    return { kind: 'end', exitStatus: exitStatuses.invalidArguments };
  }
}
