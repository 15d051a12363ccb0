/**
 * Takes the connections that begin like HTTP. Node's HTTP and the XML parser are loaded when the first one comes: a daemon
 * that is controlled otherwise starts without them.
 */

import type { HttpConnection, HttpHandler } from '../connection.ts';
import type { ServedConnection } from '../session.ts';
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
    // At once: an end that comes while nothing is left to read could not be taken back.
    connection.socket.unshift(connection.firstBytes);
    let served: ServedConnection = { end: () => connection.socket.destroy(), idleSince: () => null };
    const begin = async (): Promise<void> => {
      const server = await loaded();
      if (!connection.socket.destroyed) served = server.take(connection);
    };
    const ignoreErrors = quietUntilTaken(connection);
    begin()
      .catch((error: unknown) => {
        options.log.error(`HTTP cannot be served: ${error instanceof Error ? error.stack : String(error)}`);
        connection.socket.destroy();
      })
      .finally(ignoreErrors);
    return {
      end: (reason) => served.end(reason),
      idleSince: () => served.idleSince(),
      handOver: async (reason) => {
        if (served.handOver === undefined) served.end(reason);
        else await served.handOver(reason);
      },
    };
  };
}

/** An error of a socket nobody listens to would end the daemon. */
function quietUntilTaken({ socket }: HttpConnection): () => void {
  const ignore = (): void => {};
  socket.on('error', ignore);
  return () => socket.off('error', ignore);
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
