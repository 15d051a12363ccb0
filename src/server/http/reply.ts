/** One complete HTTP response as data, with the headers and error pages that Supervisor's clients and scripts know. */

import { type ServerResponse, STATUS_CODES } from 'node:http';

export interface Reply {
  readonly status: number;
  /** In the order in which they are sent; `Content-Length` is added if it is not among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const reply = (status: number, contentType: string, body: string | Uint8Array): Reply => ({
  status,
  headers: { 'Content-Type': contentType },
  body,
});

/** Supervisor's error page. `detail` is for people and stands behind the reason. */
export function errorReply(status: number, detail?: string): Reply {
  const reason = reasonOf(status) + (detail === undefined ? '' : `: ${escapeHtml(detail)}`);
  const body = [
    '<head>',
    '<title>Error response</title>',
    '</head>',
    '<body>',
    '<h1>Error response</h1>',
    `<p>Error code ${status}.`,
    `<p>Message: ${reason}.`,
    '</body>',
    '',
  ].join('\r\n');
  return { status, headers: { 'Content-Length': String(Buffer.byteLength(body)), 'Content-Type': 'text/html' }, body };
}

/** The same, after which the connection ends. */
export function finalErrorReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const page = errorReply(status);
  return { ...page, headers: { Connection: 'close', ...headers, ...page.headers } };
}

/** Where Supervisor's words differ from today's. */
const supervisorReasons: ReadonlyMap<number, string> = new Map([
  [408, 'Request Time-out'],
  [413, 'Request Entity Too Large'],
]);

export const reasonOf = (status: number): string => supervisorReasons.get(status) ?? STATUS_CODES[status] ?? 'Unknown';

/** Writes everything at once. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  if (headers['Content-Length'] === undefined) {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    beginResponse(response, status, { ...headers, 'Content-Length': String(length) });
  } else beginResponse(response, status, headers);
  response.end(status === 304 ? undefined : body);
}

/** Writes status and headers alone. Without a `Content-Length` the body is chunked, or for HTTP/1.0 ends with the connection. */
export function beginResponse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  // As one list they are written as they are, without a table of headers that Node would make of them first.
  const lines = ['Server', 'Medusa/1.12', 'Date', new Date().toUTCString()];
  for (const [name, value] of Object.entries(headers)) lines.push(name, value);
  if (headers.Connection === undefined) {
    if (keepsOldConnection(response) && headers['Content-Length'] !== undefined) lines.push('Connection', 'Keep-Alive');
    else response.removeHeader('Connection');
  }
  response.sendDate = false;
  response.writeHead(status, reasonOf(status), lines);
}

/** Supervisor names the connection only to clients of HTTP/1.0 that want to keep it. */
const keepsOldConnection = (response: ServerResponse): boolean =>
  response.req.httpVersion === '1.0' && response.shouldKeepAlive;

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
