/** The real `Os`. Programs are started by posix_spawn and reaped by one reaper, which owns every wait in this process. */

import { accessSync, closeSync, constants, existsSync, fchownSync, writeSync } from 'node:fs';
import { findCommand } from './commands.ts';
import { descriptorRoom } from './descriptors.ts';
import { createEvenTime } from './even-time.ts';
import { takesFastPath } from './fast-paths.ts';
import { openListeningSocket } from './listening-socket.ts';
import {
  getLimit,
  type NativeSpawnRequest,
  pipe,
  posixSpawn,
  type ResourceLimit,
  resources,
  SystemError,
  setLimit,
  setNonBlocking,
} from './native.ts';
import type { Failure, Os, PipeEnds, SignalResult, SpawnFailure, SpawnRequest } from './os.ts';
import { copyDescriptorOf, openPidfd } from './pidfd.ts';
import { plainSpawn } from './plain-spawn.ts';
import { processFacts } from './process-identity.ts';
import { createProgramTrees } from './program-tree.ts';
import type { Readiness } from './readiness.ts';
import type { Reaper } from './reaper.ts';
import { createStartTicks } from './start-ticks.ts';
import { refusalTo } from './user-access.ts';
import { watchProcess } from './watch-process.ts';

/** util-linux; changes user, group and supplementary groups, then executes the program under the same pid. */
const setprivPaths = ['/usr/bin/setpriv', '/bin/setpriv', '/sbin/setpriv'];

/** One for all lives of the daemon. */
const evenTime = createEvenTime();

export interface NodeOsOptions {
  readonly reaper: Reaper;
  readonly readiness: Readiness;
  readonly environment: Readonly<Record<string, string>>;
  /** Soft limit of open files that programs get; null leaves the daemon's own. */
  readonly programFileLimit: bigint | null;
  /** Hears once how the trees of programs are kept together. */
  readonly onTreeMethod: (message: string) => void;
  /** Whether programs are started by Node's own means in any case. */
  readonly plainSpawn?: boolean;
}

/** Throws `SystemError`. */
type StartProgram = (request: NativeSpawnRequest) => number;

export function createNodeOs({ reaper, readiness, environment, programFileLimit, ...options }: NodeOsOptions): Os {
  const isPlain = options.plainSpawn ?? !takesFastPath('spawn');
  const startProgram: StartProgram = isPlain ? (request) => plainSpawn(request, reaper.ended) : posixSpawn;
  const times = createStartTicks();
  const trees = createProgramTrees({ environment, onMethod: options.onTreeMethod });
  return {
    clock: { now: () => Date.now(), steady: () => performance.now(), ...evenTime },
    environment,
    openPipe,
    giveDescriptor: (fd, user) => {
      // Only root may give away; another user's programs run as that user anyway.
      if (process.geteuid?.() === 0) fchownSync(fd, user.uid, user.gid);
    },
    spareDescriptors: () => descriptorRoom().spare,
    openListeningSocket,
    closeDescriptor: closeSync,
    writeDescriptor,
    findCommand,
    spawn: (request, onExit) => {
      let startTicks: number | null = null;
      const start = (): number | SpawnFailure => {
        const { outcome, ticks } = times.timed(() => spawnWithLimits(startProgram, request, programFileLimit));
        startTicks = ticks;
        return outcome;
      };
      const outcome = request.tree === null ? start() : request.tree.start(start);
      if (typeof outcome !== 'number') return outcome;
      reaper.expect(outcome, onExit);
      return { kind: 'spawned', pid: outcome, startTicks };
    },
    watch: (program, onExit) => watchProcess({ reaper, readiness }, program, onExit),
    startTicksNow: times.now,
    identify: (pid) => {
      const facts = processFacts(pid);
      return facts === null ? null : { pid, startTicks: facts.startTicks };
    },
    copyDescriptor,
    openTree: trees.open,
    findTree: trees.find,
    findLeftTree: trees.findLeft,
    signal,
  };
}

function openPipe(daemonEnd: 'read' | 'write'): PipeEnds | Failure {
  try {
    const ends = pipe();
    setNonBlocking(daemonEnd === 'read' ? ends.readFd : ends.writeFd);
    return ends;
  } catch (error) {
    return { error: error instanceof SystemError ? error.code : String(error) };
  }
}

function writeDescriptor(fd: number, bytes: Uint8Array): { accepted: number; closed: boolean } {
  let accepted = 0;
  try {
    while (accepted < bytes.length) accepted += writeSync(fd, bytes, accepted);
    return { accepted, closed: false };
  } catch (error) {
    return { accepted, closed: errorCode(error) !== 'EAGAIN' };
  }
}

function copyDescriptor(pid: number, fd: number): { fd: number } | Failure {
  try {
    const pidfd = openPidfd(pid);
    try {
      return { fd: copyDescriptorOf(pidfd, fd) };
    } finally {
      closeSync(pidfd);
    }
  } catch (error) {
    return { error: error instanceof SystemError ? error.code : String(error) };
  }
}

function signal(pid: number, number: number): SignalResult {
  try {
    process.kill(pid, number);
    return { kind: 'sent' };
  } catch (error) {
    const code = errorCode(error);
    return code === 'ESRCH' ? { kind: 'gone' } : { kind: 'failed', error: code };
  }
}

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

/** The daemon may hold many more descriptors than a program expects to be allowed: the limit holds for the spawn only. */
function spawnWithLimits(
  startProgram: StartProgram,
  request: SpawnRequest,
  fileLimit: bigint | null,
): number | SpawnFailure {
  const own = fileLimit === null ? null : getLimit(resources.NOFILE);
  const changed = own !== null && fileLimit !== null && own.soft !== fileLimit;
  if (changed) setLimit(resources.NOFILE, programLimit(own, fileLimit));
  try {
    return spawnAsUser(startProgram, request);
  } finally {
    if (changed) setLimit(resources.NOFILE, own);
  }
}

const programLimit = (own: ResourceLimit, soft: bigint): ResourceLimit => ({
  soft: soft < own.hard ? soft : own.hard,
  hard: own.hard,
});

function spawnAsUser(startProgram: StartProgram, request: SpawnRequest): number | SpawnFailure {
  const { user } = request;
  if (user === null || user.uid === process.geteuid?.()) return spawnWithUmask(startProgram, request);
  if (process.geteuid?.() !== 0) return { kind: 'user', reason: "Can't drop privilege as nonroot user" };
  const setpriv = setprivPaths.find((path) => existsSync(path));
  if (setpriv === undefined) return { kind: 'user', reason: 'setpriv (util-linux) is not installed' };
  // The directory is entered before the user changes, with the rights of root.
  const refusal = refusalTo(user, request);
  if (refusal !== null) return refusal;
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'];
  const argv = ['setpriv', ...identity, '--', request.file, ...request.argv.slice(1)];
  return spawnWithUmask(startProgram, { ...request, file: setpriv, argv });
}

function spawnWithUmask(startProgram: StartProgram, request: SpawnRequest): number | SpawnFailure {
  const previous = request.umask === null ? null : process.umask(request.umask);
  try {
    return startProgram({
      file: request.file,
      argv: request.argv,
      environment: Object.entries(request.environment).map(([name, value]) => `${name}=${value}`),
      directory: request.directory,
      stdio: [request.stdin, request.stdout, request.stderr],
    });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return explain(request, error.code);
  } finally {
    if (previous !== null) process.umask(previous);
  }
}

/** posix_spawn tells one errno for everything that can fail; look which step it was. */
function explain(request: SpawnRequest, code: string): SpawnFailure {
  if (code === 'EAGAIN' || code === 'ENOMEM') return { kind: 'fork', reason: code };
  if (request.directory !== null) {
    try {
      accessSync(`${request.directory}/.`, constants.X_OK);
    } catch (error) {
      return { kind: 'directory', reason: errorCode(error) };
    }
  }
  return { kind: 'exec', reason: code };
}

/** Ends what is left of the programs, when no actor can do it any more. */
export function killEverything(reaper: Reaper): void {
  for (const pid of reaper.living()) {
    signal(-pid, 9);
    signal(pid, 9);
  }
}
