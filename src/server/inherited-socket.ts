/**
 * Listening sockets that go from one version of the daemon to the next: who connects meanwhile waits in the queue of the
 * socket and is answered by the new version.
 */

import { once } from 'node:events';
import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { duplicate } from '../os/process-calls.ts';

/** Node listens on a descriptor that listens already. Rejects with Node's system error. */
export async function listenOnInherited(server: Server, fd: number): Promise<void> {
  server.listen({ fd });
  await once(server, 'listening');
}

/** A descriptor of the same socket, which stays open when the server is closed. null when Node does not show it. */
export function keepListening(server: Server): number | null {
  const handle: unknown = Reflect.get(server, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : null;
  return typeof fd === 'number' && fd >= 0 ? duplicate(fd) : null;
}

/** Closes a socket that nobody wants any more, and removes its file: while it listens nobody else puts another one there. */
export function discardSocket(key: string, fd: number): void {
  const path = pathOfKey(key);
  try {
    if (path !== null && lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // Somebody has removed it before.
  }
  closeSync(fd);
}

const pathOfKey = (key: string): string | null => (key.startsWith('unix:') ? key.slice('unix:'.length) : null);
