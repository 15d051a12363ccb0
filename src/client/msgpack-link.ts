/**
 * One connection to a server that speaks MessagePack-RPC: pipelined requests, and notifications given to the subscription
 * they belong to. It knows no method of the control interface. An idle link does not keep the process alive.
 */

import { createConnection } from 'node:net';
import { Fault } from '../model/errors.ts';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { createFrameReader, type FrameLimits } from '../protocol/frame.ts';
import type { NotificationMessage, ResponseMessage } from '../protocol/messages.ts';
import { notifications, unauthorizedCode } from '../protocol/messages.ts';
import { preface } from '../protocol/preface.ts';
import {
  askAgain,
  connectionEnded,
  connectionProblem,
  garbled,
  otherProtocol,
  unauthorized,
} from './connection-problem.ts';
import { ConnectionProblem } from './control-client.ts';
import { describeEndpoint, type Endpoint, type Secured } from './endpoint.ts';

export interface Subscriber {
  /** What the method has answered, before the first notification. */
  readonly onReply?: (reply: unknown) => void;
  /** `params` without the number of the subscription. */
  readonly onNotification: (method: string, params: readonly unknown[]) => void;
  readonly onMissed: (count: number) => void;
  /** The connection is gone; null when it was ended in an orderly way by either side. */
  readonly onClosed: (problem: ConnectionProblem | null) => void;
}

export interface MsgpackLink {
  readonly open: boolean;
  /** Rejects with `Fault` or `ConnectionProblem`. */
  call(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Calls a method that answers `{ subscription }`; from its reply on, notifications go to the subscriber. */
  subscribe(method: string, params: readonly unknown[], subscriber: Subscriber): Promise<number>;
  /** Gives the subscriber nothing any more; ending it at the server is a call. */
  forget(subscription: number): void;
  close(): void;
}

interface PendingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (problem: Error) => void;
  readonly subscriber: Subscriber | null;
}

/** Enough for the list of all processes of a huge configuration. */
const replyLimits: FrameLimits = { maxBytes: 256 * 1024 * 1024, maxDepth: 64, maxValues: 16_000_000 };

/** What fits into sockaddr_un beside the final zero; a longer path would be cut off silently. */
const maxSocketPathBytes = 107;

/** Begins to connect; calls may be made at once, and fail when the connection does. */
export function openMsgpackLink(endpoint: Endpoint & Secured & { readonly username?: string | null }): MsgpackLink {
  const givesName = (endpoint.username ?? null) !== null;
  const place = describeEndpoint(endpoint);
  const pending = new Map<number, PendingCall>();
  const subscribers = new Map<number, Subscriber>();
  const reader = createFrameReader(replyLimits);
  let lastId = -1;
  let heardMessage = false;
  let reason: string | null = null;
  let upgraded = false;
  let ended: ConnectionProblem | null = null;

  const socket = endpoint.dial?.() ?? createConnection(endpoint);
  // Leaves together with the first request.
  socket.cork();
  socket.write(preface);
  process.nextTick(() => socket.uncork());
  socket.on('data', (chunk: Uint8Array) => {
    if (ended !== null) return;
    reader.append(chunk);
    readMessages();
  });
  socket.on('error', (error) => {
    const problem = connectionProblem(error);
    const shownOut = !heardMessage && (problem.code === 'ECONNRESET' || problem.code === 'EPIPE');
    finish(shownOut ? otherProtocol(place) : problem, false);
  });
  socket.on('end', () => finish(heardMessage ? connectionEnded(place, reason) : otherProtocol(place), heardMessage));
  if ('path' in endpoint && Buffer.byteLength(place) > maxSocketPathBytes) {
    socket.destroy(Object.assign(new Error(`AF_UNIX path too long: ${place}`), { code: 'ENAMETOOLONG' }));
  }

  function readMessages(): void {
    while (ended === null) {
      const frame = reader.next();
      if (frame.kind === 'incomplete') return;
      const decoded = frame.kind === 'message' ? decodeMessage(frame.bytes) : null;
      if (decoded === null || decoded.kind === 'invalid' || decoded.message.type === 'request') {
        finish(heardMessage ? garbled(place) : otherProtocol(place), false);
        return;
      }
      heardMessage = true;
      if (decoded.message.type === 'response') settle(decoded.message);
      else deliver(decoded.message);
    }
  }

  function settle({ id, error, result }: ResponseMessage): void {
    const call = pending.get(id);
    if (call === undefined) return;
    pending.delete(id);
    if (error === null) {
      const subscription = call.subscriber === null ? null : subscriptionOf(result);
      // At once and not after the promise: the first notification may follow in the same chunk.
      if (call.subscriber !== null && subscription !== null) {
        subscribers.set(subscription, call.subscriber);
        call.subscriber.onReply?.(result);
      }
      call.resolve(result);
    } else {
      call.reject(
        error.code === unauthorizedCode
          ? unauthorized(place, givesName, detailOf(error.message))
          : new Fault(error.code, error.message),
      );
    }
    keepAliveWhileNeeded();
  }

  function deliver({ method, params }: NotificationMessage): void {
    const [first, ...rest] = params;
    if (method === notifications.missed) {
      const count = typeof first === 'number' ? first : 0;
      for (const subscriber of [...subscribers.values()]) subscriber.onMissed(count);
    } else if (method === notifications.closing) {
      reason = typeof first === 'string' ? first : null;
      upgraded = rest[0] === 'upgrade';
    } else if (typeof first === 'number') {
      subscribers.get(first)?.onNotification(method, rest);
    }
  }

  function finish(problem: ConnectionProblem, orderly: boolean): void {
    if (ended !== null) return;
    ended = upgraded ? askAgain(place) : problem;
    socket.destroy();
    const calls = [...pending.values()];
    const listeners = [...subscribers.values()];
    pending.clear();
    subscribers.clear();
    for (const call of calls) call.reject(ended);
    for (const subscriber of listeners) subscriber.onClosed(orderly ? null : problem);
  }

  function request(method: string, params: readonly unknown[], subscriber: Subscriber | null): Promise<unknown> {
    if (ended !== null) return Promise.reject(ended);
    lastId = (lastId + 1) % 0x1_0000_0000;
    const id = lastId;
    const bytes = encodeMessage({ type: 'request', id, method, params });
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject, subscriber });
      keepAliveWhileNeeded();
      socket.write(bytes);
    });
  }

  function keepAliveWhileNeeded(): void {
    if (pending.size > 0 || subscribers.size > 0) socket.ref();
    else socket.unref();
  }

  return {
    get open() {
      return ended === null;
    },
    call: (method, params) => request(method, params, null),
    subscribe: async (method, params, subscriber) => {
      const subscription = subscriptionOf(await request(method, params, subscriber));
      if (subscription === null) throw garbled(place);
      return subscription;
    },
    forget: (subscription) => {
      subscribers.delete(subscription);
      keepAliveWhileNeeded();
    },
    close: () => finish(new ConnectionProblem('broken', 'the connection was closed on this side'), true),
  };
}

/** What the server says beyond the bare refusal. */
const detailOf = (message: string): string | null => /^UNAUTHORIZED: (.+)$/.exec(message)?.[1] ?? null;

function subscriptionOf(reply: unknown): number | null {
  if (typeof reply !== 'object' || reply === null || !('subscription' in reply)) return null;
  return typeof reply.subscription === 'number' ? reply.subscription : null;
}
