/**
 * HTTP on sockets that somebody else accepted: Node's parser, with bounds for every peer. Requests of one connection are
 * answered one after the other, as they came; connections do not wait for each other. Never listens by itself.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Session } from '../../commands/method.ts';
import { describeActor, type Identity } from '../access.ts';
import type { HttpConnection } from '../connection.ts';
import { endGently } from '../end-gently.ts';
import type { ServedConnection } from '../session.ts';
import { type AnswerOptions, answer } from './answer.ts';
import { finalErrorReply, type Reply, reasonOf } from './reply.ts';
import { admitWebSocket, asksForWebSocket, withoutUpgrade } from './upgrade.ts';

export interface HttpServer {
  /** Takes a paused socket over, with what was read from it put back. */
  take(connection: HttpConnection): ServedConnection;
}

interface OpenConnection {
  readonly connection: HttpConnection;
  readonly sessionOf: (identity: Identity) => Session;
  /** Settles when the last request so far is answered. */
  answered: Promise<void>;
  waiting: number;
  /** The one that was begun last; its body may still be on its way. */
  newest: IncomingMessage | null;
  /** The one that is being answered. */
  response: ServerResponse | null;
  /** That is a log, which has no end of its own. */
  streaming: boolean;
  reading: boolean;
  /** What follows the newest request, or its body, is no HTTP. */
  broken: boolean;
  /** No further request is answered. */
  ending: boolean;
  /** What a WebSocket carries, since it became one. */
  session: ServedConnection | null;
}

export function createHttpServer(options: AnswerOptions): HttpServer {
  const { log, limits } = options;
  const open = new Map<Duplex, OpenConnection>();
  /** Between requests, the longest idle first. */
  const idle = new Set<OpenConnection>();
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    // Old clients of HTTP/1.0 and scripts do not send it.
    requireHostHeader: false,
    // All waiting is bounded here, by the timeouts of the socket.
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
  });
  // Node's own switch, missing from its types. Without it a request is dropped whose peer has said that it sends no more.
  Object.assign(server, { httpAllowHalfOpen: true });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const peer = open.get(request.socket);
    if (peer === undefined || peer.ending) return;
    idle.delete(peer);
    peer.waiting += 1;
    peer.newest = request;
    if (peer.waiting > limits.requestsWaiting) setReading(peer, false);
    peer.answered = peer.answered
      .then(() => respond(peer, request, response))
      .catch((error: unknown) => {
        log.critical(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
        peer.connection.socket.destroy();
      });
  });

  async function respond(peer: OpenConnection, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = peer.connection;
    // A socket that was destroyed says so only a moment after its response.
    if (!peer.ending && !socket.destroyed && !(peer.broken && !request.complete)) {
      peer.response = response;
      socket.setTimeout(0);
      const outcome = await answer(options, { ...peer.connection, request, response, sessionOf: peer.sessionOf });
      if (outcome === 'replied') socket.setTimeout(limits.stalledMs);
      peer.connection.onOutput();
      peer.streaming = outcome === 'streaming';
      if (peer.streaming && socket.readableEnded) socket.destroy();
      await closed(response);
      peer.response = null;
      peer.streaming = false;
    }
    peer.waiting -= 1;
    if (peer.waiting === 0 && !socket.destroyed) becomeIdle(peer);
    if (peer.waiting <= limits.requestsWaiting) setReading(peer, true);
  }

  function becomeIdle(peer: OpenConnection): void {
    peer.connection.socket.setTimeout(limits.idleMs);
    idle.add(peer);
    const [longest] = idle;
    if (idle.size <= limits.idleConnections || longest === undefined) return;
    idle.delete(longest);
    end(longest);
  }

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const peer = open.get(socket);
    if (peer === undefined || peer.ending || peer.broken) return;
    const code = error.code ?? '';
    if (!code.startsWith('HPE_')) {
      peer.ending = true;
      log.debug(`connection of ${peer.connection.peer.name}: ${error.message}`);
      socket.destroy();
      return;
    }
    // An unfinished request, and bytes behind the last request there was to be, call for no answer.
    const isQuiet = code === 'HPE_INVALID_EOF_STATE' || code === 'HPE_CLOSED_CONNECTION';
    const { name } = peer.connection.peer;
    if (isQuiet) log.debug(`connection of ${name}: ${error.message}`);
    else log.warn(`closed the connection of ${name}: it sent no valid HTTP (${error.message})`);
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    breakOff(peer, isQuiet ? null : status);
  });

  // A tunnel. Without a listener the connection would end before its earlier requests are answered.
  server.on('connect', (_request, socket: Duplex) => {
    const peer = open.get(socket);
    if (peer !== undefined) breakOff(peer, 400);
  });

  server.on('upgrade', (request: IncomingMessage, upgraded: Duplex, head: Buffer) => {
    const peer = open.get(upgraded);
    if (peer === undefined || peer.ending) return;
    const { socket } = peer.connection;
    idle.delete(peer);
    socket.pause();
    const proceed = async (): Promise<void> => {
      if (peer.ending || socket.destroyed) return;
      if (asksForWebSocket(request)) await openWebSocket(peer, request, head);
      else readAgain(peer, request, head);
    };
    peer.answered = peer.answered.then(proceed).catch((error: unknown) => {
      log.critical(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      socket.destroy();
    });
  });

  function readAgain({ connection: { socket } }: OpenConnection, request: IncomingMessage, head: Buffer): void {
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    server.emit('connection', socket);
    socket.resume();
  }

  async function openWebSocket(peer: OpenConnection, request: IncomingMessage, head: Buffer): Promise<void> {
    const { connection } = peer;
    const { socket, session, messageBytes } = connection;
    const { name } = connection.peer;
    const visitor = admitWebSocket({ ...connection, request }, log);
    if (visitor.kind === 'refused') {
      peer.ending = true;
      socket.write(rawReply(visitor.reply));
      endGently(socket, limits.closeGraceMs);
      return;
    }
    const [{ acceptWebSocket }, { runSession }] = await Promise.all([
      import('./web-socket.ts'),
      import('../session.ts'),
    ]);
    if (socket.destroyed) return;
    const { bodyMs: messageMs, closeGraceMs } = limits;
    const onViolation = (what: string): void => log.warn(`closed the connection of ${name}: it ${what}`);
    socket.setTimeout(0);
    acceptWebSocket({ request, socket, head, messageBytes, messageMs, closeGraceMs, onViolation }, (carrier) => {
      const firstBytes = new Uint8Array(0);
      peer.session = runSession({ ...session, socket: carrier, identity: visitor.identity, firstBytes });
    });
  }

  /** What was asked before is answered first, so that it makes no difference in which pieces it all came. */
  function breakOff(peer: OpenConnection, status: number | null): void {
    const { socket } = peer.connection;
    peer.broken = true;
    const finish = (): void => {
      if (peer.ending) return;
      peer.ending = true;
      // In the middle of another response this one would not be understood.
      const isFree = !peer.response?.headersSent && !socket.writableEnded;
      if (isFree && status !== null) socket.write(rawErrorReply(status));
      endGently(socket, limits.closeGraceMs);
    };
    const unanswerable = peer.newest?.complete === false ? 1 : 0;
    if (peer.streaming || peer.waiting <= unanswerable) {
      finish();
      return;
    }
    peer.answered = peer.answered.then(finish);
    const deadline = setTimeout(finish, limits.closeGraceMs);
    deadline.unref();
    socket.once('close', () => clearTimeout(deadline));
  }

  function take(connection: HttpConnection): ServedConnection {
    const { socket } = connection;
    const peer: OpenConnection = {
      connection,
      sessionOf: sessionsOf(connection),
      answered: Promise.resolve(),
      waiting: 0,
      newest: null,
      response: null,
      streaming: false,
      reading: true,
      broken: false,
      ending: false,
      session: null,
    };
    open.set(socket, peer);
    socket.once('close', () => {
      peer.ending = true;
      open.delete(socket);
      idle.delete(peer);
    });
    socket.on('error', (error) => log.debug(`connection of ${connection.peer.name}: ${error.message}`));
    socket.once('end', () => letGo(peer));
    socket.setTimeout(limits.headerMs);
    socket.on('timeout', () => socket.destroy());
    server.emit('connection', socket);
    socket.resume();
    return {
      end: (reason) => (peer.session === null ? end(peer) : peer.session.end(reason)),
      idleSince: () => peer.session?.idleSince() ?? null,
      handOver: async (reason) => {
        if (peer.session?.handOver === undefined) end(peer);
        else await peer.session.handOver(reason);
      },
    };
  }

  /** The peer sends no more. It may have left, but scripts that pipe a request into a socket still read the answer. */
  function letGo(peer: OpenConnection): void {
    const { socket } = peer.connection;
    if (peer.streaming) socket.destroy();
    const deadline = setTimeout(() => {
      if (!peer.response?.headersSent) socket.destroy();
    }, limits.closeGraceMs);
    deadline.unref();
    socket.once('close', () => clearTimeout(deadline));
  }

  function end(peer: OpenConnection): void {
    const { socket } = peer.connection;
    if (peer.ending) return;
    peer.ending = true;
    const { response } = peer;
    if (response === null) {
      endGently(socket, limits.closeGraceMs);
      return;
    }
    // A stream has no end of its own; the answer to the call that ends the daemon may be about to be written.
    if (response.headersSent) response.end();
    response.once('close', () => endGently(socket, limits.closeGraceMs));
    const deadline = setTimeout(() => socket.destroy(), limits.closeGraceMs);
    deadline.unref();
    socket.once('close', () => clearTimeout(deadline));
  }

  return { take };
}

function setReading(peer: OpenConnection, reading: boolean): void {
  if (peer.reading === reading) return;
  peer.reading = reading;
  if (reading) peer.connection.socket.resume();
  else peer.connection.socket.pause();
}

/** Sent, or lost with the connection. */
const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.closed || response.destroyed) resolve();
    else response.once('close', () => resolve());
  });

/**
 * One session for each name that requests of the connection bring; there are no more than users. Cannot notify: HTTP has
 * no way to speak unasked.
 */
function sessionsOf({ id, peer, socket }: HttpConnection): (identity: Identity) => Session {
  const sessions = new Map<string | null, Session>();
  const onClose = (release: () => void): void => {
    if (socket.destroyed) release();
    else socket.once('close', release);
  };
  return (identity) => {
    const known = sessions.get(identity.name) ?? {
      id,
      peer: peer.name,
      actor: describeActor(peer, identity),
      role: identity.role,
      onClose,
    };
    sessions.set(identity.name, known);
    return known;
  };
}

/** For what was not even a request. */
const rawErrorReply = (status: number): string => rawReply(finalErrorReply(status));

function rawReply({ status, headers, body }: Reply): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reasonOf(status)}\r\n${lines.join('')}\r\n${body}`;
}
