/** Opens a listening TCP socket on IPv4 addresses as Supervisor does, and says in its words why it could not. */

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, isIP, type Socket } from 'node:net';
import { isLoopback } from '../os/loopback.ts';
import { keepListening, listenOnInherited } from './inherited-socket.ts';
import { inUse, type ListenProblem, listenFailed, openToAll } from './listen-problem.ts';

export interface InetSocketOptions {
  /** Address or name; '' = all interfaces. */
  readonly host: string;
  readonly port: number;
  /** A socket that listens there already, from the version that this one replaces; otherwise a new one is made. */
  readonly inherited?: number | null;
  /** Refuses to listen where other machines could connect. */
  readonly onlyLoopback: boolean;
  readonly onConnection: (socket: Socket) => void;
  /** An accept that failed, such as for lack of descriptors; the socket goes on listening. */
  readonly onAcceptError: (error: Error) => void;
}

export interface InetListener {
  /** `127.0.0.1:9001`. */
  readonly address: string;
  /** Stops accepting. Open connections live on. */
  close(): void;
  /** The same, but connections wait until somebody else accepts them from the descriptor. */
  handOver(): number | null;
}

export type InetSocketResult =
  | { readonly kind: 'listening'; readonly listener: InetListener }
  | { readonly kind: 'problem'; readonly problem: ListenProblem };

export async function openInetSocket(options: InetSocketOptions): Promise<InetSocketResult> {
  const place = `${options.host}:${options.port}`;
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, options.onConnection);
  let port = options.port;
  let host = '';
  try {
    host = await addressOf(options.host);
    // A name may mean another address than its reader thinks.
    if (options.onlyLoopback && !isLoopback(host)) return { kind: 'problem', problem: openToAll(place, host) };
    if (typeof options.inherited !== 'number') {
      server.listen({ host, port, backlog: 1024 });
      await once(server, 'listening');
    } else {
      await listenOnInherited(server, options.inherited);
    }
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null) port = bound.port;
  } catch (error) {
    const code = codeOf(error);
    return { kind: 'problem', problem: code === 'EADDRINUSE' ? inUse(place) : listenFailed(place, code) };
  }
  server.on('error', options.onAcceptError);
  const handOver = (): number | null => {
    const fd = keepListening(server);
    server.close();
    return fd;
  };
  return { kind: 'listening', listener: { address: `${host}:${port}`, close: () => void server.close(), handOver } };
}

async function addressOf(host: string): Promise<string> {
  if (host === '') return '0.0.0.0';
  if (isIP(host) !== 0) return host;
  return (await lookup(host, { family: 4 })).address;
}

/** The system's numbers for names that cannot be resolved; Supervisor reports them as they are. */
const resolverNumbers: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', '-2'],
  ['EAI_NONAME', '-2'],
  ['EAI_AGAIN', '-3'],
]);

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return resolverNumbers.get(code) ?? code;
}
