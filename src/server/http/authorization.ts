/** Basic authentication: who makes a request, or why it may not pass the server section it came in by. */

import type { Access, Login } from '../access.ts';
import type { Peer } from '../peer.ts';
import { errorReply, finalErrorReply, type Reply } from './reply.ts';

export type Authorization = Login | { readonly kind: 'missing' };

/** `header` is the value of `Authorization`. Malformed ones, on which Supervisor fails, count as missing. */
export function authorize(access: Access, header: string | undefined, peer: Peer): Authorization {
  const pair = header === undefined ? null : readBasic(header);
  if (pair !== null) return access.login(pair.username, pair.password, peer);
  return access.anonymous === null ? { kind: 'missing' } : { kind: 'accepted', identity: access.anonymous };
}

function readBasic(header: string): { readonly username: string; readonly password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export const unauthorized = (): Reply => finalErrorReply(401, { 'WWW-Authenticate': 'Basic realm="default"' });

const msPerSecond = 1000;

/** @param waitMs milliseconds until another password is looked at. */
export function tooManyLogins(waitMs: number): Reply {
  const { status, headers, body } = errorReply(429, 'too many wrong passwords came from this address');
  const wait = String(Math.ceil(waitMs / msPerSecond));
  return { status, headers: { Connection: 'close', 'Retry-After': wait, ...headers }, body };
}
