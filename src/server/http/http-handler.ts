/**
 * Takes the connections that begin like HTTP. Node's HTTP and the XML parser are loaded when the first one comes: a daemon
 * that is controlled otherwise starts without them.
 */

import type { HttpHandler } from '../connection.ts';
import { serveLater } from '../serve-later.ts';
import type { AnswerOptions } from './answer.ts';
import type { HttpLimits } from './http-limits.ts';
import { defaultHttpLimits } from './http-limits.ts';

export type { PageHandler, PageRequest } from './page.ts';
export type { Reply } from './reply.ts';

export type HttpHandlerOptions = Omit<AnswerOptions, 'limits'> & { readonly limits?: HttpLimits };

export function createHttpHandler({ limits = defaultHttpLimits, ...options }: HttpHandlerOptions): HttpHandler {
  const loaded = once(async () => {
    const { createHttpServer } = await import('./http-server.ts');
    return createHttpServer({ ...options, limits });
  });
  return (connection) => {
    const { socket } = connection;
    // At once: an end that comes while nothing is left to read could not be taken back.
    socket.unshift(connection.firstBytes);
    const load = async () => {
      const server = await loaded();
      return () => server.take(connection);
    };
    return serveLater({ socket, what: 'HTTP', log: options.log, load });
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
