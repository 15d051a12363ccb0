/**
 * Chooses the way to a server by its address. MessagePack-RPC is preferred; a server that does not speak it, such as an
 * original Supervisor, is spoken to in XML-RPC. Each protocol is loaded only when it is needed.
 */

import { connectEither } from '../../client/connect-either.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { ValueProblem } from './failure.ts';
import type { Connect } from './server-access.ts';

const unixScheme = 'unix://';
const httpScheme = 'http://';
const defaultPort = 80;

/** Connects to `unix://<path>` or `http://<host>[:<port>]`. */
export const connectToServer: Connect = async ({ serverUrl, username, password }) => {
  const address = { ...parseAddress(serverUrl), username, password };
  const { connectMsgpack } = await import('../../client/msgpack-client.ts');
  return connectEither(connectMsgpack(address), async () => {
    const { connectXmlRpc } = await import('../../client/xml-rpc-client.ts');
    return connectXmlRpc(address);
  });
};

/** Throws `ValueProblem`. */
function parseAddress(serverUrl: string): Endpoint {
  if (serverUrl.startsWith(unixScheme)) return { path: serverUrl.slice(unixScheme.length) };
  if (!serverUrl.startsWith(httpScheme)) throw new ValueProblem(`Unknown protocol for serverurl ${serverUrl}`);
  if (!URL.canParse(serverUrl)) throw new ValueProblem(`Invalid host or port in serverurl ${serverUrl}`);
  const { hostname, port } = new URL(serverUrl);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? defaultPort : Number(port) };
}
