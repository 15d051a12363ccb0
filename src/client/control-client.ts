/** A connection to a supervisor as the command line and tests see it, whatever protocol it speaks. */

export type LogChannel = 'stdout' | 'stderr';

export interface ControlClient {
  /** The address as Supervisor's messages show it. */
  readonly serverUrl: string;
  /** Rejects with `Fault` (refused by the server) or `ConnectionProblem`. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /**
   * Follows a log from its last 1024 bytes until `signal` aborts (then resolves) or the server ends the stream.
   * `process` null = the daemon's own log. Rejects with `LogNotAvailable` when there is no such log, or
   * `ConnectionProblem`.
   */
  followLog(options: {
    readonly process: string | null;
    readonly channel: LogChannel;
    readonly onBytes: (bytes: Uint8Array) => void;
    /** The server dropped so many pieces of output because they were read too slowly. */
    readonly onMissed?: (count: number) => void;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /**
   * Subscribes with a `subscribe.*` method until `signal` aborts or the server ends the connection in an orderly way; then
   * resolves. Rejects with `Fault` (UNKNOWN_METHOD where the protocol cannot notify) or `ConnectionProblem`.
   */
  subscribe(options: SubscribeOptions): Promise<void>;
  close(): void;
}

export interface SubscribeOptions {
  readonly method: string;
  readonly params: readonly unknown[];
  /** The reply, before the first notification. */
  readonly onReply: (reply: unknown) => void;
  /** `params` without the number of the subscription. */
  readonly onNotification: (method: string, params: readonly unknown[]) => void;
  /** The server dropped so many notifications because they were read too slowly. */
  readonly onMissed: (count: number) => void;
  readonly signal: AbortSignal;
}

export type ConnectionProblemKind =
  /** Nobody listens at the address. */
  | 'refused'
  /** The socket file does not exist. */
  | 'no-such-file'
  /** The socket may not be opened by this user. */
  | 'no-permission'
  /** Username and password are missing or wrong. */
  | 'unauthorized'
  /** The certificate of the server is not to be trusted, or the server does not speak TLS, or does not trust ours. */
  | 'untrusted'
  /** The connection ended, or the other side does not speak the protocol. */
  | 'broken';

export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem';
  readonly kind: ConnectionProblemKind;
  /** The system's error code where there is one: `ECONNREFUSED`. `EPROTO`: the other side speaks another protocol.
   * `EAGAIN`: another version has taken its place before the request was begun. */
  readonly code: string | null;

  constructor(kind: ConnectionProblemKind, message: string, code: string | null = null) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** The server answered with an HTTP status that is no answer, such as 500. For 401 there is `unauthorized`. */
export class HttpRefusal extends ConnectionProblem {
  readonly status: number;
  /** The words that came with the status: `Internal Server Error`. */
  readonly reason: string;

  constructor(path: string, status: number, reason: string) {
    super('broken', `the server at ${path} answered with the HTTP status ${status} ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

/** The process or channel has no log to follow (HTTP would say 404). */
export class LogNotAvailable extends Error {
  override readonly name = 'LogNotAvailable';
}
