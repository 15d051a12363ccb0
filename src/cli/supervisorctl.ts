/** The command supervisorctl: reads its options and configuration, then runs one action or the shell. */

import { loadControlConfig } from '../config/control.ts';
import { formatProblems } from '../config/problem.ts';
import { createNodeHost } from '../os/node-host.ts';
import { connectToServer } from './control/connect.ts';
import { controlUsage, createControlCommand } from './control/options.ts';
import { runControl } from './control/run.ts';
import { type Arguments, parseArguments, UsageError } from './getopt.ts';

/** Exit status for a command line or a configuration that is not valid. */
const usageStatus = 2;

/** Resolves to the exit status. */
async function main(argv0: string, argv: readonly string[]): Promise<number> {
  const command = createControlCommand();
  const given = readArguments(() => parseArguments(command, argv), argv0);
  if (given === null) return usageStatus;
  if (given.options.has('help')) {
    process.stdout.write(controlUsage(command, argv0));
    return 0;
  }
  const configFile = given.options.get('configuration');
  const loaded = loadControlConfig(createNodeHost(), {
    configFile: typeof configFile === 'string' ? configFile : null,
    overrides: given.options,
    argv0,
  });
  if (loaded.kind === 'invalid') {
    process.stderr.write(formatProblems(loaded.problems, argv0));
    return usageStatus;
  }
  return runControl({
    spec: loaded.spec,
    addressGiven: given.options.has('serverurl'),
    interactive: given.options.has('interactive'),
    words: given.rest,
    connect: connectToServer,
  });
}

/** null when there was a mistake, which is then told. */
function readArguments(read: () => Arguments, argv0: string): Arguments | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`Error: ${error.message}\nFor help, use ${argv0} -h\n`);
    return null;
  }
}

const status = await main(process.argv[1] ?? 'supervisorctl', process.argv.slice(2));
// What is still on its way to a slow reader is written before the end; requests nobody waits for any more are not.
process.stdout.write('', () => process.exit(status));
