/**
 * The web pages by their addresses, which are Supervisor's, as are the redirects and the texts that scripts look for. They
 * work without scripts and load nothing from elsewhere; with scripts, the status page becomes live.
 */

import { hostname } from 'node:os';
import type { SupervisorControl } from '../commands/control.ts';
import { createDispatch, createMethods, supervisorVersion } from '../commands/index.ts';
import { Fault, faultCodes } from '../model/errors.ts';
import type { ProcessInfo } from '../model/process-info.ts';
import { suffices } from '../model/role.ts';
import type { PageHandler, PageRequest, Reply } from '../server/http/http-handler.ts';
import { errorReply } from '../server/http/reply.ts';
import { type ActionContext, actionMethods, runAction, unexpected } from './actions.ts';
import { findAppFile } from './app-files.ts';
import { findAsset } from './assets.ts';
import { calendarTime } from './calendar-time.ts';
import { renderConfirmPage } from './confirm-page.ts';
import type { Origin } from './document.ts';
import { renderEndingPage } from './ending-page.ts';
import { pageReply, redirect } from './page-reply.ts';
import { percentEncode } from './percent-encoding.ts';
import type { Allows } from './process-row.ts';
import { renderStatusPage } from './status-page.ts';
import { readTailLimit, renderTailPage } from './tail-page.ts';

export interface PagesOptions {
  readonly control: SupervisorControl;
  /** Of this product, for the line at the bottom. */
  readonly version: string;
  /** The machine's name by default. */
  readonly hostName?: string;
}

export function createPages(options: PagesOptions): PageHandler {
  const { control } = options;
  // The pages have the methods even where the configuration names no RPC interface (as Supervisor).
  const methods = createMethods();
  const dispatch = createDispatch(methods, control);
  return (request) => {
    const call: ActionContext['call'] = (method, ...params) => dispatch(method, params, request.session);
    const allows = (action: string): boolean =>
      (actionMethods.get(action) ?? []).every((name) => {
        const method = methods.get(name);
        return method !== undefined && suffices(request.session.role, method.role);
      });
    const visit: Visit = { request, context: { control, call }, allows, origin: originOf(options) };
    switch (request.path) {
      case '/':
      case '/index.html':
        return answerStatus(visit);
      case '/tail.html':
        return answerTail(visit);
      default:
        if (request.method === 'POST') return null;
        return (
          findAsset(request.path, request.headers['if-modified-since']) ??
          findAppFile(request.path, request.headers['if-none-match'])
        );
    }
  };
}

interface Visit {
  readonly request: PageRequest;
  readonly context: ActionContext;
  readonly allows: Allows;
  readonly origin: Origin;
}

function originOf({ control, version, hostName = hostname() }: PagesOptions): Origin {
  const { identifier, pid } = control;
  return { identifier, hostName, pid, version, supervisorVersion, time: calendarTime(control.now()) };
}

async function answerStatus(visit: Visit): Promise<Reply | null> {
  const { request, context, allows, origin } = visit;
  const { fields } = request;
  try {
    const action = fields.get('action');
    if (action !== undefined) return await answerAction(visit, action);
    const processes = (await context.call('supervisor.getAllProcessInfo')) as readonly ProcessInfo[];
    const message = fields.get('message') ?? null;
    return pageReply(200, renderStatusPage({ processes, message, allows, origin }), 'live');
  } catch (error) {
    if (!(error instanceof Fault && error.code === faultCodes.SHUTDOWN_STATE)) throw error;
    return pageReply(500, renderEndingPage(origin));
  }
}

async function answerAction({ request, context, allows, origin }: Visit, action: string): Promise<Reply | null> {
  // Who asks for headers alone wants nothing done.
  if (request.method === 'HEAD') return null;
  const processName = request.fields.get('processname');
  if (!allows(action)) return errorReply(403, `${request.session.role} is not a role that may do this`);
  if (request.needsConfirmation && action !== 'refresh') {
    return pageReply(403, renderConfirmPage({ action, processName: processName ?? null, origin }));
  }
  const message = await runAction(context, action, processName);
  if (message === null) return errorReply(500);
  // While the daemon stops there is no page to lead to, whatever the action said.
  await context.call('supervisor.getState');
  return redirect(`${ownAddress(request)}/?message=${percentEncode(message)}`);
}

/** As the client knows it, without a default port; empty when it does not say, which makes the address a relative one. */
function ownAddress({ headers, isSecure }: PageRequest): string {
  const host = (headers.host ?? '').trim().replace(isSecure ? /:(443)?$/ : /:(80)?$/, '');
  return /^[\w.:[\]-]+$/.test(host) ? `${isSecure ? 'https' : 'http'}://${host}` : '';
}

async function answerTail({ request, context, origin }: Visit): Promise<Reply> {
  const processName = request.fields.get('processname') ?? null;
  const limit = readTailLimit(request.fields.get('limit'));
  const text = processName === null ? 'No process name found' : await readTail(context, processName, limit);
  return pageReply(200, renderTailPage({ processName, text, limit, origin }));
}

async function readTail({ call }: ActionContext, processName: string, limit: number): Promise<string> {
  try {
    return String(await call('supervisor.readProcessStdoutLog', processName, -limit, 0));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code === faultCodes.NO_FILE ? `No file for ${processName}` : `ERROR: ${unexpected(error)}`;
  }
}
