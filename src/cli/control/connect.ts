/**
 * Chooses the way to a server by its address. MessagePack-RPC is preferred; a server that does not speak it, such as an
 * original Supervisor, is spoken to in XML-RPC. Each protocol is loaded only when it is needed.
 */

import type { Socket } from 'node:net';
import { connectEither } from '../../client/connect-either.ts';
import type { Endpoint, InetEndpoint } from '../../client/endpoint.ts';
import type { ControlSpec } from '../../model/program-spec.ts';
import { ValueProblem } from './failure.ts';
import type { Connect } from './server-access.ts';
import { withoutPassword } from './shown-address.ts';

type TlsFiles = Pick<ControlSpec, 'tlsCa' | 'tlsCertificate' | 'tlsKey'>;

const unixScheme = 'unix://';
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http://', 80],
  ['https://', 443],
]);

/** Connects to `unix://<path>`, `http://<host>[:<port>]` or `https://<host>[:<port>]`. */
export const connectToServer: Connect = async ({ serverUrl, username, password, ...trust }) => {
  const endpoint = parseAddress(serverUrl);
  const dial = 'host' in endpoint && isSecure(serverUrl) ? { dial: await tlsDial(endpoint, trust) } : {};
  const address = { ...endpoint, ...dial, username, password };
  const { connectMsgpack } = await import('../../client/msgpack-client.ts');
  return connectEither(connectMsgpack(address), async () => {
    const { connectXmlRpc } = await import('../../client/xml-rpc-client.ts');
    return connectXmlRpc(address);
  });
};

const isSecure = (serverUrl: string): boolean => serverUrl.startsWith('https://');

async function tlsDial(
  { host, port }: InetEndpoint,
  { tlsCa, tlsCertificate, tlsKey }: TlsFiles,
): Promise<() => Socket> {
  const { createTlsDial } = await import('../../client/tls-dial.ts');
  try {
    return createTlsDial(host, port, { ca: tlsCa, certificate: tlsCertificate, key: tlsKey });
  } catch (error) {
    throw new ValueProblem(`TLS cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Throws `ValueProblem`. What the address holds besides is not shown: it may be a password. */
function parseAddress(serverUrl: string): Endpoint {
  if (serverUrl.startsWith(unixScheme)) return { path: serverUrl.slice(unixScheme.length) };
  const scheme = /^https?:\/\//.exec(serverUrl)?.[0];
  const shown = withoutPassword(serverUrl);
  if (scheme === undefined) throw new ValueProblem(`Unknown protocol for serverurl ${shown}`);
  if (!URL.canParse(serverUrl)) throw new ValueProblem(`Invalid host or port in serverurl ${shown}`);
  const { hostname, port } = new URL(serverUrl);
  const defaultPort = defaultPorts.get(scheme) ?? 0;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? defaultPort : Number(port) };
}
