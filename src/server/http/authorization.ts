/** Basic authentication: whether a request may pass the server section it came in by. */

import type { Credentials } from '../../model/program-spec.ts';
import { acceptsCredentials, needsAuthentication } from '../credentials.ts';
import { finalErrorReply, type Reply } from './reply.ts';

/** `header` is the value of `Authorization`. Malformed ones, on which Supervisor fails, count as wrong. */
export function isAuthorized(credentials: Credentials | null, header: string | undefined): boolean {
  if (!needsAuthentication(credentials)) return true;
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  // Compared in any case, so that the time tells nothing.
  const matches = acceptsCredentials(credentials, text.slice(0, Math.max(0, colon)), text.slice(colon + 1));
  return matches && encoded !== undefined && colon !== -1;
}

export const unauthorized = (): Reply => finalErrorReply(401, { 'WWW-Authenticate': 'Basic realm="default"' });
