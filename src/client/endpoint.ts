/** Where a server listens, and the words for it in messages. */

/** A unix socket by its absolute path, or a TCP port. An IPv6 address stands without brackets. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number };

/** What a client needs to know of its server. Username and password count only together. */
export type ServerAddress = Endpoint & {
  readonly username: string | null;
  readonly password: string | null;
};

export function describeEndpoint(endpoint: Endpoint): string {
  if ('path' in endpoint) return endpoint.path;
  const { host, port } = endpoint;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export const urlOf = (endpoint: Endpoint): string =>
  `${'path' in endpoint ? 'unix' : 'http'}://${describeEndpoint(endpoint)}`;
