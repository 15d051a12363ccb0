/**
 * Bounds what peers have asked for and do not read. Each of them may have a large answer waiting; when all together hold
 * too much, whoever holds most loses its connection, and everybody else is served on.
 */

import type { Socket } from 'node:net';
import type { ServerLog } from './server-log.ts';

export interface UnreadOutputOptions {
  /** What is written to each that is open, and the name of its peer. */
  readonly connections: Iterable<{ readonly socket: Socket; readonly peer: string }>;
  readonly limitBytes: number;
  readonly log: Pick<ServerLog, 'warn'>;
}

/** To be called whenever much may have been added to what a peer has to read. */
export function boundUnreadOutput({ connections, limitBytes, log }: UnreadOutputOptions): void {
  let total = 0;
  let worst: { readonly socket: Socket; readonly peer: string } | null = null;
  for (const connection of connections) {
    const { socket } = connection;
    if (socket.destroyed) continue;
    total += socket.writableLength;
    if (worst === null || socket.writableLength > worst.socket.writableLength) worst = connection;
  }
  if (worst === null || total <= limitBytes) return;
  log.warn(
    `closed the connection of ${worst.peer}: it left ${worst.socket.writableLength} bytes unread, and all connections ` +
      `together may leave no more than ${limitBytes}`,
  );
  worst.socket.destroy();
}
