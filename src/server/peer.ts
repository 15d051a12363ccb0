/** Who is at the other end of a connection, as far as the system knows. */

import type { Socket } from 'node:net';
import { peerCredentials } from '../os/process-calls.ts';

export interface Peer {
  /** For logs: `uid=1000 pid=4711`, or `127.0.0.1:50123`. */
  readonly name: string;
  /** What wrong passwords are counted by: a user of this machine, or an address. */
  readonly source: string;
  readonly transport: 'unix' | 'tcp' | 'tls';
  /** Whom the client's certificate names; null without one. */
  readonly certificate: string | null;
}

/** @param id names the connection where the system does not say who made it. */
export function unixPeer(socket: Socket, id: number): Peer {
  const descriptor = descriptorOf(socket);
  const credentials = descriptor === null ? null : peerCredentials(descriptor);
  const known = { transport: 'unix', certificate: null } as const;
  if (credentials === null) return { ...known, name: `connection=${id}`, source: 'unix' };
  const { uid, pid } = credentials;
  return { ...known, name: `uid=${uid} pid=${pid}`, source: `uid=${uid}` };
}

export const inetPeer = ({ remoteAddress = '', remotePort }: Socket): Peer => ({
  name: `${remoteAddress}:${remotePort}`,
  source: sourceOf(remoteAddress),
  transport: 'tcp',
  certificate: null,
});

/** A machine with IPv6 has a whole network of addresses to itself. */
function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

/** Node has no name for it: the number stands in the handle behind the socket. */
function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : null;
}
