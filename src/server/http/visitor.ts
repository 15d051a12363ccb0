/** Who makes a request, or the refusal of somebody who may not come in, or was led here by a page of another site. */

import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { ServerSpec } from '../../model/program-spec.ts';
import { quoteText } from '../../model/python-text.ts';
import type { Access, Identity } from '../access.ts';
import type { Peer } from '../peer.ts';
import type { ServerLog } from '../server-log.ts';
import { authorize, tooManyLogins, unauthorized } from './authorization.ts';
import { errorReply, type Reply } from './reply.ts';
import { foreignHost } from './request-site.ts';

export interface Visit {
  readonly request: IncomingMessage;
  readonly peer: Peer;
  readonly server: ServerSpec;
  readonly access: Access;
}

export type Visitor =
  | { readonly kind: 'admitted'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reply: Reply };

export function identifyVisitor(visit: Visit, log: ServerLog): Visitor {
  const { request, server, access, peer } = visit;
  const login = authorize(access, request.headers.authorization, peer);
  if (login.kind === 'refused') return { kind: 'refused', reply: tooManyLogins(login.waitMs) };
  if (login.kind !== 'accepted') return { kind: 'refused', reply: unauthorized() };
  const foreign = access.anonymous === null ? null : foreignHost(request.headers, server, hostname);
  if (foreign === null) return { kind: 'admitted', identity: login.identity };
  const remedy = 'this name is not known to the server; use its address, or set a password';
  return { kind: 'refused', reply: refuseSite(visit, log, foreign, remedy) };
}

const shownCharacters = 200;

/** @param why which of the request's headers gives it away */
export function refuseSite(
  visit: Pick<Visit, 'request' | 'peer'>,
  log: ServerLog,
  why: string,
  remedy?: string,
): Reply {
  const { request, peer } = visit;
  const said = quoteText(why.slice(0, shownCharacters));
  const asked = quoteText(`${request.method} ${request.url}`.slice(0, shownCharacters));
  log.warn(`refused ${asked} of ${peer.name}: a browser was led here by another site (${said})`);
  return errorReply(
    403,
    `the request comes from another site (${why.slice(0, shownCharacters)})${remedy ? `; ${remedy}` : ''}`,
  );
}
