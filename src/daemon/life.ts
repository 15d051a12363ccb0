/** One life of the daemon: sockets, pid file and signals around one supervisor, from its boot to its end. */

import { closeSync } from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { createDispatch, createMethods, supervisorVersion } from '../commands/index.ts';
import type { Dispatch } from '../commands/method.ts';
import { removeAutoLogs } from '../logging/auto-logs.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { SupervisorSpec } from '../model/program-spec.ts';
import { endOrphans } from '../os/end-orphans.ts';
import { holdSignals, repeatHeldSignals } from '../os/held-signals.ts';
import { keepCodeLater } from '../os/kept-code.ts';
import { compileAsUsual } from '../os/late-compiling.ts';
import { type Pidfile, writePidfile } from '../os/pidfile.ts';
import { mainInterfaceNames } from '../rpc-interfaces.ts';
import { createControlServer } from '../server/control-server.ts';
import { createHttpHandler } from '../server/http/http-handler.ts';
import { createSupervisor, type Halt } from '../supervisor.ts';
import { openSurvival } from '../survival/open-survival.ts';
import { type DaemonOptions, StartProblem } from './daemon-options.ts';
import { handleSignals } from './daemon-signals.ts';
import { isInit, type Life, type Process } from './prepare-life.ts';
import { keepUndelivered, takeUndelivered } from './undelivered-events.ts';
import { createInstanceName, createUpgrade } from './upgrade.ts';

/** Resolves when everything is stopped in order. Rejects with `StartProblem`, or with a defect that ended the tree. */
export async function runLife(options: DaemonOptions, life: Life, first: boolean, own: Process): Promise<Halt> {
  const { spec, log, os, syslog } = life;
  const { senses, watchDirectory, nextEventSerial } = own;
  const handover = first ? options.handover : null;
  // Those who may come in change with a reread: to lock somebody out must not cost a restart of all programs.
  let { users } = spec;
  const survival = openSurvival({
    spec,
    os,
    log,
    watchDirectory,
    productVersion: options.productVersion,
    environment: options.environment,
    adopts: options.adopts || !first,
    handedOn: handover?.runtimeDirectory ?? null,
  });
  const supervisor = createSupervisor({
    spec,
    survival,
    ...senses,
    onChange: own.tidying.stir,
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
    nextTraceSerial: own.nextTraceSerial,
    undelivered: takeUndelivered(handover?.undelivered ?? null, log),
  });
  const { control } = supervisor;
  const interfaces = mainInterfaceNames(spec);
  const callMethod = createDispatch(createMethods(interfaces), control);
  const dispatch: Dispatch = (name, params, session) => {
    compileAsUsual();
    own.tidying.use();
    return callMethod(name, params, session);
  };
  let becomeReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const server = createControlServer({
    ready,
    servers: spec.servers,
    users: () => users,
    dispatch,
    log,
    watchDirectory,
    http: createHttpHandler({
      dispatch,
      control,
      log,
      loadPages: async () => {
        const { createPages } = await import('../web/pages.ts');
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
    isEnding: () => control.state() !== 'RUNNING',
    letGo: async () => {
      // A listener that is told an event only in part could not be gone on with.
      const latest = performance.now() + longestSentenceMs;
      await until(() => !survival.isMidway(), latest);
      const sockets = await server.handOver();
      // A signal that has come meanwhile is heard in the loop's next turn, and would be lost after that.
      await setImmediate();
      await until(() => !survival.isMidway(), latest);
      return {
        startDirectory: options.invocation.startDirectory,
        softFileLimit: String(own.programFileLimit ?? ''),
        inBackground: options.enterBackground !== null,
        sockets,
        runtimeDirectory: survival.directory?.descriptor ?? 0,
        pipes: supervisor.outputDescriptors(),
        eventSerial: nextEventSerial(),
        undelivered: keepUndelivered(supervisor.undelivered(), log),
      };
    },
    takeBack: async ({ sockets, undelivered }) => {
      if (undelivered !== null) closeSync(undelivered);
      const failed = await server.listen(sockets);
      if (failed !== null) log.critical(failed.text);
    },
  });
  const problem = await server.listen(handover?.sockets ?? own.standby?.takeFor(spec.servers));
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
    repeatHeldSignals();
    const booted = supervisor.boot();
    becomeReady();
    background?.detach();
    keepCodeLater();
    for (const fd of handover?.pipes ?? []) closeSync(fd);
    senses.reaper.collect();
    const halt = await supervisor.halted;
    // What an earlier daemon has left has to be gone, too.
    await booted;
    outcome = halt;
    if (outcome.intent === 'shutdown' && (isInit || spec.daemon.subreaper)) await endOrphansOf(life, senses);
    return outcome;
  } finally {
    // For the next life, if there is one; and none may cut an end short that is under way.
    holdSignals();
    signals.close();
    if (outcome?.intent === 'restart') own.standby = await server.standBy();
    else await server.close();
    if (outcome !== null) await supervisor.gone();
    pidfile?.remove();
    if (outcome === null) survival.leave();
    else survival.end();
    log.close();
    syslog.close();
  }
}

/** Milliseconds for what listeners and the daemon are just saying to each other. */
const longestSentenceMs = 1000;
const lookEveryMs = 5;

/** `latest`: when to wait no longer, on the clock of `performance`. */
async function until(isSo: () => boolean, latest: number): Promise<void> {
  while (!isSo() && performance.now() < latest) await sleep(lookEveryMs);
}

async function endOrphansOf({ spec, log }: Life, { reaper }: Process['senses']): Promise<void> {
  await endOrphans({
    waitMs: spec.daemon.orphanWaitMs,
    spared: () => reaper.living(),
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

function serverUrlOf({ servers }: SupervisorSpec): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix) return `unix://${unix.path}`;
  const inet = servers.findLast((server) => server.kind === 'inet');
  if (!inet) return null;
  return `${inet.tls === null ? 'http' : 'https'}://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}`;
}
