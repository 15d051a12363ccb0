import { describe, expect, it } from 'vitest';
import type { Dispatch, Session } from '../../src/commands/method.ts';
import type { UserAccount } from '../../src/model/program-spec.ts';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { badName, echo, gate, ownName, rawPeer, refusal, request, response, serve, until } from './serve.ts';

const credentials = { username: 'user', password: 'secret' };
const unauthorized = (id: number) => refusal(id, 401, 'UNAUTHORIZED');

describe('a session', () => {
  it('answers requests with results and faults', async () => {
    const dispatch: Dispatch = async (name, params) => {
      if (name === 'a.b') return { got: params };
      throw badName(name);
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.send(request(0, 'a.b', 1, 'x'));
    peer.send(request(0xffffffff, 'c.d'));
    await until('two replies', () => peer.messages.length === 2);
    expect(peer.messages).toEqual([response(0, { got: [1, 'x'] }), refusal(0xffffffff, 10, 'BAD_NAME: c.d')]);
    expect(served.logLines).toEqual([
      "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
    ]);
  });

  it('says hello without authentication and ignores what it does not know', async () => {
    await using served = await serve({ credentials });
    const peer = await rawPeer(served.path);
    peer.send({ type: 'notification', method: 'any.thing', params: [] });
    peer.send(request(1, 'session.hello', 'test', 99, 'more'));
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([
      response(1, { server: 'statevisor', version: '1.2.3', protocol: 1, authenticated: false, role: null }),
    ]);
  });

  it('lets a later reply overtake a waiting one', async () => {
    const wait = gate();
    const dispatch: Dispatch = async (name) => {
      if (name === 'slow') await wait.opened;
      return name;
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'slow'));
    peer.send(request(2, 'fast'));
    await until('the fast reply', () => peer.messages.length === 1);
    wait.open();
    await until('the slow reply', () => peer.messages.length === 2);
    expect(peer.messages).toEqual([response(2, 'fast'), response(1, 'slow')]);
  });

  it('answers a bug with FAILED and logs the stack', async () => {
    const dispatch: Dispatch = async (name) => {
      if (name === 'unspeakable') return Symbol('no MessagePack');
      throw new TypeError('oops');
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'broken'));
    peer.send(request(2, 'unspeakable'));
    await until('two replies', () => peer.messages.length === 2);
    expect(peer.messages).toEqual([refusal(1, 30, 'FAILED: internal error'), refusal(2, 30, 'FAILED: internal error')]);
    expect(served.logLines[1]).toMatch(/^ERRO broken failed: TypeError: oops\n {4}at /);
    expect(served.logLines[2]).toMatch(/^ERRO unspeakable failed: /);
  });

  it('runs nothing before authentication and everything after it', async () => {
    const called: string[] = [];
    const dispatch: Dispatch = async (name) => {
      called.push(name);
      return true;
    };
    await using served = await serve({ dispatch, credentials });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'supervisor.shutdown'));
    peer.send(request(2, 'session.authenticate', 'user', 'wrong'));
    peer.send(request(3, 'supervisor.shutdown'));
    peer.send(request(4, 'session.authenticate', 'user'));
    peer.send(request(5, 'session.authenticate', 'user', 'secret'));
    peer.send(request(6, 'supervisor.getPID'));
    await until('six replies', () => peer.messages.length === 6);
    expect(peer.messages).toEqual([
      unauthorized(1),
      unauthorized(2),
      unauthorized(3),
      refusal(4, 2, 'INCORRECT_PARAMETERS'),
      response(5, true),
      response(6, true),
    ]);
    expect(called).toEqual(['supervisor.getPID']);
    expect(served.logLines).toEqual([`WARN login failed: user 'user' from ${ownName}`]);
  });

  it('accepts any credentials where none are configured', async () => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'session.authenticate', 'any', 'thing'));
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([response(1, true)]);
  });

  it('is one of the user who authenticates, with that role, as long as there is such a user', async () => {
    const callers: string[] = [];
    const dispatch: Dispatch = async (_name, _params, { role, actor }) => {
      callers.push(`${role} ${actor}`);
      return true;
    };
    let users: readonly UserAccount[] = [{ username: 'alice', password: 'wonder', role: 'view' }];
    await using served = await serve({ dispatch, users: () => users });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'a'));
    peer.send(request(2, 'session.authenticate', 'alice', 'wonder'));
    peer.send(request(3, 'b'));
    await until('three replies', () => peer.messages.length === 3);
    users = [];
    peer.send(request(4, 'c'));
    await until('four replies', () => peer.messages.length === 4);
    expect(peer.messages).toEqual([response(1, true), response(2, true), response(3, true), unauthorized(4)]);
    expect(callers).toEqual([`admin ${ownName} over unix`, `view alice (${ownName}) over unix`]);
  });

  it('applies the larger limits to what is sent in one piece with the authentication', async () => {
    await using served = await serve({ credentials });
    const peer = await rawPeer(served.path);
    const large = 'x'.repeat(100_000);
    peer.socket.write(
      Buffer.concat([
        encodeMessage(request(1, 'session.authenticate', 'user', 'secret')),
        encodeMessage(request(2, 'echo', large)),
      ]),
    );
    await until('two replies', () => peer.messages.length === 2);
    expect(peer.messages[1]).toEqual(response(2, [large]));
  });

  it('sends notifications of a subscription after the reply that names it', async () => {
    const dispatch: Dispatch = async (name, _params, session) => {
      session.notify?.('log.bytes', [1, Buffer.from(name)]);
      await Promise.resolve();
      session.notify?.('log.bytes', [1, Buffer.from('second')]);
      return { subscription: 1 };
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'subscribe.log', 'web'));
    await until('three messages', () => peer.messages.length === 3);
    expect(peer.messages).toEqual([
      response(1, { subscription: 1 }),
      { type: 'notification', method: 'log.bytes', params: [1, Buffer.from('subscribe.log')] },
      { type: 'notification', method: 'log.bytes', params: [1, Buffer.from('second')] },
    ]);
  });

  it('releases what it holds once the connection ends, and at once when it has ended', async () => {
    const released: string[] = [];
    const sessions: Session[] = [];
    const dispatch: Dispatch = async (_name, _params, session) => {
      sessions.push(session);
      session.onClose(() => {
        released.push('first');
        throw new Error('a release that fails');
      });
      session.onClose(() => released.push('second'));
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'subscribe.processes'));
    await until('a reply', () => peer.messages.length === 1);
    peer.socket.destroy();
    await until('both releases', () => released.length === 2);
    sessions[0]?.onClose(() => released.push('late'));
    expect(released).toEqual(['first', 'second', 'late']);
    expect(() => sessions[0]?.notify?.('log.bytes', [1, Buffer.alloc(1)])).not.toThrow();
    expect(served.logLines[1]).toContain(`ERRO closing ${ownName} failed: Error: a release that fails`);
  });

  it('answers a peer that has closed its sending side, then ends', async () => {
    const wait = gate();
    const dispatch: Dispatch = async (_name, params) => {
      await wait.opened;
      return params;
    };
    await using served = await serve({ dispatch });
    const peer = await rawPeer(served.path);
    peer.socket.end(encodeMessage(request(1, 'slow', 'x')));
    await until('the peer ended', () => peer.socket.writableFinished);
    wait.open();
    await until('closed', peer.closed);
    expect(peer.messages).toEqual([response(1, ['x'])]);
  });

  it('tells why when the server shuts down, after the replies on their way', async () => {
    await using served = await serve({ dispatch: echo });
    const peer = await rawPeer(served.path);
    const large = 'x'.repeat(3_000_000);
    peer.send(request(1, 'echo', large));
    await until('the reply begins', () => peer.socket.bytesRead > 0);
    await served.server.close();
    await until('closed', peer.closed);
    const [reply, ...goodbye] = peer.messages;
    expect(reply?.type === 'response' && String(reply.result).length).toBe(large.length);
    expect(goodbye).toEqual([
      { type: 'notification', method: 'session.closing', params: ['the server is shutting down'] },
    ]);
  });
});
