/** Why a server could not be opened, with the text that Supervisor prints for it. */

import { constants, userInfo } from 'node:os';
import type { OwnerSpec } from '../model/program-spec.ts';

export interface ListenProblem {
  readonly kind: 'in-use' | 'path-too-long' | 'chown-refused' | 'open-to-all' | 'no-tls' | 'failed';
  readonly path: string;
  /** What to print behind `Error: `. */
  readonly text: string;
}

export const inUse = (path: string): ListenProblem => ({
  kind: 'in-use',
  path,
  text:
    'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
    'Shut this program down first before starting supervisord.',
});

export const pathTooLong = (path: string, maxBytes: number): ListenProblem => ({
  kind: 'path-too-long',
  path,
  text:
    `Cannot open an HTTP server: the path of the socket has ${Buffer.byteLength(path)} bytes, ` +
    `the system allows ${maxBytes}: ${path}`,
});

export const chownRefused = (path: string, owner: OwnerSpec): ListenProblem => ({
  kind: 'chown-refused',
  path,
  text:
    `Not permitted to chown ${path} to uid/gid (${owner.uid ?? -1}, ${owner.gid ?? -1}); adjust "sockchown" value ` +
    'in config file or on command line to values that the current user ' +
    `(${currentUserName()}) can successfully chown`,
});

/** @param address what the name in the configuration stands for. */
export const openToAll = (path: string, address: string): ListenProblem => ({
  kind: 'open-to-all',
  path,
  text:
    `Cannot open an HTTP server: ${path} is ${address}, where other machines can connect, and neither a password nor ` +
    'a certificate is asked for; set username and password, or allow_unauthenticated=true',
});

export const tlsFailed = (path: string, section: string, reason: string): ListenProblem => ({
  kind: 'no-tls',
  path,
  text: `Cannot open an HTTP server: [${section}] cannot speak TLS: ${reason}`,
});

/** @param code the system's error name: `EACCES`. */
export function listenFailed(path: string, code: string): ListenProblem {
  const number = Object.entries(constants.errno).find(([name]) => name === code)?.[1];
  const reported = number === undefined ? code : `errno.${code} (${number})`;
  return { kind: 'failed', path, text: `Cannot open an HTTP server: socket.error reported ${reported}` };
}

function currentUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in the user database has no name.
    return String(process.geteuid?.() ?? 'unknown');
  }
}
