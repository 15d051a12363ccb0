/** Turns what the system says about a connection into the problems a client knows. */

import { ConnectionProblem, type ConnectionProblemKind } from './control-client.ts';

const kinds: Readonly<Record<string, ConnectionProblemKind>> = {
  ENOENT: 'no-such-file',
  ECONNREFUSED: 'refused',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
};

export function connectionProblem(error: Error): ConnectionProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return new ConnectionProblem(kinds[code ?? ''] ?? 'broken', error.message, code);
}

/** The other side is alive, but does not answer in MessagePack-RPC. Another protocol may be worth a try. */
export const otherProtocol = (path: string): ConnectionProblem =>
  new ConnectionProblem(
    'broken',
    `the server at ${path} does not speak MessagePack-RPC; it may be an original Supervisor`,
    'EPROTO',
  );

export const unauthorized = (path: string, given: boolean): ConnectionProblem =>
  new ConnectionProblem(
    'unauthorized',
    given ? `the server at ${path} refused username and password` : `the server at ${path} wants username and password`,
  );

/** @param reason the server's words, if it said any. */
export const connectionEnded = (path: string, reason: string | null): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} closed the connection${reason === null ? '' : `: ${reason}`}`);
