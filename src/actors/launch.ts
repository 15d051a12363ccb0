/**
 * One attempt to start a program: find it, open its logs and pipes, spawn it. Either everything is open at the end, or
 * nothing is.
 */

import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure, Os, SpawnFailure, SpawnRequest } from '../os/os.ts';
import { childEnvironment } from './child-environment.ts';
import { checkCommand } from './command-check.ts';
import { type OpenLog, OpenOutput } from './output-source.ts';

export interface LaunchDependencies {
  readonly os: Os;
  readonly openLog: OpenLog;
  /** Where programs can reach the daemon; null when it has no server. */
  readonly serverUrl: string | null;
}

export type Launch =
  | {
      readonly kind: 'launched';
      readonly pid: number;
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
  readonly onExit: (status: ExitStatus) => void;
}

/** `reason` of a failure is the text clients see as `spawnerr`. */
export function launch(deps: LaunchDependencies, { spec, listeningFd, onExit }: LaunchRequest): Launch {
  const command = checkCommand(deps.os, spec);
  if (command.kind !== 'runnable') return { kind: 'failed', reason: command.text };

  const channels = openChannels(deps, spec, listeningFd);
  if ('reason' in channels) return { kind: 'failed', reason: channels.reason };

  const { stdin, stdout, stderr } = channels;
  const request: SpawnRequest = {
    file: command.file,
    argv: command.argv,
    environment: childEnvironment(deps.os.environment, spec, deps.serverUrl),
    directory: spec.directory,
    umask: spec.umask,
    user: spec.user,
    stdin: stdin.programFd,
    stdout: stdout.pipe.writeFd,
    stderr: (stderr ?? stdout).pipe.writeFd,
  };
  if (spec.user !== null) {
    deps.os.giveDescriptor(request.stdout, spec.user);
    if (stderr !== null) deps.os.giveDescriptor(request.stderr, spec.user);
  }
  let outcome = deps.os.spawn(request, onExit);
  if (outcome.kind !== 'spawned' && outcome.kind !== 'fork') {
    outcome = deps.os.spawn(lastWords(request, spec, outcome), onExit);
  }

  if (stdin.daemonFd !== null) deps.os.closeDescriptor(stdin.programFd);
  deps.os.closeDescriptor(stdout.pipe.writeFd);
  if (stderr !== null) deps.os.closeDescriptor(stderr.pipe.writeFd);
  if (outcome.kind !== 'spawned') {
    if (stdin.daemonFd !== null) deps.os.closeDescriptor(stdin.daemonFd);
    for (const output of [stdout, stderr]) output?.abandon(deps.os);
    return { kind: 'failed', reason: forkFailure(spec.name, outcome) };
  }
  return { kind: 'launched', pid: outcome.pid, stdinFd: stdin.daemonFd, stdout, stderr };
}

/** Programs leave so many descriptors to the daemon: it must be able to answer those who want to know what is wrong. */
const reservedDescriptors = 24;

interface Stdin {
  readonly programFd: number;
  /** The other end of a pipe; null when it is none. */
  readonly daemonFd: number | null;
}

interface Channels {
  readonly stdin: Stdin;
  readonly stdout: OpenOutput;
  readonly stderr: OpenOutput | null;
}

/** Opens logs and pipes in this order, and closes what was opened when a later one fails. */
function openChannels(
  { os, openLog }: LaunchDependencies,
  spec: ProcessSpec,
  listeningFd: number | null,
): Channels | { readonly reason: string } {
  const opened: OpenOutput[] = [];
  if (os.spareDescriptors() < reservedDescriptors) return { reason: tooManyFiles(spec.name) };
  const giveUp = (code: string): { reason: string } => {
    for (const output of opened) {
      os.closeDescriptor(output.pipe.writeFd);
      output.abandon(os);
    }
    return {
      reason:
        code === 'EMFILE' ? tooManyFiles(spec.name) : `unknown error making dispatchers for '${spec.name}': ${code}`,
    };
  };
  const channels = spec.redirectStderr ? (['stdout'] as const) : (['stdout', 'stderr'] as const);
  for (const channel of channels) {
    const pipe = os.openPipe('read');
    if ('error' in pipe) return giveUp(pipe.error);
    const log = openLog(spec, channel);
    if (log !== null && 'error' in log) {
      os.closeDescriptor(pipe.readFd);
      os.closeDescriptor(pipe.writeFd);
      return giveUp(log.error);
    }
    opened.push(new OpenOutput(pipe, log));
  }
  const [stdout, stderr] = opened;
  const stdin = listeningFd === null ? openStdin(os) : { programFd: listeningFd, daemonFd: null };
  if ('error' in stdin || stdout === undefined) return giveUp('error' in stdin ? stdin.error : 'EBADF');
  return { stdin, stdout, stderr: stderr ?? null };
}

const tooManyFiles = (name: string): string => `too many open files to spawn '${name}'`;

function openStdin(os: Os): Stdin | Failure {
  const pipe = os.openPipe('write');
  return 'error' in pipe ? pipe : { programFd: pipe.readFd, daemonFd: pipe.writeFd };
}

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
