/**
 * Who may come in by one server, and with what role: its own name and password are good for everything, the users of the
 * configuration for what their role says. Whoever may come without a name is one of the identities, too.
 */

import type { ServerSpec, UserAccount } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import type { Role } from '../model/role.ts';
import { createAccounts, isAccount } from './credentials.ts';
import type { LoginGate } from './login-gate.ts';
import type { Peer } from './peer.ts';

export interface Identity {
  /** null for who gave none. */
  readonly name: string | null;
  readonly role: Role;
}

export type Login =
  | { readonly kind: 'accepted'; readonly identity: Identity }
  | { readonly kind: 'wrong' }
  /** Not even looked at, since too many wrong ones came from there. */
  | { readonly kind: 'refused'; readonly waitMs: number };

export interface Access {
  /** Whoever gives no name; null where one is needed. */
  readonly anonymous: Identity | null;
  login(username: string, password: string, peer: Peer): Login;
  /** Whether somebody who came in before would still come in, with the same role. */
  stillHolds(identity: Identity): boolean;
}

/**
 * @param users those of the configuration as last read. Whether a server asks for a name at all is settled when it opens:
 * a user who is removed must not leave the door open.
 */
export function createAccess(server: ServerSpec, users: () => readonly UserAccount[], gate: LoginGate): Access {
  const own: readonly UserAccount[] = isAccount(server.credentials) ? [{ ...server.credentials, role: 'admin' }] : [];
  const anonymous = asksForName(server, users()) ? null : { name: null, role: server.anonymousRole };
  const issued = new WeakMap<Identity, UserAccount>();
  let known: readonly UserAccount[] | null = null;
  let accounts = createAccounts(own);

  function update(): readonly UserAccount[] {
    const current = users();
    if (current !== known) accounts = createAccounts([...own, ...current]);
    known = current;
    return current;
  }

  function login(username: string, password: string, peer: Peer): Login {
    const nobodyHasOne = update().length === 0;
    // Where nobody has a password, any will do (as Supervisor); and clients whose name is set to nothing send just that.
    if (anonymous !== null && (nobodyHasOne || username === '')) return { kind: 'accepted', identity: anonymous };
    const waitMs = gate.waitMs(peer.source);
    if (waitMs > 0) return { kind: 'refused', waitMs };
    const account = accounts.find(username, password);
    if (account === null) {
      const isKnownName = accounts.has(username);
      gate.failed({ source: peer.source, peer: peer.name, username, password, isKnownName });
      return { kind: 'wrong' };
    }
    const identity = { name: account.username, role: account.role };
    issued.set(identity, account);
    return { kind: 'accepted', identity };
  }

  function stillHolds(identity: Identity): boolean {
    const account = issued.get(identity);
    return account === undefined || [...own, ...update()].some((current) => isSame(current, account));
  }

  return { anonymous, login, stillHolds };
}

const isSame = (left: UserAccount, right: UserAccount): boolean =>
  left.username === right.username && left.password === right.password && left.role === right.role;

/** A unix socket is guarded by its permissions, so users alone do not close it. */
function asksForName(server: ServerSpec, users: readonly UserAccount[]): boolean {
  if (isAccount(server.credentials)) return true;
  return server.kind === 'inet' && users.length > 0 && !server.allowUnauthenticated;
}

const longestName = 100;

/** Who asks and from where: `alice (uid=1000 pid=4711) over unix`, `alice from 10.0.0.7:50123`. */
export function describeActor({ name: peer, transport, certificate }: Peer, { name }: Identity): string {
  const shown = name === null ? null : showName(name);
  if (transport === 'unix') return `${shown === null ? peer : `${shown} (${peer})`} over unix`;
  const who = shown ?? (certificate === null ? 'anybody' : `the certificate of ${showName(certificate)}`);
  return `${who} from ${peer}${transport === 'tls' ? ' over TLS' : ''}`;
}

/** Nothing that could be taken for the rest of a line, or for another line. */
const showName = (name: string): string =>
  /^[\w.@+-]{1,100}$/.test(name) ? name : quoteText(name.slice(0, longestName));
