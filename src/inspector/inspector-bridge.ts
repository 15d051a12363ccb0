/**
 * Connects to a listener of the Stately inspector's protocol and goes on trying as long as there is none. Whatever the
 * other side does, or does not do, costs a connection and a line in the log; it holds up nothing and fills no memory.
 */

import { WebSocket } from 'ws';
import type { AnyActorRef } from 'xstate';
import { withoutSecrets } from '../model/secrets.ts';
import { feedInspector } from './inspection-feed.ts';

export interface BridgeOptions {
  readonly root: AnyActorRef;
  /** `ws://…` or `wss://…`. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Milliseconds before the second attempt; doubled after each, up to `mostPauseMs`. */
  readonly pauseMs?: number;
}

const usualPauseMs = 1000;
const mostPauseMs = 30_000;
/** Unread bytes above which introductions wait, and above which a listener is given up. */
const comfortableBytes = 1024 * 1024;
const mostBytes = 16 * 1024 * 1024;
const greetingMs = 10_000;

/** Returns the function that ends it. */
export function openInspectorBridge({ root, url, now, log, pauseMs = usualPauseMs }: BridgeOptions): () => void {
  let closed = false;
  let pause = pauseMs;
  let retry: NodeJS.Timeout | null = null;
  let socket: WebSocket | null = null;
  const shownUrl = withoutSecrets(url);
  /** Said once, until it has been different. */
  let told = '';

  const tell = (say: 'info' | 'warn', message: string): void => {
    if (message !== told) log[say](`inspector ${shownUrl}: ${message}`);
    told = message;
  };

  const connect = (): void => {
    const attempt = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: greetingMs, maxPayload: 1024 });
    socket = attempt;
    let problem = 'connection closed';
    let endFeed: () => void = () => {};
    attempt.on('error', (error) => {
      problem = error.message === '' ? 'cannot be reached' : error.message;
    });
    attempt.on('open', () => {
      tell('info', 'connected');
      pause = pauseMs;
      endFeed = feedInspector({
        root,
        now,
        send: (message) => {
          if (attempt.readyState !== WebSocket.OPEN) return;
          if (attempt.bufferedAmount > mostBytes) {
            problem = 'does not read what it is sent';
            attempt.terminate();
          } else attempt.send(JSON.stringify(message));
        },
        room: () => roomIn(attempt),
        onDefect: (error) => {
          problem = `internal error: ${error instanceof Error ? error.stack : String(error)}`;
          attempt.terminate();
        },
      });
    });
    attempt.on('close', () => {
      endFeed();
      if (closed) return;
      tell('warn', `${problem}; trying again`);
      retry = setTimeout(connect, pause);
      retry.unref();
      pause = Math.min(mostPauseMs, pause * 2);
    });
  };

  connect();
  return () => {
    closed = true;
    if (retry !== null) clearTimeout(retry);
    socket?.terminate();
  };
}

/** Waits while much is unread; what is closed has room, for nothing is sent there any more. */
function roomIn(socket: WebSocket): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount < comfortableBytes) return Promise.resolve();
  return new Promise((resolve) => {
    const ended = (): void => resolve();
    socket.once('close', ended);
    // Its callback comes when all before it has been written.
    socket.ping(undefined, undefined, () => {
      socket.off('close', ended);
      resolve();
    });
  });
}
