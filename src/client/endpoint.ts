/** Where a server listens, and the words for it in messages. */

import type { Socket } from 'node:net';

/** A unix socket by its absolute path, or a TCP port. An IPv6 address stands without brackets. */
export type Endpoint = { readonly path: string } | InetEndpoint;

export interface InetEndpoint {
  readonly host: string;
  readonly port: number;
}

/** How connections to a port are opened that are more than plain TCP. */
export interface Secured {
  /** Begins to connect. */
  readonly dial?: () => Socket;
}

/** What a client needs to know of its server. Username and password count only together. */
export type ServerAddress = Endpoint &
  Secured & {
    readonly username: string | null;
    readonly password: string | null;
  };

export function describeEndpoint(endpoint: Endpoint): string {
  if ('path' in endpoint) return endpoint.path;
  const { host, port } = endpoint;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function urlOf(endpoint: Endpoint & Secured): string {
  const scheme = 'path' in endpoint ? 'unix' : endpoint.dial === undefined ? 'http' : 'https';
  return `${scheme}://${describeEndpoint(endpoint)}`;
}
