/** Reads the body of a request, bounded in size and time. */

import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array }
  /** Supervisor wants to be told beforehand how long a body is. */
  | { readonly kind: 'no-length' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' }
  /** The peer has left. */
  | { readonly kind: 'gone' };

export function readBody(request: IncomingMessage, maxBytes: number, maxMs: number): Promise<Body> {
  const declared = request.headers['content-length'];
  if (declared === undefined) return Promise.resolve({ kind: 'no-length' });
  if (Number(declared) > maxBytes) return Promise.resolve({ kind: 'too-large' });
  // Most are here with their headers: nothing has to be waited for.
  if (request.complete && !request.destroyed) return Promise.resolve({ kind: 'complete', bytes: takeAll(request) });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const deadline = setTimeout(() => finish({ kind: 'too-slow' }), maxMs);
    deadline.unref();
    const take = (chunk: Uint8Array): void => {
      chunks.push(chunk);
    };
    const finish = (body: Body): void => {
      clearTimeout(deadline);
      request.off('data', take);
      resolve(body);
    };
    request.on('data', take);
    request.once('end', () => finish({ kind: 'complete', bytes: Buffer.concat(chunks) }));
    request.once('close', () => finish({ kind: 'gone' }));
  });
}

/** Of a body that has come to its end and lies in the buffer of the request. */
function takeAll(request: IncomingMessage): Uint8Array {
  const bytes: unknown = request.read();
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}

/** Reads on without keeping anything: a connection that is closed over unread input would lose the reply. */
export function discardBody(request: IncomingMessage, maxMs: number): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const deadline = setTimeout(finish, maxMs);
    deadline.unref();
    function finish(): void {
      clearTimeout(deadline);
      resolve();
    }
    request.once('close', finish);
    request.resume();
  });
}
