/** A daemon that is PID 1 of a namespace of its own, as in a container. */
import { spawnSync } from 'node:child_process';
import { Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import { waitFor } from './wait.ts';

/** Puts a command in the place of PID 1. */
export const isolate = 'unshare --pid --fork --mount-proc --kill-child';

/** Null where a PID namespace can be made, else the reason for leaving such tests out, as part of their titles. */
export const cannotIsolate: string | null =
  spawnSync('/bin/sh', ['-c', `${isolate} true`]).status === 0 ? null : ' (left out: unshare is not permitted here)';

/** The number of its signals is that of the host; what it writes itself says 1. */
export async function startContainer(
  options: Omit<DaemonOptions, 'shell'> & { readonly shell?: string },
): Promise<Daemon> {
  const shell = options.shell ?? 'exec "$0" "$@"';
  const outside = await startDaemon({ ...options, shell: `exec ${isolate} /bin/sh -c '${shell}' "$0" "$@"` });
  const { sandbox, command } = outside;
  const init = await waitFor('PID 1', () => sandbox.processes().find(({ parent }) => parent === command.pid));
  return new Daemon({
    sandbox,
    command,
    pid: init.pid,
    logFile: 'supervisord.log',
    ownsSandbox: options.sandbox === undefined,
  });
}
