/**
 * A configuration file, with everything it includes, becomes a `SupervisorSpec`, or the list of all that is wrong with
 * it. Nothing is changed anywhere: the same text gives the same answer.
 */

import type { ConfigNotice, SupervisorSpec } from '../model/program-spec.ts';
import type { Host } from '../os/host.ts';
import { checkOverrides, daemonSpec, type Overrides, readDaemonSection } from './daemon.ts';
import { rpcInterfaceOptions } from './daemon-options.ts';
import { readIncludedFiles, readMainFile } from './files.ts';
import { findConfigFile, noConfigFileMessage } from './find-config-file.ts';
import { readGroups } from './groups.ts';
import type { InvalidConfig, LoadRequest } from './load-request.ts';
import { readPlugins } from './plugins.ts';
import { ProblemList } from './problem.ts';
import { environmentNames, type Reading } from './reading.ts';
import { readServers } from './servers.ts';
import { noteUnknownNames } from './unknown-names.ts';
import { readUsers } from './users.ts';

export { loadControlConfig } from './control.ts';
export type { InvalidConfig, LoadRequest } from './load-request.ts';
export { ConfigError, formatProblems } from './problem.ts';

export type SupervisorConfig = { readonly kind: 'ok'; readonly spec: SupervisorSpec } | InvalidConfig;

/** Loads the configuration of the daemon. */
export function loadSupervisorConfig(host: Host, request: LoadRequest): SupervisorConfig {
  const problems = new ProblemList();
  const notices: ConfigNotice[] = [];
  const search = request.configFile === null ? findConfigFile(host, request.argv0) : null;
  const configFile = request.configFile ?? search?.found ?? null;
  checkOverrides({ host, problems }, request.overrides);
  if (configFile === null) {
    problems.add({ message: noConfigFileMessage(search?.searched ?? []) });
    return { kind: 'invalid', problems: problems.all() };
  }
  const names = environmentNames(request.startEnvironment ?? host.environment);
  const reading = readMainFile({ host, problems, notices, configFile, environmentNames: names });
  const spec = reading && readSpec(reading, request.overrides);
  if (spec === null || problems.all().length > 0) return { kind: 'invalid', problems: problems.all() };
  return { kind: 'ok', spec };
}

/** Reads everything in Supervisor's order, whatever is wrong. null when there is nothing to go on with. */
function readSpec(reading: Reading, overrides: Overrides): SupervisorSpec | null {
  readIncludedFiles(reading);
  if (!reading.sections.has('supervisord')) {
    reading.problems.add({ message: '.ini file does not include supervisord section' });
    return null;
  }
  const section = readDaemonSection(reading);
  const rpcInterfaces = readPlugins(reading, 'rpcinterface:', rpcInterfaceOptions.factory);
  const groups = readGroups(reading, section.environment);
  const users = readUsers(reading);
  const servers = readServers(reading, users);
  const daemon = daemonSpec(reading, section, overrides);
  if (overrides.has('profile_options')) {
    reading.notices.push({ level: 'warn', message: 'profile_options is accepted but has no effect' });
  }
  noteUnknownNames(reading);
  return { daemon, servers, users, rpcInterfaces, groups, notices: reading.notices };
}
