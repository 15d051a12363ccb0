/**
 * Ends a connection so that the peer can read the last words: closing a socket with unread input would discard them.
 * What the peer still sends is thrown away, and one that does not let go is cut off.
 */

import type { MessageSocket } from './message-socket.ts';

/**
 * The caller's `data` listener must ignore what comes from now on.
 * @param graceMs milliseconds until the connection is destroyed. Never keeps the process alive.
 */
export function endGently(
  socket: Pick<MessageSocket, 'destroyed' | 'resume' | 'end' | 'destroy' | 'once'>,
  graceMs: number,
): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end();
  const deadline = setTimeout(() => socket.destroy(), graceMs);
  deadline.unref();
  socket.once('close', () => clearTimeout(deadline));
}
