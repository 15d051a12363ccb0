/** What a client is told about the configuration of a process; field names, their order and values are Supervisor's. */

import type { GroupSpec, LogfileSpec, OutputSpec, ProcessSpec } from '../model/program-spec.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { ActiveGroup, LogAccess } from './control.ts';

export interface ConfigInfo {
  readonly autostart: boolean;
  readonly autorestart: boolean | 'unexpected';
  readonly directory: string;
  /** A number, or `none`. */
  readonly uid: number | string;
  readonly command: string;
  readonly exitcodes: readonly number[];
  readonly group: string;
  readonly group_prio: number;
  /** The group is active. */
  readonly inuse: boolean;
  readonly killasgroup: boolean;
  readonly name: string;
  readonly process_prio: number;
  readonly redirect_stderr: boolean;
  readonly startretries: number;
  readonly startsecs: number;
  readonly stdout_capture_maxbytes: number;
  readonly stdout_events_enabled: boolean;
  readonly stdout_logfile: string;
  readonly stdout_logfile_backups: number;
  readonly stdout_logfile_maxbytes: number;
  readonly stdout_syslog: boolean;
  readonly stopsignal: number;
  readonly stopwaitsecs: number;
  readonly stderr_capture_maxbytes: number;
  readonly stderr_events_enabled: boolean;
  readonly stderr_logfile: string;
  readonly stderr_logfile_backups: number;
  readonly stderr_logfile_maxbytes: number;
  readonly stderr_syslog: boolean;
  readonly serverurl: string;
}

const notSet = 'none';
const msPerSecond = 1000;

/** What may be told to somebody who does not change the configuration, and may not know the passwords in it. */
export const withoutSecretsOf = (info: ConfigInfo): ConfigInfo => ({
  ...info,
  command: withoutSecrets(info.command),
  serverurl: withoutSecrets(info.serverurl),
});

/** `active` is the running group of that name; the log names of a group that runs this very configuration are real. */
export function configInfoOf(spec: ProcessSpec, group: GroupSpec, active: ActiveGroup | undefined): ConfigInfo {
  const live = active?.spec === group ? active.process(spec.name) : undefined;
  const stdout = outputInfo(spec.stdout, live?.stdout);
  const stderr = outputInfo(spec.stderr, live?.stderr);
  return {
    autostart: spec.autostart,
    autorestart: spec.autorestart === 'unexpected' ? 'unexpected' : spec.autorestart === 'always',
    directory: spec.directory ?? notSet,
    uid: spec.user?.uid ?? notSet,
    command: spec.command,
    exitcodes: spec.exitCodes,
    group: group.name,
    group_prio: group.priority,
    inuse: active !== undefined,
    killasgroup: spec.killAsGroup,
    name: spec.name,
    process_prio: spec.priority,
    redirect_stderr: spec.redirectStderr,
    startretries: spec.startRetries,
    startsecs: spec.startMs / msPerSecond,
    stdout_capture_maxbytes: stdout.captureMaxBytes,
    stdout_events_enabled: stdout.eventsEnabled,
    stdout_logfile: stdout.logfile,
    stdout_logfile_backups: stdout.backups,
    stdout_logfile_maxbytes: stdout.maxBytes,
    stdout_syslog: stdout.syslog,
    stopsignal: spec.stopSignal.number,
    stopwaitsecs: spec.stopWaitMs / msPerSecond,
    stderr_capture_maxbytes: stderr.captureMaxBytes,
    stderr_events_enabled: stderr.eventsEnabled,
    stderr_logfile: stderr.logfile,
    stderr_logfile_backups: stderr.backups,
    stderr_logfile_maxbytes: stderr.maxBytes,
    stderr_syslog: stderr.syslog,
    serverurl: spec.serverUrl ?? notSet,
  };
}

const outputInfo = (spec: OutputSpec, live: LogAccess | undefined) => ({
  ...spec,
  logfile: logfileText(spec.logfile, live),
});

function logfileText(logfile: LogfileSpec, live: LogAccess | undefined): string {
  switch (logfile.kind) {
    case 'none':
      return notSet;
    case 'file':
      return logfile.path;
    case 'auto':
      return logfile.path ?? live?.path ?? 'auto';
    default:
      return logfile satisfies never;
  }
}
