/**
 * The daemon: it runs one supervisor after another until one ends in a shutdown; a restart reads the configuration again
 * and sets everything up anew.
 */

import { createSerials } from '../actors/event-hub.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import { allLogsWritten } from '../logging/log-target.ts';
import { daemonExitCode } from '../model/exit-policy.ts';
import { describeExit } from '../model/exit-status.ts';
import type { SupervisorSpec } from '../model/program-spec.ts';
import { createDirectoryWatching } from '../os/directory-watch.ts';
import { createMemoryTidying, shareAllocations } from '../os/memory-tidying.ts';
import { killEverything } from '../os/node-os.ts';
import { createReadiness } from '../os/readiness.ts';
import { createReaper } from '../os/reaper.ts';
import { signalNumber } from '../os/signals.ts';
import { TreeDefect } from '../supervisor.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { describeRefusal } from './describe-refusal.ts';
import { runLife } from './life.ts';
import { type Process, prepareLife } from './prepare-life.ts';

/** Resolves with the exit code when the daemon has ended. Rejects with `StartProblem` when it cannot start. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  shareAllocations();
  let log: DaemonLog | null = null;
  const reaper = createReaper({
    onOrphan: (pid, status) => log?.info(`reaped unknown pid ${pid} (${describeExit(status)})`),
    onSignal: () => log?.debug('received SIGCHLD indicating a child quit'),
    isHeld: options.handover !== null,
  });
  const readiness = createReadiness({
    onDefect: (error) => log?.critical(`internal error in the reading of output: ${String(error)}`),
  });
  const own: Process = {
    senses: { reaper, readiness },
    tidying: createMemoryTidying(),
    watchDirectory: createDirectoryWatching({ readiness }),
    programFileLimit: null,
    nextEventSerial: createSerials(options.handover?.eventSerial),
    nextTraceSerial: createSerials(1),
    standby: null,
  };
  let leavesPrograms = false;
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
      const life = prepareLife(options, spec, first, own);
      log = life.log;
      const { intent, end } = await runLife(options, life, first, own);
      if (intent === 'shutdown') return end === null ? 0 : daemonExitCode(end, signalNumber);
      spec = readAgain(options, spec, log);
    }
  } catch (error) {
    leavesPrograms = error instanceof TreeDefect && error.programsSurvive;
    throw error;
  } finally {
    // What a defect of ours has left without a supervisor goes on; the next daemon adopts it.
    if (!leavesPrograms) killEverything(reaper);
    own.standby?.close();
    own.tidying.close();
    reaper.close();
    readiness.close();
    process.off('uncaughtException', onDefect);
    clearInterval(alive);
    await allLogsWritten();
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
