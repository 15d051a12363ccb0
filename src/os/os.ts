/**
 * What running programs asks of the operating system. Actors receive it, tests replace it. Configuration asks through
 * `host.ts`; the daemon's own sockets belong to `server/` and `client/`, log files to `logging/`.
 */

import type { ExitStatus } from '../model/exit-status.ts';
import type { FcgiSocketSpec, UserSpec } from '../model/program-spec.ts';
import type { EvenTime } from './even-time.ts';
import type { ProcessIdentity, ProcessWatch } from './watch-process.ts';

export interface Os {
  readonly clock: WallAndSteadyClock & EvenTime;
  /** What programs inherit, as it was when the daemon started. */
  readonly environment: Readonly<Record<string, string>>;
  /** An anonymous pipe whose given end never blocks; neither end reaches a program unless it is handed over. */
  openPipe(daemonEnd: 'read' | 'write'): PipeEnds | Failure;
  /** Lets the given user open `/dev/stdout` and `/dev/stderr` although the daemon made the pipe. */
  giveDescriptor(fd: number, user: UserSpec): void;
  /** How many more descriptors the daemon may open. */
  spareDescriptors(): number;
  /** A socket that listens and blocks, for programs to accept on. `error` is for people. */
  openListeningSocket(socket: FcgiSocketSpec): { readonly fd: number } | Failure;
  closeDescriptor(fd: number): void;
  /** Non-blocking write. `accepted` is how many bytes the pipe took; `closed`: nobody reads any more. */
  writeDescriptor(fd: number, bytes: Uint8Array): { readonly accepted: number; readonly closed: boolean };
  findCommand(request: FindCommand): CommandLookup;
  /** Starts a program as leader of its own process group. Its end is reported once, to `onExit`. */
  spawn(request: SpawnRequest, onExit: (status: ExitStatus) => void): Spawned | SpawnFailure;
  /** Watches a program that an earlier daemon has started. Its end is reported once, to `onExit`. */
  watch(program: ProcessIdentity, onExit: (status: ExitStatus) => void): ProcessWatch;
  /** Tells this process from every other that had or will have its number; null when it has ended and was collected. */
  identify(pid: number): ProcessIdentity | null;
  /** Clock ticks since the system's start, as in a `ProcessIdentity`; null while it is not certain that they are the same. */
  startTicksNow(): number | null;
  /** A copy of a descriptor of another process, for sockets that only programs have kept. */
  copyDescriptor(pid: number, fd: number): { readonly fd: number } | Failure;
  /** For a program that is about to be started: everything it will start. */
  openTree(): ProgramTree;
  /**
   * Of a program that an earlier daemon has started: everything it has started and will start. `mark` is that of its tree, where
   * it is known.
   */
  findTree(pid: number, mark: string | null): ProgramTree;
  /** What a program that ended unseen has left behind, as far as that is certain; null when nothing is. */
  findLeftTree(mark: string): EndableTree | null;
  /** `pid` below zero means the process group −pid. */
  signal(pid: number, signal: number): SignalResult;
}

/** Processes that belong together, and are to end together. */
export interface EndableTree {
  /** Pids of what has not ended. */
  living(): readonly number[];
  /** Signals all of it. Returns the pids that may not be signalled. */
  signal(signal: number): readonly number[];
  /** SIGKILL to all of it; nothing gets away by forking. Returns the pids that may not be signalled. */
  kill(): readonly number[];
  /** Gives back what the tree took of the system. */
  close(): void;
}

/** Everything one program has started, itself included, wherever it went. */
export interface ProgramTree extends EndableTree {
  /** What the program's environment must hold, for its descendants to be found. */
  readonly environment: Readonly<Record<string, string>>;
  /** By which its descendants can be found when the program has ended; null when it has none. */
  readonly mark: string | null;
  /** Makes what `start` starts, a pid, the program of this tree from its first moment on. */
  start<Failure extends object>(start: () => number | Failure): number | Failure;
}

export interface WallAndSteadyClock {
  /** Epoch milliseconds; may jump. */
  now(): number;
  /** Milliseconds that never jump: for durations. */
  steady(): number;
}

export interface PipeEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

export interface Failure {
  /** Symbolic errno: `EMFILE`. */
  readonly error: string;
}

export interface FindCommand {
  readonly word: string;
  /** Searched when the word has no slash. */
  readonly path: string | undefined;
  /** Also tried for a relative word with a slash that does not exist below the daemon's own directory. */
  readonly directory: string | null;
}

export type CommandLookup =
  | { readonly kind: 'found'; readonly file: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'directory' | 'not-executable' | 'no-permission'; readonly file: string };

export interface SpawnRequest {
  readonly file: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly user: UserSpec | null;
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** What the program belongs to with all that it starts; null when nobody asks for that. */
  readonly tree: ProgramTree | null;
}

export interface Spawned {
  readonly kind: 'spawned';
  readonly pid: number;
  /** See `ProcessIdentity`; null when it has to be asked for. */
  readonly startTicks: number | null;
}

/**
 * `fork`: no process could be made. `user`, `directory`, `exec`: the process would have failed before its program ran;
 * `reason` says why, in Supervisor's words.
 */
export interface SpawnFailure {
  readonly kind: 'fork' | 'user' | 'directory' | 'exec';
  readonly reason: string;
}

export type SignalResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: string };
