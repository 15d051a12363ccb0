/** The environment a program is given. */

import type { ProcessSpec } from '../model/program-spec.ts';

/**
 * Later entries override earlier ones, as in Supervisor: the daemon's own environment, the SUPERVISOR_ variables, then
 * what configuration says. `serverUrl` is where the daemon can be reached; null when it has no server.
 */
export function childEnvironment(
  inherited: Readonly<Record<string, string>>,
  spec: ProcessSpec,
  serverUrl: string | null,
): Record<string, string> {
  const url = spec.serverUrl ?? serverUrl;
  return {
    ...inherited,
    SUPERVISOR_ENABLED: '1',
    ...(url === null ? {} : { SUPERVISOR_SERVER_URL: url }),
    SUPERVISOR_PROCESS_NAME: spec.name,
    SUPERVISOR_GROUP_NAME: spec.groupName,
    ...spec.environment,
  };
}
