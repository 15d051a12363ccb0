/** By what listening sockets are told from each other when they go from one owner to the next. */

import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import type { ServerSpec } from '../model/program-spec.ts';

/** What a server is configured to listen on: the same text means the same socket. */
export const addressKey = (server: ServerSpec): string =>
  server.kind === 'unix' ? `unix:${server.path}` : `inet:${server.host}:${server.port}`;

const pathOfKey = (key: string): string | null => (key.startsWith('unix:') ? key.slice('unix:'.length) : null);

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
