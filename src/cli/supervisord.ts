/** The `supervisord` command: from its arguments to a running daemon, in the foreground or in the background. */

// First, before all others.
import './hold-signals.ts';
import { resolve } from 'node:path';
import { chdir, env, exit, stderr, stdout, umask } from 'node:process';
import { supervisorVersion } from '../commands/index.ts';
import { compareGroups } from '../config/diff.ts';
import { findConfigFile, rootSearchWarning } from '../config/find-config-file.ts';
import { type LoadRequest, loadSupervisorConfig } from '../config/load.ts';
import { ConfigError, type ConfigProblem, formatProblems } from '../config/problem.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { StartProblem } from '../daemon/daemon-options.ts';
import { handoverVariable, parseHandover, trialPassed, trialVariable } from '../daemon/upgrade.ts';
import { inactiveNotices } from '../inactive.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { SupervisorSpec } from '../model/program-spec.ts';
import { backgroundVariable, reportReady, startInBackground } from '../os/daemonize.ts';
import { keepDescriptorsFromPrograms } from '../os/descriptors.ts';
import type { Host } from '../os/host.ts';
import { launcherNotes, launcherVariables } from '../os/launcher.ts';
import { cLibrary } from '../os/libc.ts';
import { createNodeHost } from '../os/node-host.ts';
import { reportCheck, shortFlagHint, wantsCheck } from './check-configuration.ts';
import type { Arguments } from './getopt.ts';
import { readUsualArguments, type UsualOptions } from './usual-arguments.ts';
import { productVersion } from './version.ts';

const exitStatus = { failed: 1, usage: 2 } as const;

/** The end of PID 1 is the end of its container, so it stays in the foreground. */
const isInit = process.pid === 1;

const commandPath = process.argv[1] ?? 'supervisord';
const isBackground = env[backgroundVariable] !== undefined;
const handover = parseHandover(env[handoverVariable]);
const startEnvironment = { ...(handover === null ? {} : launcherNotes(handover.softFileLimit)), ...env };
/** The runtime directory of a daemon that wants to know whether this version could replace it. */
const trialDirectory = env[trialVariable];
const ofLauncher = launcherVariables(startEnvironment);
for (const name of [...ofLauncher, backgroundVariable, handoverVariable, trialVariable]) delete env[name];
// As it was for the version that this one replaces; relative paths are meant from there.
if (handover !== null) chdir(handover.startDirectory);
const environment = definedIn(env);
/** For whoever goes on in the background, and for a later version: as the launcher has started this command. */
const invocationEnvironment = {
  ...environment,
  ...definedIn(Object.fromEntries(ofLauncher.map((name) => [name, startEnvironment[name]]))),
};

const usualOptions: UsualOptions = { valued: { '-c': 'configuration' }, flags: { '-n': 'nodaemon', '-s': 'silent' } };

void main();

async function main(): Promise<void> {
  const host = createNodeHost(environment);
  const given = await readArguments(host);
  if (given === null) return;
  const { options } = given;
  if (options.has('version')) {
    // Scripts compare this line; people want to know whose it is.
    stdout.write(`${supervisorVersion}\n`);
    stderr.write(`statevisor ${productVersion}, compatible with Supervisor ${supervisorVersion}\n`);
    return;
  }

  const configuration = options.get('configuration');
  const typed = typeof configuration === 'string' ? configuration : null;
  if (typed === null && host.userId === 0 && !isBackground) stderr.write(`${rootSearchWarning}\n`);
  const startDirectory = process.cwd();
  const request: LoadRequest = {
    configFile: typed ?? findConfigFile(host, commandPath).found,
    overrides: isInit ? new Map([...options, ['nodaemon', true]]) : options,
    argv0: commandPath,
    startEnvironment: environment,
  };
  const loaded = loadSupervisorConfig(host, request);
  if (wantsCheck(given) && !options.has('test')) stderr.write(shortFlagHint);
  if (loaded.kind === 'invalid') refuseConfiguration(loaded.problems);
  const { spec } = loaded;
  if (wantsCheck(given)) {
    const report = reportCheck(spec, [...spec.notices, ...inactiveNotices(spec)]);
    stderr.write(report.stderr);
    stdout.write(report.stdout);
    return;
  }

  if (trialDirectory !== undefined) {
    passTrial(trialDirectory);
    return;
  }
  if (!spec.daemon.noDaemon && !isBackground && handover === null) {
    exit(await startInBackground(invocationEnvironment));
  }

  keepDescriptorsFromPrograms();
  // As Supervisor: what `[supervisord] environment` has ever set stays visible to later readings.
  let known = { ...environment, ...spec.daemon.environment };
  await startDaemon({
    spec,
    // Once: whoever replaces this daemon later is to go on with its programs.
    adopts: handover !== null || !options.has('no-adopt'),
    startDirectory,
    reread: () => {
      const changedDirectory = process.cwd() !== startDirectory && request.configFile !== null;
      const again = loadSupervisorConfig(host, {
        ...request,
        configFile: changedDirectory ? resolve(startDirectory, request.configFile) : request.configFile,
        startEnvironment: known,
      });
      if (again.kind === 'invalid') throw new ConfigError(again.problems);
      known = { ...known, ...again.spec.daemon.environment };
      return again.spec;
    },
  });
}

/** null when help was all that was wanted. */
async function readArguments(host: Host): Promise<Arguments | null> {
  const argv = process.argv.slice(2);
  const usual = readUsualArguments(argv, usualOptions);
  if (usual !== null && usual.rest.length === 0) return usual;
  const { readDaemonCommandLine } = await import('./supervisord-command-line.ts');
  const line = readDaemonCommandLine(host, commandPath, argv);
  if (line.kind === 'run') return line.given;
  if (line.kind === 'refused') refuse(line.message);
  stdout.write(line.text);
  return null;
}

interface Start {
  readonly spec: SupervisorSpec;
  readonly adopts: boolean;
  readonly startDirectory: string;
  readonly reread: () => SupervisorSpec;
}

async function startDaemon({ spec, adopts, startDirectory, reread }: Start): Promise<void> {
  try {
    const code = await runDaemon({
      spec,
      adopts,
      handover,
      invocation: {
        argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
        environment: invocationEnvironment,
        startDirectory,
      },
      productVersion,
      environment,
      startEnvironment,
      readConfiguration: reread,
      compareGroups,
      enterBackground: isBackground || handover?.inBackground === true ? enterBackground : null,
    });
    exit(code);
  } catch (error) {
    if (error instanceof StartProblem) refuse(error.message);
    stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    exit(exitStatus.failed);
  }
}

/** As Supervisor: the directory and the file mode mask of the configuration hold for a daemon in the background only. */
function enterBackground(log: DaemonLog, { daemon }: SupervisorSpec): { detach(): void } {
  log.info('daemonizing the supervisord process');
  if (daemon.directory !== null) {
    try {
      chdir(daemon.directory);
      log.info(`set current directory: '${daemon.directory}'`);
    } catch (error) {
      log.critical(`can't chdir into '${daemon.directory}': ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  umask(daemon.umask);
  return { detach: isBackground ? reportReady : () => undefined };
}

/** Everything a start needs has been loaded by now but the native library and the journal. */
function passTrial(directory: string): void {
  const journal = readJournal(directory);
  if (journal.kind === 'unreadable') refuse(journal.reason);
  cLibrary();
  stdout.write(trialPassed(productVersion));
}

function definedIn(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function refuse(message: string): never {
  stderr.write(`Error: ${message}\nFor help, use ${commandPath} -h\n`);
  exit(exitStatus.usage);
}

function refuseConfiguration(problems: readonly ConfigProblem[]): never {
  stderr.write(formatProblems(problems, commandPath));
  exit(exitStatus.usage);
}
