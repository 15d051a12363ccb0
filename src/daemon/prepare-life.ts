/** What a supervisor needs before its sockets are opened: privileges, limits, the log, the system. */

import { inactiveNotices } from '../inactive.ts';
import { createDaemonLog, type DaemonLog } from '../logging/daemon-log.ts';
import type { SupervisorSpec } from '../model/program-spec.ts';
import type { WatchDirectory } from '../os/directory-watch.ts';
import { raiseLimits } from '../os/limits.ts';
import type { MemoryTidying } from '../os/memory-tidying.ts';
import { createNodeOs } from '../os/node-os.ts';
import type { Os } from '../os/os.ts';
import { dropPrivileges } from '../os/privileges.ts';
import { becomeSubreaper } from '../os/process-calls.ts';
import type { Readiness } from '../os/readiness.ts';
import type { Reaper } from '../os/reaper.ts';
import { createSyslog, type Syslog } from '../os/syslog.ts';
import { foreignInterfaceNotices } from '../rpc-interfaces.ts';
import type { StandbySockets } from '../server/standby-sockets.ts';
import { type DaemonOptions, StartProblem } from './daemon-options.ts';

/** How this process learns of the ends and the output of programs; one for all lives. */
export interface Senses {
  readonly reaper: Reaper;
  readonly readiness: Readiness;
}

/** What stays the same from one life to the next. */
export interface Process {
  readonly senses: Senses;
  readonly tidying: MemoryTidying;
  readonly watchDirectory: WatchDirectory;
  /** Soft limit of open files for programs; null until the first life has found it out. */
  programFileLimit: bigint | null;
  /** One sequence for all lives: listeners compare the numbers. */
  readonly nextEventSerial: () => number;
  /** Likewise for the records of the trace. */
  readonly nextTraceSerial: () => number;
  /** Between two lives: what those who connect wait at. */
  standby: StandbySockets | null;
}

/** PID 1 of a container: nobody else adopts orphans, and its end is the end of everything. */
export const isInit = process.pid === 1;

/** What one supervisor needs before its sockets are opened. */
export interface Life {
  readonly spec: SupervisorSpec;
  readonly log: DaemonLog;
  readonly os: Os;
  readonly syslog: Syslog;
}

/** Throws `StartProblem`. */
export function prepareLife(options: DaemonOptions, spec: SupervisorSpec, first: boolean, own: Process): Life {
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
    own.programFileLimit = limits.programFileLimit;
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
    ...own.senses,
    environment: options.environment,
    programFileLimit: own.programFileLimit,
    onTreeMethod: (message) => log.info(message),
  });
  return { spec, log, os, syslog };
}
