/**
 * One HTTP request → its response: who may ask, from where, and which of the few addresses it is. In Supervisor's order of
 * matching: `/RPC2`, `/logtail`, `/mainlogtail`, pages.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SupervisorControl } from '../../commands/control.ts';
import type { Dispatch, Session } from '../../commands/method.ts';
import type { ServerSpec } from '../../model/program-spec.ts';
import type { Access, Identity } from '../access.ts';
import type { Peer } from '../peer.ts';
import type { ServerLog } from '../server-log.ts';
import type { HttpLimits } from './http-limits.ts';
import { findLog, sendLogTail } from './log-tail.ts';
import { changesState, type PageHandler, type PageRequest, readFields } from './page.ts';
import { errorReply, finalErrorReply, type Reply, reply, sendReply } from './reply.ts';
import { discardBody, readBody } from './request-body.ts';
import { parseTarget, type RequestPath } from './request-path.ts';
import { isSilentBrowser, mayBeForeignForm, otherSite } from './request-site.ts';
import { identifyVisitor, refuseSite } from './visitor.ts';
import { answerXmlRpc } from './xml-rpc.ts';

export interface AnswerOptions {
  readonly dispatch: Dispatch;
  readonly control: SupervisorControl;
  readonly log: ServerLog;
  readonly limits: HttpLimits;
  /** Loads the web pages when the first one is asked for. */
  readonly loadPages?: () => Promise<PageHandler>;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly peer: Peer;
  readonly server: ServerSpec;
  readonly access: Access;
  /** The connection, in the hands of whoever makes this request: each may bring another name. */
  readonly sessionOf: (identity: Identity) => Session;
}

/** An exchange whose request may pass. */
interface Admitted extends Exchange {
  readonly session: Session;
}

/** Resolves when the response was handed to the connection, or a stream has begun, or the peer has left. */
export async function answer(options: AnswerOptions, exchange: Exchange): Promise<'replied' | 'streaming' | 'gone'> {
  const { request, response } = exchange;
  const outcome = await routeSafely(options, exchange);
  if (outcome === 'streaming' || outcome === 'gone') return outcome;
  if (outcome.headers.Connection === 'close') await discardBody(request, options.limits.refusalMs);
  sendReply(response, outcome);
  return 'replied';
}

/** What becomes of a request; a stream sends its response itself, as long as the peer listens. */
type Outcome = Reply | 'streaming' | 'gone';

async function routeSafely(options: AnswerOptions, exchange: Exchange): Promise<Outcome> {
  try {
    return await route(options, exchange);
  } catch (error) {
    const { method, url } = exchange.request;
    options.log.critical(`${method} ${url}: ${error instanceof Error ? error.stack : String(error)}`);
    return errorReply(500);
  }
}

async function route(options: AnswerOptions, exchange: Exchange): Promise<Outcome> {
  const visitor = identifyVisitor(exchange, options.log);
  if (visitor.kind === 'refused') return visitor.reply;
  return await answerAdmitted(options, { ...exchange, session: exchange.sessionOf(visitor.identity) });
}

async function answerAdmitted(options: AnswerOptions, exchange: Admitted): Promise<Outcome> {
  const { request, response } = exchange;
  const target = parseTarget(request.url ?? '/');
  if (target.path.startsWith('/RPC2')) return answerCall(options, exchange);
  if (target.path.startsWith('/logtail')) {
    if (request.method !== 'GET') return errorReply(400);
    const log = findLog(options.control, target.path);
    return log !== null && sendLogTail(response, log, { 'X-Accel-Buffering': 'no' }) ? 'streaming' : errorReply(404);
  }
  if (target.path.startsWith('/mainlogtail')) {
    if (request.method !== 'GET') return errorReply(400);
    return sendLogTail(response, options.control.mainLog) ? 'streaming' : errorReply(404);
  }
  return answerPage(options, exchange, target);
}

async function answerCall(options: AnswerOptions, exchange: Admitted): Promise<Outcome> {
  const { request, session } = exchange;
  const { dispatch, log, limits } = options;
  if (request.method !== 'POST') return errorReply(400);
  const site = otherSite(request.headers) ?? (mayBeForeignForm(request.headers) ? silent : null);
  if (site !== null) return refuseSite(exchange, options.log, site);
  const body = await readText(request, limits.callBytes, limits.bodyMs);
  if (!(body instanceof Uint8Array)) return body;
  return answerXmlRpc(body, { dispatch, session, log, limits: limits.xml });
}

async function answerPage(options: AnswerOptions, exchange: Admitted, target: RequestPath): Promise<Outcome> {
  const { request, session } = exchange;
  const { limits } = options;
  const { method } = request;
  if (!isPageMethod(method)) return errorReply(400);
  if (target.path === '/ok.html') return reply(200, 'text/plain', 'OK');
  if (options.loadPages === undefined) return errorReply(method === 'POST' ? 400 : 404);
  const body = method === 'POST' ? await readText(request, limits.formBytes, limits.bodyMs) : new Uint8Array(0);
  if (!(body instanceof Uint8Array)) return body;
  const fields = readFields(target.query, Buffer.from(body).toString());
  const isChange = changesState(method, fields);
  const isSilent = isChange && isSilentBrowser(request.headers);
  const site = isChange ? (otherSite(request.headers) ?? (isSilent && method === 'POST' ? silent : null)) : null;
  if (site !== null) return refuseSite(exchange, options.log, site);
  const pages = await options.loadPages();
  const page = await pages({
    method,
    path: target.path,
    fields,
    headers: request.headers,
    session,
    isSecure: exchange.peer.transport === 'tls',
    needsConfirmation: isSilent,
  });
  return page ?? errorReply(method === 'POST' ? 400 : 404);
}

const isPageMethod = (method: string | undefined): method is PageRequest['method'] =>
  method === 'GET' || method === 'HEAD' || method === 'POST';

async function readText(
  request: IncomingMessage,
  maxBytes: number,
  maxMs: number,
): Promise<Uint8Array | Reply | 'gone'> {
  const body = await readBody(request, maxBytes, maxMs);
  switch (body.kind) {
    case 'complete':
      return body.bytes;
    case 'no-length':
      return finalErrorReply(411);
    case 'too-large':
      return finalErrorReply(413);
    case 'too-slow':
      return finalErrorReply(408);
    case 'gone':
      return 'gone';
    default:
      return body satisfies never;
  }
}

const silent = 'the browser does not say from which page';
