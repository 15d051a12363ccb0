/**
 * Listening sockets between two lives of a daemon: who connects while it restarts waits in the queue of the socket, and is
 * answered by the next life, instead of being told that there is no daemon.
 */

import { isDeepStrictEqual } from 'node:util';
import type { ServerSpec } from '../model/program-spec.ts';
import { addressKey } from './address-key.ts';
import { discardSocket } from './inherited-socket.ts';

export interface StandbySockets {
  /** The descriptors, by `addressKey`, of those that are still wanted just as they are. The others are closed. */
  takeFor(servers: readonly ServerSpec[]): Readonly<Record<string, number>>;
  /** Closes all, and removes their files. */
  close(): void;
}

/** `descriptors` are of these servers, by `addressKey`. */
export function createStandbySockets(
  servers: readonly ServerSpec[],
  descriptors: Readonly<Record<string, number>>,
): StandbySockets {
  const held = new Map<string, { readonly server: ServerSpec; readonly fd: number }>();
  for (const server of servers) {
    const fd = descriptors[addressKey(server)];
    if (fd !== undefined) held.set(addressKey(server), { server, fd });
  }

  const close = (): void => {
    for (const [key, { fd }] of held) discardSocket(key, fd);
    held.clear();
  };

  return {
    takeFor: (wanted) => {
      const taken: Record<string, number> = {};
      for (const server of wanted) {
        const key = addressKey(server);
        const found = held.get(key);
        if (found === undefined || !isSameSocket(found.server, server)) continue;
        taken[key] = found.fd;
        held.delete(key);
      }
      close();
      return taken;
    },
    close,
  };
}

/** Who may connect is a matter of the socket's file; all else is up to whoever accepts. */
const isSameSocket = (one: ServerSpec, other: ServerSpec): boolean =>
  one.kind !== 'unix' ||
  (other.kind === 'unix' && one.mode === other.mode && isDeepStrictEqual(one.owner, other.owner));
