/**
 * The daemon around the supervisor: privileges, limits, log, sockets, pid file and signals. It runs one supervisor after
 * another until one ends in a shutdown; a restart reads the configuration again and sets everything up anew.
 */

import { closeSync } from 'node:fs';
import { createSerials } from './actors/event-hub.ts';
import type { SupervisorControl } from './commands/control.ts';
import { createDispatch, createMethods, supervisorVersion } from './commands/index.ts';
import { ConfigError, describeProblem } from './config/problem.ts';
import type { GroupChanges } from './control/control-ports.ts';
import { inactiveNotices } from './inactive.ts';
import { removeAutoLogs } from './logging/auto-logs.ts';
import { createDaemonLog, type DaemonLog } from './logging/daemon-log.ts';
import { allLogsWritten } from './logging/log-target.ts';
import { daemonExitCode } from './model/exit-policy.ts';
import { describeExit } from './model/exit-status.ts';
import type { GroupSpec, SupervisorSpec } from './model/program-spec.ts';
import { endOrphans } from './os/end-orphans.ts';
import { takeHeldSignal } from './os/held-signals.ts';
import { raiseLimits } from './os/limits.ts';
import { createNodeOs, killEverything } from './os/node-os.ts';
import type { Os } from './os/os.ts';
import { type Pidfile, writePidfile } from './os/pidfile.ts';
import { dropPrivileges } from './os/privileges.ts';
import { becomeSubreaper } from './os/process-calls.ts';
import { createReadiness, type Readiness } from './os/readiness.ts';
import { createReaper, type Reaper } from './os/reaper.ts';
import { signalNumber } from './os/signals.ts';
import { createSyslog, type Syslog } from './os/syslog.ts';
import { foreignInterfaceNotices, mainInterfaceNames } from './rpc-interfaces.ts';
import { createControlServer } from './server/control-server.ts';
import { createHttpHandler } from './server/http/http-handler.ts';
import { createSupervisor, type Halt, type Supervisor } from './supervisor.ts';
import { openSurvival } from './survival/open-survival.ts';
import { createInstanceName, createUpgrade, type Handover, type Invocation } from './upgrade.ts';

export interface DaemonOptions {
  readonly spec: SupervisorSpec;
  /** Of this product, shown on the web page. */
  readonly productVersion: string;
  /** False: programs that a killed daemon has left are ended. */
  readonly adopts: boolean;
  /** From the version that this one replaces; null at an ordinary start. */
  readonly handover: Handover | null;
  /** How this command was started, for the version that replaces this one. */
  readonly invocation: Invocation;
  /** What programs inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** The environment as it was when the command was started, our own variables included. */
  readonly startEnvironment: Readonly<Record<string, string | undefined>>;
  /** Reads the configuration anew. Throws `ConfigError` when it is invalid. */
  readonly readConfiguration: () => SupervisorSpec;
  readonly compareGroups: (active: readonly GroupSpec[], configured: readonly GroupSpec[]) => GroupChanges;
  /** Leaves the terminal, once the daemon is in charge; null in the foreground. */
  readonly enterBackground: ((log: DaemonLog, spec: SupervisorSpec) => { detach(): void }) | null;
}

/** Why the daemon could not start, with the text behind `Error: `. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}

/** Resolves with the exit code when the daemon has ended. Rejects with `StartProblem` when it cannot start. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  let log: DaemonLog | null = null;
  const reaper = createReaper({
    onOrphan: (pid, status) => log?.info(`reaped unknown pid ${pid} (${describeExit(status)})`),
    onSignal: () => log?.debug('received SIGCHLD indicating a child quit'),
    isHeld: options.handover !== null,
  });
  if (options.handover !== null) nextEventSerial = createSerials(options.handover.eventSerial);
  const readiness = createReadiness({
    onDefect: (error) => log?.critical(`internal error in the reading of output: ${String(error)}`),
  });
  // Programs, not sockets, are the reason to live: without a server nothing else would keep the process.
  const alive = setInterval(() => {}, 2 ** 31 - 1);
  const onDefect = (error: Error): void => {
    if (log === null) throw error;
    log.critical(`internal error, going on: ${error.stack ?? error.message}`);
  };
  // Whatever goes wrong in here, the programs must not be left alone.
  process.on('uncaughtException', onDefect);
  try {
    let spec = options.spec;
    for (let first = true; ; first = false) {
      const life = prepareLife(options, spec, first, { reaper, readiness });
      log = life.log;
      const { intent, end } = await runLife(options, life, first);
      if (intent === 'shutdown') return end === null ? 0 : daemonExitCode(end, signalNumber);
      spec = readAgain(options, spec, log);
    }
  } finally {
    killEverything(reaper);
    reaper.close();
    readiness.close();
    process.off('uncaughtException', onDefect);
    clearInterval(alive);
    await allLogsWritten();
  }
}

/** What one supervisor needs before its sockets are opened. */
interface Life {
  readonly spec: SupervisorSpec;
  readonly log: DaemonLog;
  readonly os: Os;
  readonly senses: Senses;
  readonly syslog: Syslog;
}

let programFileLimit: bigint | null = null;

/** PID 1 of a container: nobody else adopts orphans, and its end is the end of everything. */
const isInit = process.pid === 1;

/** One sequence for all lives: listeners compare the numbers. */
let nextEventSerial = createSerials();

/** How this process learns of the ends and the output of programs; one for all lives. */
interface Senses {
  readonly reaper: Reaper;
  readonly readiness: Readiness;
}

function prepareLife(options: DaemonOptions, spec: SupervisorSpec, first: boolean, senses: Senses): Life {
  const { daemon } = spec;
  const critical: string[] = [];
  const info: string[] = [];
  if (daemon.user !== null) {
    const problem = dropPrivileges(daemon.user);
    if (problem !== null) throw new StartProblem(problem);
    info.push(`Set uid to user ${daemon.user.uid} succeeded`);
  } else if (process.geteuid?.() === 0) {
    critical.push(
      'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  ' +
        'If you intend to run as root, you can set user=root in the config file to avoid this message.',
    );
  }
  if (first) {
    const limits = raiseLimits(daemon, options.startEnvironment);
    if (limits.kind === 'failed') throw new StartProblem(limits.text);
    programFileLimit = limits.programFileLimit;
    info.push(...limits.messages);
  }
  // What it complains about may well be its own last line, so the log has to be done with that one.
  const syslog = createSyslog({ onProblem: (message) => queueMicrotask(() => log.warn(message)), now: Date.now });
  const log = createDaemonLog({
    path: daemon.logfile === 'syslog' ? null : daemon.logfile,
    maxBytes: daemon.logfileMaxBytes,
    backups: daemon.logfileBackups,
    level: daemon.logLevel,
    format: daemon.logFormat,
    stdout: daemon.noDaemon && !daemon.silent,
    syslog: daemon.logfile === 'syslog' ? (line) => syslog.send(line) : null,
  });
  if (daemon.subreaper && !isInit) {
    try {
      becomeSubreaper();
    } catch (error) {
      critical.push(`cannot adopt the orphans of programs (subreaper=true): ${String(error)}`);
    }
  }
  const notices = [...spec.notices, ...foreignInterfaceNotices(spec), ...inactiveNotices(spec)];
  for (const message of critical) log.critical(message);
  for (const level of ['critical', 'warn', 'info'] as const) {
    for (const notice of notices) if (notice.level === level) log[level](notice.message);
  }
  for (const message of info) log.info(message);
  const os = createNodeOs({
    ...senses,
    environment: options.environment,
    programFileLimit,
    onTreeMethod: (message) => log.info(message),
  });
  return { spec, log, os, senses, syslog };
}

async function runLife(options: DaemonOptions, life: Life, first: boolean): Promise<Halt> {
  const { spec, log, os, senses, syslog } = life;
  const handover = first ? options.handover : null;
  // Those who may come in change with a reread: to lock somebody out must not cost a restart of all programs.
  let { users } = spec;
  const survival = openSurvival({
    spec,
    os,
    log,
    productVersion: options.productVersion,
    environment: options.environment,
    adopts: options.adopts || !first,
    handedOn: handover?.runtimeDirectory ?? null,
  });
  const supervisor = createSupervisor({
    spec,
    survival,
    ...senses,
    productVersion: options.productVersion,
    instance: createInstanceName(),
    upgrade: () => upgrade.begin(),
    os,
    log,
    syslog,
    serverUrl: serverUrlOf(spec),
    readConfiguration: () => {
      const again = options.readConfiguration();
      users = again.users;
      return again;
    },
    compareGroups: options.compareGroups,
    nextEventSerial,
  });
  const { control } = supervisor;
  const interfaces = mainInterfaceNames(spec);
  const dispatch = createDispatch(createMethods(interfaces), control);
  const server = createControlServer({
    servers: spec.servers,
    users: () => users,
    dispatch,
    log,
    http: createHttpHandler({
      dispatch,
      control,
      log,
      loadPages: async () => {
        const { createPages } = await import('./web/pages.ts');
        return createPages({ control, version: options.productVersion });
      },
    }),
    version: supervisorVersion,
    onListening: () => {
      for (const name of interfaces) log.info(`RPC interface '${name}' initialized`);
    },
  });
  const upgrade = createUpgrade({
    invocation: options.invocation,
    reaper: senses.reaper,
    log,
    currentVersion: options.productVersion,
    directory: survival.directory,
    letGo: async () => ({
      startDirectory: options.invocation.startDirectory,
      softFileLimit: String(programFileLimit ?? ''),
      inBackground: options.enterBackground !== null,
      sockets: await server.handOver(),
      runtimeDirectory: survival.directory?.descriptor ?? 0,
      pipes: supervisor.outputDescriptors(),
      eventSerial: nextEventSerial(),
    }),
    takeBack: async ({ sockets }) => {
      const failed = await server.listen(sockets);
      if (failed !== null) log.critical(failed.text);
    },
  });
  const problem = await server.listen(handover?.sockets);
  if (problem !== null) {
    survival.leave();
    throw new StartProblem(problem.text);
  }
  let pidfile: Pidfile | null = null;
  let outcome: Halt | null = null;
  const signals = handleSignals(supervisor, log);
  try {
    pidfile = acquirePidfile(spec.daemon.pidfile, log);
    if (survival.refusal !== null) throw new StartProblem(survival.refusal);
    if (!spec.daemon.noCleanup) {
      removeAutoLogs({
        directory: spec.daemon.childLogDir,
        identifier: spec.daemon.identifier,
        keep: survival.allAutoLogs(),
        onProblem: (message) => log.warn(message),
      });
    }
    const background = first ? options.enterBackground?.(log, spec) : null;
    log.info(`supervisord started with pid ${process.pid}`);
    const missed = takeHeldSignal();
    if (missed !== undefined) signals.exit(missed);
    const booted = supervisor.boot();
    background?.detach();
    await booted;
    for (const fd of handover?.pipes ?? []) closeSync(fd);
    senses.reaper.collect();
    outcome = await supervisor.halted;
    if (outcome.intent === 'shutdown' && (isInit || spec.daemon.subreaper)) await endOrphansOf(spec, log);
    return outcome;
  } finally {
    signals.close();
    await server.close();
    pidfile?.remove();
    if (outcome === null) survival.leave();
    else survival.end();
    log.close();
    syslog.close();
  }
}

async function endOrphansOf({ daemon }: SupervisorSpec, log: DaemonLog): Promise<void> {
  await endOrphans({
    waitMs: daemon.orphanWaitMs,
    onSignal: (signal, pids) => {
      if (signal === 'SIGTERM') log.info(`ending orphans (${pids.join(', ')}) with SIGTERM`);
      else log.warn(`killing orphans (${pids.join(', ')}) with SIGKILL`);
    },
  });
}

/** A pid file that cannot be written does not stop the daemon (as Supervisor); one that is in use does. */
function acquirePidfile(path: string, log: DaemonLog): Pidfile | null {
  const outcome = writePidfile(path);
  switch (outcome.kind) {
    case 'written':
      return outcome.pidfile;
    case 'failed':
      log.critical(`could not write pidfile ${path}`);
      return null;
    case 'held':
      throw new StartProblem(
        `Another supervisord (pid ${outcome.pid}) is already running with the pidfile ${path}.  ` +
          'Shut it down first, or set another pidfile, before starting supervisord.',
      );
  }
}

/** After a restart a file with mistakes must not end the service: what ran before runs again. */
function readAgain(options: DaemonOptions, last: SupervisorSpec, log: DaemonLog): SupervisorSpec {
  try {
    return options.readConfiguration();
  } catch (error) {
    log.critical(`cannot read the configuration again, going on with the last one: ${describeRefusal(error)}`);
    return last;
  }
}

function serverUrlOf({ servers }: SupervisorSpec): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix) return `unix://${unix.path}`;
  const inet = servers.findLast((server) => server.kind === 'inet');
  if (!inet) return null;
  return `${inet.tls === null ? 'http' : 'https'}://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}`;
}

function handleSignals(supervisor: Supervisor, log: DaemonLog): { exit(name: NodeJS.Signals): void; close(): void } {
  const { control } = supervisor;
  const exit = (name: NodeJS.Signals): void => {
    log.warn(`received ${name} indicating exit request`);
    control.shutdown();
  };
  const restart = (): void => {
    if (control.state() === 'SHUTDOWN') {
      log.warn('ignored SIGHUP indicating restart request (shutdown in progress)');
      return;
    }
    log.warn('received SIGHUP indicating restart request');
    tryRestart(control, log);
  };
  const reopen = (): void => {
    log.info('received SIGUSR2 indicating log reopen request');
    log.info('supervisord logreopen');
    log.reopen();
    supervisor.reopenLogs();
  };
  const handlers: readonly [NodeJS.Signals, (name: NodeJS.Signals) => void][] = [
    ['SIGTERM', exit],
    ['SIGINT', exit],
    ['SIGQUIT', exit],
    ['SIGHUP', restart],
    ['SIGUSR2', reopen],
    // Node would open its debugger.
    ['SIGUSR1', () => log.info('ignored SIGUSR1')],
    // A file that reaches the size limit is an error of that write, not the end of the daemon.
    ['SIGXFSZ', () => {}],
  ];
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    exit,
    close: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}

function tryRestart(control: SupervisorControl, log: DaemonLog): void {
  try {
    control.restart();
  } catch (error) {
    log.critical(`not restarting, since the configuration is invalid: ${describeRefusal(error)}`);
  }
}

/** Every mistake with its place. Unlike the words of Supervisor, which show whole values, these keep secrets out of the log. */
const describeRefusal = (error: unknown): string =>
  error instanceof ConfigError ? error.problems.map(describeProblem).join('; ') : String(error);
