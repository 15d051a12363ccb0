import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerSpec, UserAccount } from '../../src/model/program-spec.ts';
import { type Access, createAccess, describeActor, type Identity } from '../../src/server/access.ts';
import { createLoginGate, defaultLoginLimits } from '../../src/server/login-gate.ts';
import type { Peer } from '../../src/server/peer.ts';
import { inetServer, unixServer } from './serve.ts';

const unixPeer: Peer = { name: 'uid=1000 pid=42', source: 'uid=1000', transport: 'unix', certificate: null };
const inetPeer: Peer = { name: '10.0.0.7:50123', source: '10.0.0.7', transport: 'tcp', certificate: null };

const alice: UserAccount = { username: 'alice', password: 'wonder', role: 'view' };
// printf %s builder | sha1sum
const bob: UserAccount = {
  username: 'bob',
  password: '{SHA}f52318a05e518a5596012af2ed38de68ac26a468',
  role: 'operate',
};
const own = { username: 'own', password: 'secret' };

function accessOf(server: ServerSpec, users: readonly UserAccount[] = []): Access & { readonly lines: string[] } {
  const lines: string[] = [];
  const gate = createLoginGate({ warn: (line) => lines.push(line) }, defaultLoginLimits, () => 0);
  return { ...createAccess(server, () => users, gate), lines };
}

describe('who gives no name', () => {
  it.each<[string, ServerSpec, readonly UserAccount[], string | null]>([
    ['may do everything on a unix socket without a password', unixServer('/s'), [], 'admin'],
    ['may do the same there with users in the configuration', unixServer('/s'), [alice], 'admin'],
    ['may do there what the socket allows', { ...unixServer('/s'), anonymousRole: 'view' }, [], 'view'],
    ['is refused on a socket with a password', unixServer('/s', own), [], null],
    ['may do everything on an open port', inetServer(), [], 'admin'],
    ['is refused on a port when there are users', inetServer(), [alice], null],
    [
      'is let in when the port says so',
      inetServer({ allowUnauthenticated: true, anonymousRole: 'view' }),
      [alice],
      'view',
    ],
    [
      'is refused when the port has a password, whatever else it says',
      inetServer({ credentials: own, allowUnauthenticated: true }),
      [],
      null,
    ],
    [
      'may do everything where the username is empty',
      inetServer({ credentials: { username: '', password: '' } }),
      [],
      'admin',
    ],
  ])('%s', (_what, server, users, role) => {
    expect(accessOf(server, users).anonymous).toEqual(role === null ? null : { name: null, role });
  });
});

describe('who gives a name', () => {
  it('has the role of that user on every server, and a server’s own name is good for everything', () => {
    for (const server of [inetServer({ credentials: own }), unixServer('/s', own)]) {
      const access = accessOf(server, [alice, bob]);
      expect(access.login('alice', 'wonder', inetPeer)).toEqual({
        kind: 'accepted',
        identity: { name: 'alice', role: 'view' },
      });
      expect(access.login('own', 'secret', inetPeer)).toEqual({
        kind: 'accepted',
        identity: { name: 'own', role: 'admin' },
      });
    }
  });

  it('is known by it also where no name is needed, and refused when it is wrong', () => {
    const access = accessOf(unixServer('/s'), [alice]);
    expect(access.login('alice', 'wonder', unixPeer)).toMatchObject({ identity: { name: 'alice', role: 'view' } });
    expect(access.login('alice', 'wrong', unixPeer)).toEqual({ kind: 'wrong' });
  });

  it('whose name is empty gives none', () => {
    const access = accessOf(unixServer('/s'), [alice]);
    expect(access.login('', '', unixPeer)).toMatchObject({ identity: { name: null, role: 'admin' } });
    expect(accessOf(inetServer(), [alice]).login('', '', inetPeer)).toEqual({ kind: 'wrong' });
  });

  it('may give any where nobody has a password', () => {
    const access = accessOf(unixServer('/s'));
    expect(access.login('x', 'y', unixPeer)).toEqual({ kind: 'accepted', identity: { name: null, role: 'admin' } });
    expect(access.lines).toEqual([]);
  });

  it('is not even looked at when too many wrong ones came from the same place, while others are served', () => {
    const access = accessOf(inetServer(), [alice]);
    for (let guess = 0; guess < defaultLoginLimits.failures; guess += 1) {
      expect(access.login('alice', `guess ${guess}`, inetPeer)).toEqual({ kind: 'wrong' });
    }
    expect(access.login('alice', 'wonder', inetPeer)).toEqual({ kind: 'refused', waitMs: defaultLoginLimits.refillMs });
    expect(access.login('alice', 'wonder', { ...inetPeer, source: '10.0.0.8' })).toMatchObject({ kind: 'accepted' });
    expect(access.lines).toHaveLength(defaultLoginLimits.failures);
  });

  it('is nobody but who has that very name and password', () => {
    const users = [alice, { ...alice, username: 'ALICE', password: 'other' }];
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom('alice', 'ALICE', 'Alice', ''), fc.string()),
        fc.oneof(fc.constantFrom('wonder', 'other', 'Wonder', ''), fc.string()),
        (username, password) => {
          const right = users.find((user) => user.username === username && user.password === password);
          const login = accessOf(inetServer(), users).login(username, password, inetPeer);
          expect(login).toEqual(
            right === undefined ? { kind: 'wrong' } : { kind: 'accepted', identity: { name: username, role: 'view' } },
          );
        },
      ),
    );
  });
});

describe('users that are read again', () => {
  it('count at once: the new come in, the old do not, and who came in before is no longer let go on', () => {
    let users: readonly UserAccount[] = [alice, bob];
    const gate = createLoginGate({ warn: () => {} }, defaultLoginLimits, () => 0);
    const access = createAccess(inetServer({ credentials: own }), () => users, gate);
    const enter = (username: string, password: string): Identity | null => {
      const login = access.login(username, password, inetPeer);
      return login.kind === 'accepted' ? login.identity : null;
    };
    const [first, second, third] = [enter('alice', 'wonder'), enter('bob', 'builder'), enter('own', 'secret')];
    users = [{ ...alice }, { ...bob, role: 'view' }];
    expect([first, second, third].map((identity) => identity && access.stillHolds(identity))).toEqual([
      true,
      false,
      true,
    ]);
    users = [{ ...alice, password: 'other' }];
    expect([first, third].map((identity) => identity && access.stillHolds(identity))).toEqual([false, true]);
    expect([enter('alice', 'wonder'), enter('bob', 'builder')]).toEqual([null, null]);
    expect(enter('alice', 'other')).toEqual({ name: 'alice', role: 'view' });
  });

  it('do not open a port when all of them are gone', () => {
    let users: readonly UserAccount[] = [alice];
    const gate = createLoginGate({ warn: () => {} }, defaultLoginLimits, () => 0);
    const access = createAccess(inetServer(), () => users, gate);
    users = [];
    expect(access.anonymous).toBeNull();
    expect(access.login('alice', 'wonder', inetPeer)).toEqual({ kind: 'wrong' });
  });
});

describe('whoever asks is described', () => {
  it.each([
    [unixPeer, null, 'uid=1000 pid=42 over unix'],
    [unixPeer, 'alice', 'alice (uid=1000 pid=42) over unix'],
    [inetPeer, null, 'anybody from 10.0.0.7:50123'],
    [inetPeer, 'alice', 'alice from 10.0.0.7:50123'],
    [{ ...inetPeer, transport: 'tls' as const }, 'alice', 'alice from 10.0.0.7:50123 over TLS'],
    [
      { ...inetPeer, transport: 'tls' as const, certificate: 'backup.example' },
      null,
      'the certificate of backup.example from 10.0.0.7:50123 over TLS',
    ],
    [inetPeer, 'root over unix -> true\n', "'root over unix -> true\\n' from 10.0.0.7:50123"],
  ])('as %j with the name %j', (peer, name, text) => {
    expect(describeActor(peer, { name, role: 'view' })).toBe(text);
  });
});
