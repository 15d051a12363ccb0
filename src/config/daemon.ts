/** The `[supervisord]` section, overridden by the command line. */

import type { DaemonSpec, UserSpec } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import { daemonOptions } from './daemon-options.ts';
import { readEnvironment } from './environment.ts';
import { expand } from './expand.ts';
import type { Option } from './option.ts';
import { absolutePath, normalizePath } from './paths.ts';
import { type Reading, SectionReader } from './reading.ts';
import { user as userType } from './values.ts';

/** Long option name → value, or true for a switch. */
export type Overrides = ReadonlyMap<string, string | true>;

type SectionValues = {
  readonly [Key in keyof typeof daemonOptions]: ReturnType<(typeof daemonOptions)[Key]['absent']>;
};

/** What the file says. Reading goes on with other sections before the command line is laid over it. */
export interface DaemonSection {
  readonly values: SectionValues;
  readonly environment: ReadonlyMap<string, string>;
}

/** Notes what is wrong on the command line. The flags' own parser has done so before, as a rule. */
export function checkOverrides(reading: Pick<Reading, 'host' | 'problems'>, overrides: Overrides): void {
  for (const option of Object.values<Option<unknown>>(daemonOptions)) {
    const value = overrides.get(option.key);
    if (typeof value !== 'string') continue;
    const parsed = option.type.parse(value, reading.host);
    if (parsed.kind === 'refused') {
      const message = `invalid value for --${option.key} ${quoteText(value)}: ${parsed.reason}`;
      reading.problems.add({ message });
    }
  }
}

/** Reads `[supervisord]` in Supervisor's order and makes its environment available to the sections read later. */
export function readDaemonSection(reading: Reading): DaemonSection {
  const reader = new SectionReader(reading, 'supervisord');
  const values: SectionValues = {
    minfds: reader.read(daemonOptions.minfds),
    minprocs: reader.read(daemonOptions.minprocs),
    directory: reader.read(daemonOptions.directory),
    user: reader.read(daemonOptions.user),
    umask: reader.read(daemonOptions.umask),
    logfile: reader.read(daemonOptions.logfile),
    logfile_maxbytes: reader.read(daemonOptions.logfile_maxbytes),
    logfile_backups: reader.read(daemonOptions.logfile_backups),
    loglevel: reader.read(daemonOptions.loglevel),
    pidfile: reader.read(daemonOptions.pidfile),
    identifier: reader.read(daemonOptions.identifier),
    nodaemon: reader.read(daemonOptions.nodaemon),
    silent: reader.read(daemonOptions.silent),
    childlogdir: reader.read(daemonOptions.childlogdir),
    nocleanup: reader.read(daemonOptions.nocleanup),
    strip_ansi: reader.read(daemonOptions.strip_ansi),
    environment: readDaemonEnvironment(reader),
    logformat: reader.read(daemonOptions.logformat),
    runtime_dir: reader.read(daemonOptions.runtime_dir),
    subreaper: reader.read(daemonOptions.subreaper),
    orphanwaitsecs: reader.read(daemonOptions.orphanwaitsecs),
    exit_when: reader.read(daemonOptions.exit_when),
    trace_size: reader.read(daemonOptions.trace_size),
    inspector_url: reader.read(daemonOptions.inspector_url),
  };
  for (const [key, value] of values.environment) reading.environmentNames.set(`ENV_${key}`, value);
  return { values, environment: values.environment };
}

/**
 * Supervisor expands this value twice, first without host_node_name. What it accepts keeps its meaning; otherwise one
 * expansion with all names counts, as in later versions.
 */
function readDaemonEnvironment(reader: SectionReader): ReadonlyMap<string, string> {
  const option = daemonOptions.environment;
  const written = reader.entry(option)?.value ?? '';
  const names = reader.names('host');
  const first = expand(written, reader.names('here'));
  const twice = first.kind === 'expanded' ? expand(first.text, names) : first;
  if (twice.kind === 'expanded') return reader.parse(option, twice.text);
  const once = expand(written, names);
  const variables = once.kind === 'expanded' ? readEnvironment(once.text) : null;
  if (variables?.kind === 'read') return variables.variables;
  const where =
    first.kind === 'expanded'
      ? { text: first.text, label: option.key, names }
      : { text: written, label: `${reader.section}.${option.key}`, names: reader.names('here') };
  reader.refuseExpansion(option, twice, where);
  return new Map();
}

/** Lays the command line over the file's values and settles paths and the user. */
export function daemonSpec(reading: Reading, section: DaemonSection, overrides: Overrides): DaemonSpec {
  const { host } = reading;
  const { values } = section;
  const pick = <T>(option: Option<T>, fromFile: T): T => {
    const given = overrides.get(option.key);
    if (typeof given !== 'string') return fromFile;
    const parsed = option.type.parse(given, host);
    return parsed.kind === 'parsed' ? parsed.value : fromFile;
  };
  const isOn = (option: Option<boolean>, fromFile: boolean): boolean => overrides.has(option.key) || fromFile;
  const logfile = pick(daemonOptions.logfile, values.logfile);
  return {
    configFile: reading.configFile,
    logfile: logfile === 'syslog' ? logfile : normalizePath(logfile, host),
    logfileMaxBytes: pick(daemonOptions.logfile_maxbytes, values.logfile_maxbytes),
    logfileBackups: pick(daemonOptions.logfile_backups, values.logfile_backups),
    logLevel: pick(daemonOptions.loglevel, values.loglevel),
    logFormat: values.logformat,
    pidfile: normalizePath(pick(daemonOptions.pidfile, values.pidfile), host),
    umask: pick(daemonOptions.umask, values.umask),
    noDaemon: isOn(daemonOptions.nodaemon, values.nodaemon),
    silent: isOn(daemonOptions.silent, values.silent),
    minFds: pick(daemonOptions.minfds, values.minfds),
    minProcs: pick(daemonOptions.minprocs, values.minprocs),
    noCleanup: isOn(daemonOptions.nocleanup, values.nocleanup),
    childLogDir: pick(daemonOptions.childlogdir, values.childlogdir) ?? host.temporaryDirectory(),
    user: readUser(reading, pick(daemonOptions.user, values.user), overrides),
    directory: pick(daemonOptions.directory, values.directory),
    stripAnsi: isOn(daemonOptions.strip_ansi, values.strip_ansi),
    environment: Object.fromEntries(section.environment),
    identifier: pick(daemonOptions.identifier, values.identifier),
    runtimeDirectory: values.runtime_dir === null ? null : absolutePath(values.runtime_dir, host),
    exitWhen: values.exit_when,
    subreaper: values.subreaper,
    orphanWaitMs: Math.max(0, values.orphanwaitsecs * 1000),
    traceSize: values.trace_size,
    inspectorUrl: values.inspector_url,
  };
}

/** The user is looked up last of all, so that this is the last problem of a configuration. */
function readUser(reading: Reading, text: string | null, overrides: Overrides): UserSpec | null {
  if (text === null) return null;
  const parsed = userType.parse(text, reading.host);
  if (parsed.kind === 'parsed') return parsed.value;
  if (overrides.has(daemonOptions.user.key)) reading.problems.add({ message: parsed.reason });
  else {
    const reader = new SectionReader(reading, 'supervisord');
    reader.refuse(daemonOptions.user, { reason: parsed.reason, expected: userType.expected });
  }
  return null;
}
