/**
 * The first moments of a connection: its first byte, or the one after a preface, tells MessagePack from HTTP, and each gets the
 * socket with what was read so far. A peer that says nothing, or something else, is shown out.
 */

import type { Socket } from 'node:net';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import type { Dispatch } from '../commands/method.ts';
import type { ServerSpec } from '../model/program-spec.ts';
import { isArray } from '../protocol/frame.ts';
import { afterPreface } from '../protocol/preface.ts';
import type { Access } from './access.ts';
import { endGently } from './end-gently.ts';
import type { ServerLimits } from './limits.ts';
import type { Peer } from './peer.ts';
import { serveLater } from './serve-later.ts';
import type { ServerLog } from './server-log.ts';
import type { ServedConnection, SessionOptions } from './session.ts';
import { beginsLikeHttp } from './show-out.ts';

/** A connection that begins like HTTP. Whoever gets it owns it: data, errors and end. */
export interface HttpConnection {
  readonly socket: Socket;
  /** Already read from the paused socket; `socket.unshift` puts it back, `socket.resume` starts it again. */
  readonly firstBytes: Buffer;
  readonly id: number;
  readonly peer: Peer;
  readonly server: ServerSpec;
  /** To be called when something large may have been given to the peer to read. */
  readonly onOutput: () => void;
  readonly access: Access;
  /** Largest message of a session. */
  readonly messageBytes: number;
  /** For a session that what the connection is turned into may carry. */
  readonly session: Omit<SessionOptions, 'socket' | 'firstBytes' | 'identity'>;
}

/** Returns how the server holds the connection. */
export type HttpHandler = (connection: HttpConnection) => ServedConnection;

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly id: number;
  readonly peer: Peer;
  readonly server: ServerSpec;
  readonly access: Access;
  readonly dispatch: Dispatch;
  readonly http: HttpHandler | null;
  readonly log: ServerLog;
  readonly limits: ServerLimits;
  readonly version: string;
  /** Called when something large may have been given to the peer to read. */
  readonly onOutput: () => void;
}

/** Returns how the server holds the connection. */
export function acceptConnection(options: ConnectionOptions): ServedConnection {
  const { socket, id, peer, server, access, log, limits, onOutput } = options;
  let served: ServedConnection = { end: () => socket.destroy(), idleSince: () => null };

  let onSpoken = (): void => {};
  const spoken = new Promise<void>((resolve) => {
    onSpoken = resolve;
  });

  const silence = setTimeout(() => {
    log.warn(`closed the connection of ${peer.name}: it said nothing`);
    socket.destroy();
  }, limits.firstByteMs);
  silence.unref();

  const onError = (error: Error): void => log.debug(`connection of ${peer.name}: ${error.message}`);
  const onEnd = (): void => socket.destroySoon();
  const onClose = (): void => clearTimeout(silence);
  let received: Buffer = Buffer.alloc(0);
  const onBytes = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    const firstBytes = afterPreface(received);
    if (firstBytes.length === 0) return;
    clearTimeout(silence);
    onSpoken();
    socket.removeListener('data', onBytes);
    socket.pause();
    socket.removeListener('end', onEnd);
    socket.removeListener('close', onClose);
    const first = firstBytes[0] ?? 0;
    if (isArray(first)) {
      socket.removeListener('error', onError);
      // At once: an end that comes while nothing is left to read, and nobody listens yet, would never be heard of again.
      socket.unshift(firstBytes);
      const load = async () => {
        const { runSession } = await import('./session.ts');
        return () => runSession({ ...options, firstBytes: new Uint8Array(0) });
      };
      served = serveLater({ socket, what: 'MessagePack-RPC', log, load });
    } else if (!beginsLikeHttp(firstBytes)) {
      log.warn(`closed the connection of ${peer.name}: it speaks neither MessagePack-RPC nor HTTP`);
      endGently(socket, limits.closeGraceMs);
    } else if (options.http === null) {
      socket.write(httpNotOffered);
      endGently(socket, limits.closeGraceMs);
    } else {
      socket.removeListener('error', onError);
      served = options.http({
        socket,
        firstBytes,
        id,
        peer,
        server,
        access,
        onOutput,
        messageBytes: limits.framesAfter.maxBytes,
        session: options,
      });
    }
  };

  socket.on('error', onError);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.on('data', onBytes);
  return {
    end: (reason) => served.end(reason),
    idleSince: () => served.idleSince(),
    handOver: async (reason) => {
      // Whoever has just connected is about to speak, and the words of others may be on their way through the loop.
      await Promise.race([spoken, pause(limits.handoverSilenceMs, undefined, { ref: false })]);
      await setImmediate();
      if (served.handOver === undefined) served.end(reason);
      else await served.handOver(reason);
    },
  };
}

const notOfferedText = 'This socket speaks MessagePack-RPC only.\n';

const httpNotOffered = [
  'HTTP/1.1 501 Not Implemented',
  'Content-Type: text/plain',
  `Content-Length: ${notOfferedText.length}`,
  'Connection: close',
  '',
  notOfferedText,
].join('\r\n');
