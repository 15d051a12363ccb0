/** From `command=` to an executable file, or to the reason Supervisor would give for not finding one. */

import { splitCommand } from '../model/command-line.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Os } from '../os/os.ts';

export type CheckedCommand =
  | { readonly kind: 'runnable'; readonly file: string; readonly argv: readonly string[] }
  | { readonly kind: 'not-found' | 'not-executable'; readonly text: string };

/** Looks at the file system each time it is called: programs may be installed while the daemon runs. */
export function checkCommand(os: Pick<Os, 'findCommand' | 'environment'>, spec: ProcessSpec): CheckedCommand {
  const split = splitCommand(spec.command);
  if (split.kind === 'error') {
    return { kind: 'not-executable', text: `can't parse command '${spec.command}': ${split.text}` };
  }
  const word = split.words[0];
  if (word === undefined) return { kind: 'not-executable', text: 'command is empty' };
  const path = spec.environment.PATH ?? os.environment.PATH;
  const found = os.findCommand({ word, path, directory: spec.directory });
  switch (found.kind) {
    case 'found':
      return { kind: 'runnable', file: found.file, argv: split.words };
    case 'not-found':
      return { kind: 'not-found', text: `can't find command '${word}'` };
    case 'directory':
      return { kind: 'not-executable', text: `command at '${found.file}' is a directory` };
    case 'not-executable':
      return { kind: 'not-executable', text: `command at '${found.file}' is not executable` };
    case 'no-permission':
      return { kind: 'not-executable', text: `no permission to run command '${found.file}'` };
  }
}
