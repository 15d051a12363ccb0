/**
 * A WebSocket as the carrier of a session: one message of MessagePack-RPC in each binary frame. Loaded when the first
 * client asks for one.
 */

import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { MessageSocket } from '../message-socket.ts';

export interface WebSocketOptions {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came behind the request already. */
  readonly head: Buffer;
  readonly messageBytes: number;
  /** How long, in milliseconds, a message may take from its first byte to its last, and a peer to say goodbye. */
  readonly messageMs: number;
  readonly closeGraceMs: number;
  /** What the peer did against the protocol; completes `closed the connection of …: it …`. */
  readonly onViolation: (what: string) => void;
}

/** Answers the request. Calls `begin` when the peer is understood, otherwise the request is refused and the connection ends. */
export function acceptWebSocket(options: WebSocketOptions, begin: (carrier: MessageSocket) => void): void {
  const { request, socket, head, onViolation } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.messageBytes,
    autoPong: false,
  });
  server.on('wsClientError', (error) => {
    onViolation(`asked for a WebSocket in a way that cannot be answered (${error.message})`);
    socket.end(`HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  server.handleUpgrade(request, socket, head, (webSocket) => begin(carry(webSocket, options)));
}

/** Unread bytes above which a ping is not answered: they cost the peer little, and must not fill the memory. */
const pongBytes = 64 * 1024;

function carry(webSocket: WebSocket, options: WebSocketOptions): MessageSocket {
  const { socket, onViolation } = options;
  const events = new EventEmitter();
  let unfinished: NodeJS.Timeout | null = null;

  const forgetRest = (): void => {
    if (unfinished !== null) clearTimeout(unfinished);
    unfinished = null;
  };
  /** Frames of a message that was begun are kept until its last one. */
  const expectRest = (): void => {
    if (unfinished !== null || webSocket.isPaused) return;
    unfinished = setTimeout(() => breakOff(1002, 'left a message unfinished'), options.messageMs);
    unfinished.unref();
  };
  function breakOff(code: number, what: string): void {
    onViolation(what);
    webSocket.close(code);
    const deadline = setTimeout(() => webSocket.terminate(), options.closeGraceMs);
    deadline.unref();
  }

  // Before the frames are taken apart, whose end is what is waited for.
  socket.prependListener('data', expectRest);
  webSocket.on('message', (data, isBinary) => {
    forgetRest();
    if (webSocket.readyState !== WebSocket.OPEN) return;
    if (!isBinary || !(data instanceof Uint8Array))
      breakOff(1003, 'sent text, where only binary messages are understood');
    else events.emit('data', data);
  });
  webSocket.on('ping', (data) => {
    forgetRest();
    if (socket.writableLength < pongBytes) webSocket.pong(data);
  });
  webSocket.on('pong', forgetRest);
  webSocket.on('error', (error: Error & { readonly code?: string }) => {
    const isViolation = error.code?.startsWith('WS_ERR_') ?? false;
    // Its close frame is on its way already.
    if (isViolation) breakOff(1002, `broke the WebSocket protocol (${error.message})`);
    else events.emit('error', error);
  });
  webSocket.on('close', () => {
    forgetRest();
    events.emit('close');
  });

  return {
    get writable() {
      return webSocket.readyState === WebSocket.OPEN;
    },
    get writableLength() {
      return webSocket.bufferedAmount;
    },
    get destroyed() {
      return webSocket.readyState === WebSocket.CLOSED;
    },
    cork: () => socket.cork(),
    uncork: () => socket.uncork(),
    write: (bytes, written) => webSocket.send(bytes, { binary: true, fin: true }, written),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    isPaused: () => webSocket.isPaused,
    end: () => webSocket.close(1000),
    destroy: () => webSocket.terminate(),
    on: (event: string, listener: (value: never) => void) => events.on(event, listener as () => void),
    once: (event: string, listener: () => void) => events.once(event, listener),
  };
}
