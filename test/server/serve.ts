/** A control server with a scripted dispatch on a socket in a folder of its own, for the tests of server and client. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dispatch } from '../../src/commands/method.ts';
import { Fault } from '../../src/model/errors.ts';
import type { Credentials, InetServerSpec, ServerSpec, UserAccount } from '../../src/model/program-spec.ts';
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts';
import { createFrameReader } from '../../src/protocol/frame.ts';
import type { Message } from '../../src/protocol/messages.ts';
import type { HttpHandler } from '../../src/server/connection.ts';
import { type ControlServer, createControlServer } from '../../src/server/control-server.ts';
import { defaultLimits, type ServerLimits } from '../../src/server/limits.ts';
import type { ServerLog } from '../../src/server/server-log.ts';
import { waitFor } from '../helpers/wait.ts';

export interface Served extends AsyncDisposable {
  readonly server: ControlServer;
  readonly folder: string;
  readonly path: string;
  /** `LEVEL message`, without those at debug level. */
  readonly logLines: string[];
  readonly notices: string[];
}

export interface ServeOptions {
  readonly dispatch?: Dispatch;
  readonly credentials?: Credentials | null;
  readonly users?: () => readonly UserAccount[];
  readonly limits?: Partial<ServerLimits>;
  readonly http?: HttpHandler;
  readonly ready?: Promise<void>;
}

/** Answers its parameters. */
export const echo: Dispatch = async (_name, params) => params;

export async function serve(options: ServeOptions = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-server-'));
  const path = join(folder, 's.sock');
  const logLines: string[] = [];
  const notices: string[] = [];
  const server = createControlServer({
    servers: [unixServer(path, options.credentials ?? null)],
    users: options.users ?? (() => []),
    dispatch: options.dispatch ?? echo,
    log: recordingLog(logLines),
    ...(options.http === undefined ? {} : { http: options.http }),
    ...(options.ready === undefined ? {} : { ready: options.ready }),
    version: '1.2.3',
    notice: (line) => notices.push(line),
    limits: { ...defaultLimits, ...options.limits },
  });
  const problem = await server.listen();
  if (problem !== null) throw new Error(`cannot listen: ${JSON.stringify(problem)}`);
  return {
    server,
    folder,
    path,
    logLines,
    notices,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const unixServer = (path: string, credentials: Credentials | null = null): ServerSpec => ({
  kind: 'unix',
  section: 'unix_http_server',
  path,
  mode: 0o700,
  owner: null,
  credentials,
  anonymousRole: 'admin',
});

/** On a free port of this machine unless the test says otherwise. */
export const inetServer = (values: Partial<InetServerSpec> = {}): InetServerSpec => ({
  kind: 'inet',
  section: 'inet_http_server',
  host: '127.0.0.1',
  port: 0,
  credentials: null,
  anonymousRole: 'admin',
  allowUnauthenticated: false,
  tls: null,
  ...values,
});

/** What the daemon's log calls a peer that this process is. */
export const ownName = `uid=${process.getuid?.()} pid=${process.pid}`;

export const recordingLog = (lines: string[]): ServerLog => ({
  critical: (message) => lines.push(`CRIT ${message}`),
  error: (message) => lines.push(`ERRO ${message}`),
  warn: (message) => lines.push(`WARN ${message}`),
  debug: () => {},
});

/** A peer that sends whatever bytes it likes and records what it is told. */
export interface RawPeer {
  readonly socket: Socket;
  readonly messages: Message[];
  send(message: Message): void;
  /** Everything received, as text. */
  text(): string;
  readonly closed: () => boolean;
}

export async function rawPeer(place: string | { readonly host: string; readonly port: number }): Promise<RawPeer> {
  const address = typeof place === 'string' ? { path: place } : place;
  const socket = connect({ ...address, allowHalfOpen: true });
  const messages: Message[] = [];
  const chunks: Buffer[] = [];
  const reader = createFrameReader({ maxBytes: 1 << 30, maxDepth: 100, maxValues: 1 << 30 });
  let closed = false;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    reader.append(chunk);
    for (let frame = reader.next(); frame.kind === 'message'; frame = reader.next()) {
      const decoded = decodeMessage(frame.bytes);
      if (decoded.kind === 'message') messages.push(decoded.message);
    }
  });
  // A server that shows a peer out may do so while the peer is still writing.
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    closed = true;
  });
  await once(socket, 'connect');
  return {
    socket,
    messages,
    send: (message) => socket.write(encodeMessage(message)),
    text: () => Buffer.concat(chunks).toString('latin1'),
    closed: () => closed,
  };
}

export const request = (id: number, method: string, ...params: readonly unknown[]): Message => ({
  type: 'request',
  id,
  method,
  params,
});

export const response = (id: number, result: unknown): Message => ({ type: 'response', id, error: null, result });

export const refusal = (id: number, code: number, message: string): Message => ({
  type: 'response',
  id,
  error: { code, message },
  result: null,
});

/** Polls until it holds, and says what did not. */
export const until = async (what: string, holds: () => boolean): Promise<void> => {
  await waitFor(what, holds, { everyMs: 5 });
};

/** A method that never answers until it is told to. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export const badName = (name: string): Fault => Fault.of('BAD_NAME', name);
