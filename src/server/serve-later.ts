/** A connection that somebody is about to take whose code is being loaded: the first of its kind waits for that. */

import type { Socket } from 'node:net';
import type { ServerLog } from './server-log.ts';
import type { ServedConnection } from './session.ts';

export interface ServeLaterOptions {
  /** Paused: what comes meanwhile, and its end, are kept for whoever takes it. */
  readonly socket: Socket;
  /** What it speaks, for the line that says that it could not be loaded: `HTTP`. */
  readonly what: string;
  readonly log: ServerLog;
  /** Loads what serves it; what that resolves with is called at once, unless the peer has gone meanwhile. */
  readonly load: () => Promise<() => ServedConnection>;
}

export function serveLater({ socket, what, log, load }: ServeLaterOptions): ServedConnection {
  let served: ServedConnection = { end: () => socket.destroy(), idleSince: () => null };
  // An error of a socket nobody listens to would end the daemon.
  const ignore = (): void => {};
  socket.on('error', ignore);
  void load()
    .then((serve) => {
      if (!socket.destroyed) served = serve();
    })
    .catch((error: unknown) => {
      log.error(`${what} cannot be served: ${error instanceof Error ? error.stack : String(error)}`);
      socket.destroy();
    })
    .finally(() => socket.off('error', ignore));
  return {
    end: (reason) => served.end(reason),
    idleSince: () => served.idleSince(),
    handOver: async (reason) => {
      if (served.handOver === undefined) served.end(reason);
      else await served.handOver(reason);
    },
  };
}
