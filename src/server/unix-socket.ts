/**
 * Opens and closes a listening unix socket with Supervisor's manners: never reachable with a wrong mode or owner, a stale
 * file is taken over, a live one is left alone, and at the end only our own file is removed.
 */

import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { OwnerSpec } from '../model/program-spec.ts';
import { keepListening, listenOnInherited } from './inherited-socket.ts';
import { chownRefused, inUse, type ListenProblem, listenFailed, pathTooLong } from './listen-problem.ts';

/** What fits into sockaddr_un beside the final zero. */
export const maxSocketPathBytes = 107;

/** Names a file without opening it. Node has no constant for it. */
const O_PATH = 0o10000000;

/** How often a path that others take and leave at the same moment is tried. */
const attempts = 5;

export interface UnixSocketOptions {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly owner: OwnerSpec | null;
  /** A socket that listens at the path already, from the version that this one replaces; otherwise a new one is made. */
  readonly inherited?: number | null;
  readonly onConnection: (socket: Socket) => void;
  /** An accept that failed, such as for lack of descriptors; the socket goes on listening. */
  readonly onAcceptError: (error: Error) => void;
  /** Receives the line Supervisor prints when it removes a stale socket. */
  readonly notice: (line: string) => void;
}

export interface UnixListener {
  readonly path: string;
  /** Stops accepting and removes the file if it is still ours. Open connections live on. */
  close(): void;
  /** The same without removing the file: connections wait until somebody else accepts them from the descriptor. */
  handOver(): number | null;
}

export type UnixSocketResult =
  | { readonly kind: 'listening'; readonly listener: UnixListener }
  | { readonly kind: 'problem'; readonly problem: ListenProblem };

export async function openUnixSocket(options: UnixSocketOptions): Promise<UnixSocketResult> {
  const { path } = options;
  if (Buffer.byteLength(path) > maxSocketPathBytes) return failure(pathTooLong(path, maxSocketPathBytes));

  const server = createServer({ allowHalfOpen: true }, options.onConnection);
  if (typeof options.inherited === 'number') {
    await listenOnInherited(server, options.inherited);
    return listening(server, options, identityOf(path));
  }
  const temporary = temporaryName(path);
  const refusal = await listenUnreachably(server, temporary);
  if (refusal !== null) return failure(listenFailed(path, refusal));

  const identity = identityOf(temporary.path);
  let problem: ListenProblem | null;
  try {
    problem = await publish(temporary.path, options);
  } catch (error) {
    problem = listenFailed(path, codeOf(error));
  }
  removeQuietly(temporary.path);
  if (problem !== null) {
    server.close();
    return failure(problem);
  }
  return listening(server, options, identity);
}

function listening(
  server: Server,
  { path, onAcceptError }: UnixSocketOptions,
  identity: string | null,
): UnixSocketResult {
  server.on('error', onAcceptError);
  const close = (): void => {
    // Our open socket keeps its inode from being used again, so an equal number is our file.
    if (identity !== null && identityOf(path) === identity) removeQuietly(path);
    server.close();
  };
  const handOver = (): number | null => {
    const fd = keepListening(server);
    server.close();
    return fd;
  };
  return { kind: 'listening', listener: { path, close, handOver } };
}

interface TemporaryName {
  readonly path: string;
  /** Too long for an address: it is bound through a descriptor of its directory. */
  readonly throughDirectory: boolean;
}

function temporaryName(path: string): TemporaryName {
  const usual = `${path}.${process.pid}`;
  if (Buffer.byteLength(usual) <= maxSocketPathBytes) return { path: usual, throughDirectory: false };
  return { path: join(dirname(path), `.supervisor.${process.pid}`), throughDirectory: true };
}

/** Binds with no permission for anybody, so that nobody gets in before mode and owner are right. Returns an error code. */
async function listenUnreachably(server: Server, name: TemporaryName): Promise<string | null> {
  const directory = dirname(name.path);
  let descriptor: number | null = null;
  // Node binds within the call to listen and only reports later, so the mask is never seen by anything else.
  const mask = process.umask(0o777);
  try {
    removeQuietly(name.path);
    // libuv says EACCES where the directory is missing; opening it tells the truth.
    descriptor = openSync(directory, 'r');
    server.listen({
      path: name.throughDirectory ? `/proc/self/fd/${descriptor}/${basename(name.path)}` : name.path,
    });
  } catch (error) {
    return codeOf(error);
  } finally {
    process.umask(mask);
    if (descriptor !== null) closeSync(descriptor);
  }
  try {
    await once(server, 'listening');
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** Gives the bound socket its mode and owner, then its name, which must not belong to a living server. */
async function publish(temporary: string, options: UnixSocketOptions): Promise<ListenProblem | null> {
  const { path } = options;
  const refusal = settle(temporary, options);
  if (refusal !== null) return refusal;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const code = link(temporary, path);
    if (code === null) return null;
    const found = identityOf(path);
    const occupant = await probe(path);
    if (occupant === 'live') return inUse(path);
    if (occupant === 'not-a-socket') return listenFailed(path, 'EEXIST');
    if (occupant === 'stale') {
      // A rival may have put its own socket there while this one was being probed.
      if (identityOf(path) !== found) continue;
      options.notice(`Unlinking stale socket ${path}`);
      unlinkSync(path);
    }
    if (code !== 'EEXIST') {
      // A file system without hard links; renaming is as atomic, it only cannot notice a rival of the last moment.
      renameSync(temporary, path);
      return null;
    }
  }
  return inUse(path);
}

/**
 * Owner first, permissions last: in between nobody but root gets in. Both go to the socket itself, whatever somebody who may
 * write to the directory has put under its name meanwhile.
 */
function settle(temporary: string, { path, mode, owner }: UnixSocketOptions): ListenProblem | null {
  const descriptor = openSync(temporary, O_PATH | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(descriptor);
    if (!found.isSocket() || found.uid !== process.geteuid?.()) return listenFailed(path, 'EEXIST');
    const itself = `/proc/self/fd/${descriptor}`;
    if (owner !== null) chownSync(itself, owner.uid ?? -1, owner.gid ?? -1);
    chmodSync(itself, mode);
    return null;
  } catch (error) {
    if (owner !== null && codeOf(error) === 'EPERM') return chownRefused(path, owner);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function link(from: string, to: string): string | null {
  try {
    linkSync(from, to);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** What is behind the path. A server that may not be asked counts as live: nobody knows that it is dead. */
async function probe(path: string): Promise<'live' | 'stale' | 'gone' | 'not-a-socket'> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'gone';
  if (!found.isSocket() && !found.isSymbolicLink()) return 'not-a-socket';
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return 'live';
  } catch (error) {
    const code = codeOf(error);
    return code === 'ECONNREFUSED' || code === 'ENOENT' ? 'stale' : 'live';
  } finally {
    socket.destroy();
  }
}

function identityOf(path: string): string | null {
  try {
    const found = lstatSync(path);
    return `${found.dev}:${found.ino}`;
  } catch {
    return null;
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or not ours to remove: what follows finds out.
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : String(error);
}

const failure = (problem: ListenProblem): UnixSocketResult => ({ kind: 'problem', problem });
