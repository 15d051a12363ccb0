/** By what listening sockets are told from each other when they go from one owner to the next. */

import type { ServerSpec } from '../model/program-spec.ts';

/** What a server is configured to listen on: the same text means the same socket. */
export const addressKey = (server: ServerSpec): string =>
  server.kind === 'unix' ? `unix:${server.path}` : `inet:${server.host}:${server.port}`;
