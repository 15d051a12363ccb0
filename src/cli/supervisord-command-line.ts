/** The options of `supervisord`, read and checked. Loaded only where there are unusual ones. */

import type { Host } from '../os/host.ts';
import { type Arguments, parseArguments, UsageError } from './getopt.ts';
import { createSupervisordCommand } from './supervisord-options.ts';

export type DaemonCommandLine =
  | { readonly kind: 'run'; readonly given: Arguments }
  | { readonly kind: 'help'; readonly text: string }
  /** `message` is what follows `Error: `. */
  | { readonly kind: 'refused'; readonly message: string };

/** `argv0` is the command as it was called. */
export function readDaemonCommandLine(host: Host, argv0: string, argv: readonly string[]): DaemonCommandLine {
  const command = createSupervisordCommand(host, argv0);
  try {
    const given = parseArguments(command, argv);
    return given.options.has('help') ? { kind: 'help', text: command.helpInformation() } : { kind: 'run', given };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'refused', message: error.message };
    throw error;
  }
}
