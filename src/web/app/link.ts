/**
 * The page's connection to the daemon: the control protocol over a WebSocket. It connects again by itself when it is lost, and
 * begins every subscription anew; a reply that never comes is a lost connection.
 */

import { decodeMessage, encodeMessage } from '../../protocol/codec.ts';
import { type NotificationMessage, notifications, type ResponseMessage } from '../../protocol/messages.ts';
import { pauseBefore } from './reconnecting.ts';

/** What the daemon refused, in its own words. */
export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** Nobody knows what became of the request. */
export class Disconnected extends Error {
  constructor() {
    super('the connection to the daemon was lost');
    this.name = 'Disconnected';
  }
}

export interface Feed {
  /** The method and its parameters, asked for each time it begins. */
  readonly request: () => readonly [method: string, ...params: readonly unknown[]];
  readonly onBegin: (reply: unknown) => void;
  readonly onNotification: (method: string, params: readonly unknown[]) => void;
  readonly onRefused: (refusal: Refusal) => void;
}

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** `retryAt`: epoch milliseconds of the next try. */
  | { readonly kind: 'lost'; readonly reason: string; readonly retryAt: number };

export interface Link {
  /** Rejects with `Refusal` or `Disconnected`. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Goes on across connections until the function that is returned is called. */
  subscribe(feed: Feed): () => void;
  retryNow(): void;
}

export interface LinkOptions {
  readonly address: string;
  readonly onState: (state: LinkState) => void;
}

interface PendingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (problem: Error) => void;
}

/** Milliseconds. Also keeps proxies from closing a connection on which nothing happens. */
const beatEvery = 20_000;
const beatPatience = 10_000;

export function openLink({ address, onState }: LinkOptions): Link {
  const pending = new Map<number, PendingCall>();
  const feeds = new Map<Feed, number | null>();
  let socket: WebSocket | null = null;
  let lastId = 0;
  let tries = 0;
  let reason = '';
  let retry: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    clearTimeout(retry);
    const opened = new WebSocket(address);
    socket = opened;
    opened.binaryType = 'arraybuffer';
    reason = '';
    onState({ kind: 'connecting' });
    let beat: ReturnType<typeof setInterval> | undefined;
    opened.addEventListener('open', () => {
      tries = 0;
      onState({ kind: 'open' });
      for (const feed of feeds.keys()) begin(feed);
      beat = setInterval(() => void beatOnce(opened), beatEvery);
    });
    opened.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) take(new Uint8Array(data));
    });
    opened.addEventListener('close', () => {
      clearInterval(beat);
      if (socket === opened) lost();
    });
  }

  async function beatOnce(opened: WebSocket): Promise<void> {
    const deadline = setTimeout(() => {
      if (socket !== opened) return;
      reason = 'the daemon does not answer';
      opened.close();
      lost();
    }, beatPatience);
    await call('session.hello').catch(() => {});
    clearTimeout(deadline);
  }

  function lost(): void {
    socket = null;
    const calls = [...pending.values()];
    pending.clear();
    for (const feed of feeds.keys()) feeds.set(feed, null);
    for (const { reject } of calls) reject(new Disconnected());
    const pause = pauseBefore(tries, Math.random());
    tries += 1;
    onState({ kind: 'lost', reason, retryAt: Date.now() + pause });
    retry = setTimeout(connect, pause);
  }

  function take(bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes);
    if (decoded.kind === 'invalid') socket?.close();
    else if (decoded.message.type === 'response') settle(decoded.message);
    else if (decoded.message.type === 'notification') deliver(decoded.message);
  }

  function settle({ id, error, result }: ResponseMessage): void {
    const call = pending.get(id);
    pending.delete(id);
    if (error === null) call?.resolve(result);
    else call?.reject(new Refusal(error.code, error.message));
  }

  function deliver({ method, params }: NotificationMessage): void {
    const [first, ...rest] = params;
    if (method === notifications.closing) reason = typeof first === 'string' ? first : '';
    else if (method === notifications.missed) for (const feed of feeds.keys()) restart(feed);
    else for (const [feed, number] of feeds) if (number === first) feed.onNotification(method, rest);
  }

  function call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => send(method, params, { resolve, reject }));
  }

  function send(method: string, params: readonly unknown[], waiting: PendingCall): void {
    if (socket?.readyState !== WebSocket.OPEN) {
      waiting.reject(new Disconnected());
      return;
    }
    lastId = (lastId + 1) % 0x1_0000_0000;
    pending.set(lastId, waiting);
    const bytes = encodeMessage({ type: 'request', id: lastId, method, params });
    socket.send(new Uint8Array(bytes));
  }

  function begin(feed: Feed): void {
    const [method, ...params] = feed.request();
    // At once and not after a promise: the first notification may be the next message.
    const resolve = (reply: unknown): void => {
      const number = subscriptionOf(reply);
      if (!feeds.has(feed)) {
        if (number !== null) call('subscribe.end', number).catch(() => {});
        return;
      }
      feeds.set(feed, number);
      feed.onBegin(reply);
    };
    const reject = (problem: Error): void => {
      if (problem instanceof Refusal && feeds.has(feed)) feed.onRefused(problem);
    };
    send(method, params, { resolve, reject });
  }

  function restart(feed: Feed): void {
    const number = feeds.get(feed) ?? null;
    if (number === null) return;
    feeds.set(feed, null);
    call('subscribe.end', number).catch(() => {});
    begin(feed);
  }

  connect();
  return {
    call,
    subscribe: (feed) => {
      feeds.set(feed, null);
      if (socket?.readyState === WebSocket.OPEN) begin(feed);
      return () => {
        const number = feeds.get(feed) ?? null;
        feeds.delete(feed);
        if (number !== null) call('subscribe.end', number).catch(() => {});
      };
    },
    retryNow: () => {
      if (socket === null) connect();
    },
  };
}

function subscriptionOf(reply: unknown): number | null {
  if (typeof reply !== 'object' || reply === null || !('subscription' in reply)) return null;
  return typeof reply.subscription === 'number' ? reply.subscription : null;
}
