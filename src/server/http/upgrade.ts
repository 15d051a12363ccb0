/**
 * Requests that ask for another protocol. Only a WebSocket at `/rpc` is one this server speaks; all others are requests
 * like any, as they are to a server that has never heard of upgrades.
 */

import type { IncomingMessage } from 'node:http';
import type { ServerLog } from '../server-log.ts';
import { parseTarget } from './request-path.ts';
import { otherSite } from './request-site.ts';
import { identifyVisitor, refuseSite, type Visit, type Visitor } from './visitor.ts';

export const webSocketPath = '/rpc';

export const asksForWebSocket = ({ method, url, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && parseTarget(url ?? '/').path === webSocketPath;

/** Browsers let any page open a WebSocket to anywhere, so that every one is looked at as a change would be. */
export function admitWebSocket(visit: Visit, log: ServerLog): Visitor {
  const visitor = identifyVisitor(visit, log);
  const site = otherSite(visit.request.headers);
  if (visitor.kind === 'refused' || site === null) return visitor;
  return { kind: 'refused', reply: refuseSite(visit, log, site) };
}

/** The request as it came, without what asks for the other protocol. */
export function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const kept = /^connection$/i.test(name) ? connectionWithoutUpgrade(value) : value;
    if (kept !== '' || value === '') lines.push(`${name}: ${kept}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

const connectionWithoutUpgrade = (value: string): string =>
  value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => !/^(upgrade|http2-settings)$/i.test(word))
    .join(', ');
