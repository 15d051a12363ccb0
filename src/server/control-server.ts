/**
 * The control interface of the daemon: opens the configured sockets, counts the connections, and takes everything down
 * again.
 */

import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Dispatch } from '../commands/method.ts';
import type { InetServerSpec, ServerSpec, TlsSpec, UserAccount } from '../model/program-spec.ts';
import type { WatchDirectory } from '../os/directory-watch.ts';
import { type Access, createAccess } from './access.ts';
import { addressKey } from './address-key.ts';
import { createAdmission } from './admission.ts';
import { acceptConnection, type HttpHandler } from './connection.ts';
import { type InetSocketResult, openInetSocket } from './inet-socket.ts';
import { discardSocket } from './inherited-socket.ts';
import { defaultLimits, type ServerLimits } from './limits.ts';
import { type ListenProblem, tlsFailed } from './listen-problem.ts';
import { createLoginGate, defaultLoginLimits } from './login-gate.ts';
import { inetPeer, type Peer, unixPeer } from './peer.ts';
import type { ServerLog } from './server-log.ts';
import type { ServedConnection } from './session.ts';
import { showOut } from './show-out.ts';
import { createStandbySockets, type StandbySockets } from './standby-sockets.ts';
import { openStandingSocket } from './standing-socket.ts';
import type { TlsFront } from './tls-front.ts';
import { boundUnreadOutput } from './unread-output.ts';

export interface ControlServerOptions {
  readonly servers: readonly ServerSpec[];
  /** Who may use them besides their own credentials, as last read. */
  readonly users?: () => readonly UserAccount[];
  readonly dispatch: Dispatch;
  readonly log: ServerLog;
  /** Takes connections that begin like HTTP; without it they get a 501. */
  readonly http?: HttpHandler;
  /** The product's version, told to clients that ask. */
  readonly version?: string;
  /** Receives the line about a stale socket; by default it goes to standard error, as Supervisor's. */
  readonly notice?: (line: string) => void;
  /** Called for each server as soon as it can be reached, with its path or `host:port`. */
  readonly onListening?: (server: ServerSpec, address: string) => void;
  readonly limits?: ServerLimits;
  /** How sockets learn that their files were removed; by default with Node's own watch. */
  readonly watchDirectory?: WatchDirectory;
  /** Until then connections are accepted, and wait: there is nothing yet that could be asked for. */
  readonly ready?: Promise<void>;
}

export interface ControlServer {
  /**
   * Opens all sockets, or none: the first problem closes those that were open already. `inherited` are sockets that listen
   * already, by `addressKey`, from the version or the life of the daemon that this one follows.
   */
  listen(inherited?: Readonly<Record<string, number>>): Promise<ListenProblem | null>;
  /**
   * Like `close`, but the sockets go on listening for the version that replaces this one: by `addressKey`, their
   * descriptors.
   */
  handOver(): Promise<Readonly<Record<string, number>>>;
  /** Like `close`, but the sockets go on listening for the next life of the daemon. */
  standBy(): Promise<StandbySockets>;
  /** Removes the socket files, lets replies on their way be read, and ends all connections. */
  close(): Promise<void>;
}

interface OpenConnection extends ServedConnection {
  /** What is written to: the accepted one, or TLS upon it. */
  readonly socket: Socket;
  readonly peer: string;
}

const noUsers: readonly UserAccount[] = [];

/** Peers that are being refused in good manners at the same time; more are cut off. */
const mostShownOut = 32;

export function createControlServer(options: ControlServerOptions): ControlServer {
  const { dispatch, log } = options;
  const limits = options.limits ?? defaultLimits;
  const notice = options.notice ?? ((line: string) => process.stderr.write(`${line}\n`));
  const listeners: { readonly key: string; close(): void; handOver(): number | null }[] = [];
  const connections = new Map<Socket, OpenConnection>();
  const admission = createAdmission(limits.connections, log);
  let shownOut = 0;
  let lastId = 0;
  const gate = createLoginGate(log, defaultLoginLimits, () => performance.now());
  const users = options.users ?? (() => noUsers);
  const waiting: { readonly socket: Socket; admit(): void }[] = [];
  let isReady = options.ready === undefined;
  void options.ready?.then(() => {
    isReady = true;
    for (const { admit } of waiting.splice(0)) admit();
  });

  /** Counts a connection as long as it is open, from its first moment on. */
  function accept(socket: Socket, speaksTls: boolean, begin: (id: number) => void): void {
    if (!isReady) {
      socket.on('error', (error) => log.debug(`a connection that had to wait: ${error.message}`));
      const admit = (): void => {
        if (!socket.destroyed) accept(socket, speaksTls, begin);
      };
      waiting.push({ socket, admit });
      return;
    }
    const refusal = admission.refusal(connections.size, endLongestIdle);
    if (refusal !== null) {
      // Words would come before the handshake, where nobody understands them.
      if (speaksTls) socket.destroy();
      else refuse(socket, refusal);
      return;
    }
    lastId += 1;
    const id = lastId;
    socket.once('close', () => {
      connections.delete(socket);
      admission.ended(connections.size);
    });
    connections.set(socket, { socket, peer: '', end: () => socket.destroy(), idleSince: () => null });
    begin(id);
  }

  /** `counted` is the connection that `socket` is carried by. */
  function serve(socket: Socket, counted: Socket, id: number, server: ServerSpec, access: Access, peer: Peer): void {
    const served = acceptConnection({
      socket,
      id,
      peer,
      server,
      access,
      dispatch,
      http: options.http ?? null,
      log,
      limits,
      version: options.version ?? '',
      onOutput: () => boundUnreadOutput({ connections: connections.values(), limitBytes: limits.unreadBytes, log }),
    });
    connections.set(counted, { socket, peer: peer.name, ...served });
  }

  /** False if none is idle. Its client connects again when it has something to ask. */
  function endLongestIdle(): boolean {
    let longest: { readonly since: number; readonly end: (reason: string) => void } | null = null;
    for (const { idleSince, end } of connections.values()) {
      const since = idleSince();
      if (since !== null && (longest === null || since < longest.since)) longest = { since, end };
    }
    longest?.end('this connection was idle, and others need its place');
    return longest !== null;
  }

  function refuse(socket: Socket, reason: string): void {
    if (shownOut >= mostShownOut) {
      socket.destroy();
      return;
    }
    shownOut += 1;
    socket.once('close', () => {
      shownOut -= 1;
    });
    showOut(socket, reason, limits.closeGraceMs);
  }

  async function openSocket(server: ServerSpec, access: Access, inherited: number | null) {
    if (server.kind === 'inet') return await openInet(server, access, inherited);
    const { path, mode, owner } = server;
    const onConnection = (socket: Socket): void =>
      accept(socket, false, (id) => serve(socket, socket, id, server, access, unixPeer(socket, id)));
    const onAcceptError = (error: Error): void => log.error(`${path}: ${error.message}`);
    const { watchDirectory } = options;
    return await openStandingSocket({
      path,
      mode,
      owner,
      inherited,
      onConnection,
      onAcceptError,
      notice,
      log,
      watchDirectory,
    });
  }

  async function openInet(server: InetServerSpec, access: Access, inherited: number | null): Promise<InetSocketResult> {
    const { host, port, section } = server;
    const front = server.tls === null ? null : await openTls(server, server.tls);
    if (front !== null && 'problem' in front) {
      return { kind: 'problem', problem: tlsFailed(`${host}:${port}`, section, front.problem) };
    }
    const onConnection = (socket: Socket): void => {
      const peer = inetPeer(socket);
      accept(socket, front !== null, (id) => {
        if (front === null) serve(socket, socket, id, server, access, peer);
        else {
          front.take(socket, (secured, certificate) =>
            serve(secured, socket, id, server, access, { ...peer, transport: 'tls', certificate }),
          );
        }
      });
    };
    const onAcceptError = (error: Error): void => log.error(`${section}: ${error.message}`);
    const onlyLoopback = isOpenToAnybody(server, access) && !server.allowUnauthenticated;
    return await openInetSocket({ host, port, onlyLoopback, inherited, onConnection, onAcceptError });
  }

  async function openTls(
    { section }: InetServerSpec,
    files: TlsSpec,
  ): Promise<TlsFront | { readonly problem: string }> {
    const { createTlsFront } = await import('./tls-front.ts');
    return createTlsFront({ files, section, handshakeMs: limits.firstByteMs, log });
  }

  async function listen(inherited: Readonly<Record<string, number>> = {}): Promise<ListenProblem | null> {
    const unused = new Map(Object.entries(inherited));
    const discardUnused = (): void => {
      for (const [key, fd] of unused) discardSocket(key, fd);
    };
    for (const server of options.servers) {
      const key = addressKey(server);
      const access = createAccess(server, users, gate);
      const opened = await openSocket(server, access, unused.get(key) ?? null);
      unused.delete(key);
      if (opened.kind === 'problem') {
        await close();
        discardUnused();
        return opened.problem;
      }
      const { listener } = opened;
      listeners.push({ key, close: listener.close, handOver: listener.handOver });
      options.onListening?.(server, 'path' in listener ? listener.path : listener.address);
      if (isOpenToAnybody(server, access)) {
        log.critical(`Server '${server.section}' running without any HTTP authentication checking`);
      }
    }
    // What the present configuration does not listen on any more.
    discardUnused();
    return null;
  }

  async function close(): Promise<void> {
    for (const listener of listeners.splice(0)) listener.close();
    await endAnswered();
  }

  async function standBy(): Promise<StandbySockets> {
    const sockets = handOverListeners();
    await endAnswered();
    return createStandbySockets(options.servers, sockets);
  }

  async function endAnswered(): Promise<void> {
    for (const { socket } of waiting.splice(0)) socket.destroy();
    // Whoever has asked for the end is still being answered in this turn.
    await nextTurn();
    await endConnections('the server is shutting down');
  }

  async function handOver(): Promise<Readonly<Record<string, number>>> {
    const sockets = handOverListeners();
    const reason = 'the server is being upgraded';
    await Promise.all([...connections.keys()].map((socket) => handOverOne(socket, reason)));
    await endConnections(reason);
    return sockets;
  }

  function handOverListeners(): Readonly<Record<string, number>> {
    const sockets: Record<string, number> = {};
    for (const listener of listeners.splice(0)) {
      const fd = listener.handOver();
      if (fd !== null) sockets[listener.key] = fd;
    }
    return sockets;
  }

  async function handOverOne(socket: Socket, reason: string): Promise<void> {
    // In the middle of a handshake nothing can be said yet.
    if (connections.get(socket)?.handOver === undefined) await pause(limits.handoverMs, undefined, { ref: false });
    await connections.get(socket)?.handOver?.(reason);
  }

  async function endConnections(reason: string): Promise<void> {
    const closed = [...connections].map(async ([socket, { end }]) => {
      const done = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      end(reason);
      await done;
    });
    // `end` destroys the socket after its grace, but with a timer that lets the process go; this one holds it.
    const deadline = setTimeout(() => {
      for (const socket of connections.keys()) socket.destroy();
    }, limits.closeGraceMs);
    await Promise.all(closed);
    clearTimeout(deadline);
  }

  return { listen, handOver, standBy, close };
}

/** Neither a name nor a certificate is asked for. */
const isOpenToAnybody = (server: ServerSpec, { anonymous }: Access): boolean =>
  anonymous !== null && (server.kind === 'unix' || (server.tls?.clientCa ?? null) === null);
