/** The `[supervisorctl]` section, overridden by the command line of the control client. */

import type { ControlSpec } from '../model/program-spec.ts';
import type { Host } from '../os/host.ts';
import type { Overrides } from './daemon.ts';
import { controlOptions, controlPluginOptions } from './daemon-options.ts';
import { readMainFile } from './files.ts';
import { findConfigFile } from './find-config-file.ts';
import type { InvalidConfig, LoadRequest } from './load-request.ts';
import { normalizePath } from './paths.ts';
import { type Plugin, readPlugins } from './plugins.ts';
import { ProblemList } from './problem.ts';
import { environmentNames, type Reading, SectionReader } from './reading.ts';

export type ControlConfig =
  | { readonly kind: 'ok'; readonly spec: ControlSpec; readonly plugins: readonly Plugin[] }
  | InvalidConfig;

interface ControlFile {
  readonly section: Omit<ControlSpec, 'configFile'>;
  readonly plugins: readonly Plugin[];
}

/** Loads what the control client needs to know. Finding no file is fine; a file without the section is not. */
export function loadControlConfig(host: Host, request: LoadRequest): ControlConfig {
  const problems = new ProblemList();
  const configFile = request.configFile ?? findConfigFile(host, request.argv0).found;
  const file = configFile === null ? defaults(host) : readFile(host, request, configFile, problems);
  if (file === null || problems.all().length > 0) return { kind: 'invalid', problems: problems.all() };
  return { kind: 'ok', spec: { configFile, ...file.section, ...given(request.overrides) }, plugins: file.plugins };
}

function readFile(host: Host, request: LoadRequest, configFile: string, problems: ProblemList): ControlFile | null {
  const names = environmentNames(request.startEnvironment ?? host.environment);
  const found = readMainFile({ host, problems, notices: [], configFile, environmentNames: names });
  if (found === null) return null;
  const reading: Reading = { ...found, here: directoryOf(configFile, host) };
  if (!reading.sections.has('supervisorctl')) {
    problems.add({ message: '.ini file does not include supervisorctl section' });
    return null;
  }
  const reader = new SectionReader(reading, 'supervisorctl');
  const section = {
    serverUrl: normalizeUrl(reader.read(controlOptions.serverurl), host),
    prompt: reader.read(controlOptions.prompt),
    username: reader.read(controlOptions.username),
    password: reader.read(controlOptions.password),
    historyFile: historyFile(reader.read(controlOptions.history_file), host),
    ...readTls(reader),
  };
  return { section, plugins: readPlugins(reading, 'ctlplugin:', controlPluginOptions.factory) };
}

function readTls(reader: SectionReader): Pick<ControlSpec, 'tlsCa' | 'tlsCertificate' | 'tlsKey'> {
  const { tls_ca, tls_certificate, tls_key } = controlOptions;
  const tlsCa = reader.read(tls_ca);
  const tlsCertificate = reader.read(tls_certificate);
  const tlsKey = reader.read(tls_key);
  if ((tlsCertificate === null) !== (tlsKey === null)) {
    reader.refuse(tlsCertificate === null ? tls_certificate : tls_key, {
      reason: `Section [${reader.section}] needs both tls_certificate and tls_key`,
    });
  }
  return { tlsCa, tlsCertificate, tlsKey };
}

const defaults = (host: Host): ControlFile => ({
  section: {
    serverUrl: controlOptions.serverurl.absent(host),
    prompt: controlOptions.prompt.absent(host),
    username: null,
    password: null,
    historyFile: null,
    tlsCa: null,
    tlsCertificate: null,
    tlsKey: null,
  },
  plugins: [],
});

/** `-r` is read but has no effect in Supervisor: only the file names a history file. */
function given(overrides: Overrides): Partial<ControlSpec> {
  const value = (key: string): string | undefined => {
    const text = overrides.get(key);
    return typeof text === 'string' ? text : undefined;
  };
  const serverUrl = value('serverurl');
  const username = value('username');
  const password = value('password');
  return {
    ...(serverUrl !== undefined && { serverUrl }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/** Unlike the daemon, the client expands `~` in the path of its configuration file for `%(here)s`. */
function directoryOf(configFile: string, host: Host): string {
  const path = normalizePath(configFile, host);
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function normalizeUrl(serverUrl: string, host: Host): string {
  const unix = 'unix://';
  if (!serverUrl.startsWith(unix)) return serverUrl;
  return unix + normalizePath(serverUrl.slice(unix.length), host);
}

const historyFile = (path: string | null, host: Host): string | null => (path ? normalizePath(path, host) : null);
