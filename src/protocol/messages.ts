/**
 * The messages of MessagePack-RPC as this product uses it, and every name and number that belongs to the protocol itself
 * rather than to a method of the control interface. docs/reference/protocol.md describes the same for other languages.
 */

import type { Role } from '../model/role.ts';

/** 1: requests, subscriptions by notifications, authentication, hello. */
export const protocolVersion = 1;

/** What crosses the wire as the error of a response: a map of these two. */
export interface ErrorRecord {
  /** A fault code of the control interface, or `unauthorizedCode`. */
  readonly code: number;
  /** Supervisor's faultString: `NAME` or `NAME: extra`. */
  readonly message: string;
}

/** `[0, id, method, params]`. */
export interface RequestMessage {
  readonly type: 'request';
  /** 0 … 2^32 − 1, chosen by the client. */
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** `[1, id, error, result]`; error is nil when the request succeeded, result is nil when it did not. */
export interface ResponseMessage {
  readonly type: 'response';
  readonly id: number;
  readonly error: ErrorRecord | null;
  readonly result: unknown;
}

/** `[2, method, params]`. */
export interface NotificationMessage {
  readonly type: 'notification';
  readonly method: string;
  readonly params: readonly unknown[];
}

export type Message = RequestMessage | ResponseMessage | NotificationMessage;

/** The numbers that begin each message. */
export const messageTypes = { request: 0, response: 1, notification: 2 } as const;

/** Answer to any request before a successful `session.authenticate`. No fault of Supervisor has this number. */
export const unauthorizedCode = 401;

/** Methods the connection answers itself; all others go to the table of control methods. */
export const sessionMethods = {
  /** (client name, protocol version) → `HelloReply`. Allowed before authentication. */
  hello: 'session.hello',
  /** (username, password) → true. Allowed before authentication, that is its point. */
  authenticate: 'session.authenticate',
} as const;

export interface HelloReply {
  readonly server: 'statevisor';
  /** Of the product; '' when it is not told. */
  readonly version: string;
  readonly protocol: number;
  /** False as long as `session.authenticate` is needed. */
  readonly authenticated: boolean;
  /** What the peer may do on this connection; null until it has said who it is. */
  readonly role: Role | null;
}

/** Methods whose notifications are never sent before their reply, so that a client knows the subscription's number. */
export const subscriptionNamespace = 'subscribe.';

export const subscriptionMethods = {
  processes: 'subscribe.processes',
  log: 'subscribe.log',
  mainLog: 'subscribe.mainLog',
  overview: 'subscribe.overview',
  trace: 'subscribe.trace',
  end: 'subscribe.end',
} as const;

export const notifications = {
  /** [subscription, { group, process, from, to, pid, at }] */
  processChanged: 'process.changed',
  /** [subscription, bytes] */
  logBytes: 'log.bytes',
  /** [subscription, place]: the log goes on there, under the version of the server that takes over from this one. */
  logPlace: 'log.place',
  /** [subscription, { processes, removed }] */
  overviewChanged: 'overview.changed',
  /** [subscription, records] */
  traceRecords: 'trace.records',
  /** [count]: so many notifications were dropped since the last one that was sent, because the peer read too slowly. */
  missed: 'missed',
  /**
   * [reason]: the server is about to end this connection. [reason, 'upgrade']: another version takes its place; whatever
   * was not answered was not begun, and is to be asked again on another connection.
   */
  closing: 'session.closing',
} as const;
