/** The command supervisorctl: reads its options and configuration, then runs one action or the shell. */

import { loadControlConfig } from '../config/control.ts';
import { formatProblems } from '../config/problem.ts';
import { keepCode } from '../os/kept-code.ts';
import { createNodeHost } from '../os/node-host.ts';
import type { CommandLine } from './control/command-line.ts';
import { connectToServer } from './control/connect.ts';
import { exitStatuses } from './control/exit-statuses.ts';
import { runControl } from './control/run.ts';
import { readUsualArguments } from './usual-arguments.ts';

/** Resolves to the exit status. */
async function main(argv0: string, argv: readonly string[]): Promise<number> {
  const line = await readWords(argv0, argv);
  if (line.kind === 'end') return line.exitStatus;
  const { options, rest } = line.given;
  const configFile = options.get('configuration');
  const loaded = loadControlConfig(createNodeHost(), {
    configFile: typeof configFile === 'string' ? configFile : null,
    overrides: options,
    argv0,
  });
  if (loaded.kind === 'invalid') {
    process.stderr.write(formatProblems(loaded.problems, argv0));
    return exitStatuses.invalidArguments;
  }
  for (const { name, factory } of loaded.plugins) {
    process.stderr.write(
      `hint: [ctlplugin:${name}]: the factory '${factory}' is Python code and cannot be loaded here; its commands are missing\n`,
    );
  }
  const status = await runControl({
    spec: loaded.spec,
    addressGiven: options.has('serverurl'),
    interactive: options.has('interactive'),
    words: rest,
    connect: connectToServer,
  });
  if (status === 0) keepCode();
  return status;
}

async function readWords(argv0: string, argv: readonly string[]): Promise<CommandLine> {
  const usual = readUsualArguments(argv, { valued: { '-c': 'configuration' }, flags: {} });
  if (usual !== null) return { kind: 'run', given: usual };
  const { readCommandLine } = await import('./control/command-line.ts');
  return readCommandLine(argv0, argv);
}

// Requests that nobody waits for any more must not delay the end.
void main(process.argv[1] ?? 'supervisorctl', process.argv.slice(2)).then((status) => process.exit(status));
