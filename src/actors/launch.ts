/**
 * One attempt to start a program: find it, open its logs and pipes, spawn it. Either everything is open at the end, or
 * nothing is.
 */

import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure, Os, ProgramTree, SpawnFailure, SpawnRequest } from '../os/os.ts';
import type { Channels } from './channels.ts';
import { childEnvironment } from './child-environment.ts';
import { checkCommand } from './command-check.ts';
import type { OpenOutput } from './output-source.ts';

export interface LaunchDependencies {
  readonly os: Os;
  readonly channels: Pick<Channels, 'open'>;
  /** Where programs can reach the daemon; null when it has no server. */
  readonly serverUrl: string | null;
}

export type Launch =
  | {
      readonly kind: 'launched';
      readonly pid: number;
      /** See `Spawned`. */
      readonly startTicks: number | null;
      /** null when standard input is a listening socket: nothing can be written to it. */
      readonly stdinFd: number | null;
      readonly stdout: OpenOutput;
      readonly stderr: OpenOutput | null;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export interface LaunchRequest {
  readonly spec: ProcessSpec;
  /** What the program gets as its standard input instead of a pipe. It stays open and belongs to the caller. */
  readonly listeningFd: number | null;
  /** What the program belongs to with all that it starts; null when nobody asks for that. */
  readonly tree: ProgramTree | null;
  readonly onExit: (status: ExitStatus) => void;
}

/** `reason` of a failure is the text clients see as `spawnerr`. */
export function launch(deps: LaunchDependencies, { spec, listeningFd, tree, onExit }: LaunchRequest): Launch {
  const command = checkCommand(deps.os, spec);
  if (command.kind !== 'runnable') return { kind: 'failed', reason: command.text };

  const channels = deps.channels.open(spec, listeningFd);
  if ('error' in channels) return { kind: 'failed', reason: dispatchersFailure(spec.name, channels) };

  const { program, stdinFd, stdout, stderr } = channels;
  const environment = childEnvironment(deps.os.environment, spec, deps.serverUrl);
  const request: SpawnRequest = {
    file: command.file,
    argv: command.argv,
    environment: tree === null ? environment : { ...environment, ...tree.environment },
    directory: spec.directory,
    umask: spec.umask,
    user: spec.user,
    ...program,
    tree,
  };
  if (spec.user !== null) {
    deps.os.giveDescriptor(program.stdout, spec.user);
    if (stderr !== null) deps.os.giveDescriptor(program.stderr, spec.user);
  }
  let outcome = deps.os.spawn(request, onExit);
  if (outcome.kind !== 'spawned' && outcome.kind !== 'fork') {
    outcome = deps.os.spawn(lastWords(request, spec, outcome), onExit);
  }

  channels.closeProgramEnds();
  if (outcome.kind !== 'spawned') {
    if (stdinFd !== null) deps.os.closeDescriptor(stdinFd);
    for (const output of [stdout, stderr]) output?.abandon();
    return { kind: 'failed', reason: forkFailure(spec.name, outcome) };
  }
  const { pid, startTicks } = outcome;
  return { kind: 'launched', pid, startTicks, stdinFd, stdout, stderr };
}

const dispatchersFailure = (name: string, { error }: Failure): string =>
  error === 'EMFILE'
    ? `too many open files to spawn '${name}'`
    : `unknown error making dispatchers for '${name}': ${error}`;

function forkFailure(name: string, failure: SpawnFailure): string {
  return failure.reason === 'EAGAIN'
    ? `Too many processes in process table to spawn '${name}'`
    : `unknown error during fork for '${name}': ${failure.reason}`;
}

/**
 * What fails between fork and exec is not a spawn error in Supervisor: a process exists, says so on its stderr and exits
 * with 127. The same lines and the same exit come from a shell here, so that logs, states and retries are the same.
 */
function lastWords(request: SpawnRequest, spec: ProcessSpec, failure: SpawnFailure): SpawnRequest {
  const words = {
    fork: failure.reason,
    user: `couldn't setuid to ${spec.user?.uid}: ${failure.reason}`,
    directory: `couldn't chdir to ${spec.directory}: ${failure.reason}`,
    exec: `couldn't exec ${request.argv[0]}: ${failure.reason}`,
  }[failure.kind];
  const script = 'printf "%s\\n" "$@" >&2; exit 127';
  const lines = [`supervisor: ${words}`, 'supervisor: child process was not spawned'];
  return { ...request, file: '/bin/sh', argv: ['sh', '-c', script, 'sh', ...lines], directory: null, user: null };
}
