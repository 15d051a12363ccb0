/**
 * Bounds what peers have asked for and do not read. Each of them may have a large answer waiting; when all together hold
 * too much, whoever holds most loses its connection, and everybody else is served on.
 */

import type { Socket } from 'node:net';
import type { ServerLog } from './server-log.ts';

export interface UnreadOutputOptions {
  /** Those that are open, with the names of their peers. */
  readonly connections: ReadonlyMap<Socket, { readonly peer: string }>;
  readonly limitBytes: number;
  readonly log: Pick<ServerLog, 'warn'>;
}

/** To be called whenever much may have been added to what a peer has to read. */
export function boundUnreadOutput({ connections, limitBytes, log }: UnreadOutputOptions): void {
  let total = 0;
  let worst: Socket | null = null;
  for (const socket of connections.keys()) {
    if (socket.destroyed) continue;
    total += socket.writableLength;
    if (worst === null || socket.writableLength > worst.writableLength) worst = socket;
  }
  if (worst === null || total <= limitBytes) return;
  const peer = connections.get(worst)?.peer ?? '';
  log.warn(
    `closed the connection of ${peer}: it left ${worst.writableLength} bytes unread, and all connections ` +
      `together may leave no more than ${limitBytes}`,
  );
  worst.destroy();
}
