import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Dispatch, Session } from '../../src/commands/method.ts';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { preface } from '../../src/protocol/preface.ts';
import { defaultLimits } from '../../src/server/limits.ts';
import { gate, ownName, type RawPeer, rawPeer, request, response, type Served, serve, until } from './serve.ts';

const credentials = { username: 'user', password: 'secret' };

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const closing = (reason: string) => ({ type: 'notification', method: 'session.closing', params: [reason] });

/** The server still answers somebody else. */
async function expectAlive(served: Served): Promise<void> {
  const peer = await rawPeer(served.path);
  peer.send(request(1, 'session.hello'));
  await until('hello', () => peer.messages.length === 1);
  peer.socket.destroy();
}

describe('a peer that breaks the protocol', () => {
  it.each([
    ['garbage', '00 01 02 03', 'it speaks neither MessagePack-RPC nor HTTP', null],
    ['text in small letters', '676574202f0a', 'it speaks neither MessagePack-RPC nor HTTP', null],
    ['a TLS hello', '16 03 01 02 00', 'it speaks neither MessagePack-RPC nor HTTP', null],
    ['an unknown type', '93 05 a1 61 90', 'it sent a message that has no type 0, 1 or 2', undefined],
    ['a response', '94 01 01 c0 c0', 'it sent a response, though nothing was asked', undefined],
    ['a message behind which is garbage', '93 02 a1 61 90 ff', 'it sent a message that is not an array', undefined],
    ['a gigantic string', '94 00 01 db ff ff ff ff', 'it sent a message that is too large', undefined],
    ['a gigantic array', 'dd ff ff ff ff', 'it sent a message that is too large', undefined],
    ['a gigantic map', '94 00 01 a1 61 91 df ff ff ff ff', 'it sent a message that is too large', undefined],
    ['deep nesting', '91'.repeat(1000), 'it sent a message that is nested too deeply', undefined],
    ['an extension type', '94 00 01 d4 00 00', 'it sent a message that is of an extension type', undefined],
  ])('loses its connection for %s and causes one log line', async (_what, bytes, line, reason) => {
    await using served = await serve({ credentials });
    const peer = await rawPeer(served.path);
    peer.socket.write(hex(bytes));
    await until('closed', peer.closed);
    expect(served.logLines).toEqual([`WARN closed the connection of ${ownName}: ${line}`]);
    const told = reason === null ? [] : [closing(line.replace(/^it/, 'this connection'))];
    expect(peer.messages).toEqual(told);
    await expectAlive(served);
  });

  it('gets its small limits before it has authenticated', async () => {
    await using served = await serve({ credentials });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'session.hello', 'x'.repeat(defaultLimits.framesBefore.maxBytes)));
    await until('closed', peer.closed);
    expect(served.logLines).toEqual([`WARN closed the connection of ${ownName}: it sent a message that is too large`]);
  });

  it('loses its connection when it leaves a message unfinished', async () => {
    await using served = await serve({ limits: { messageMs: 50 } });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'session.hello'));
    await until('an answer', () => peer.messages.length === 1);
    peer.socket.write(hex('94 00 01 a9 61'));
    await until('closed', peer.closed);
    expect(served.logLines.slice(1)).toEqual([
      `WARN closed the connection of ${ownName}: it left a message unfinished`,
    ]);
    expect(peer.messages.slice(1)).toEqual([closing('this connection left a message unfinished')]);
  });

  it('costs nothing but its own connection when it leaves in the middle of a message', async () => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    peer.socket.end(hex('94 00 01 a9 61'));
    await until('closed', peer.closed);
    expect(peer.messages).toEqual([]);
    expect(served.logLines).toHaveLength(1);
    await expectAlive(served);
  });

  it('may not guess passwords for ever', async () => {
    await using served = await serve({ credentials });
    const peer = await rawPeer(served.path);
    for (let id = 1; id <= 10; id += 1) peer.send(request(id, 'session.authenticate', 'user', `guess ${id}`));
    await until('closed', peer.closed);
    expect(peer.messages.filter(({ type }) => type === 'response')).toHaveLength(3);
    expect(served.logLines).toEqual([
      ...new Array(3).fill(`WARN login failed: user 'user' from ${ownName}`),
      `WARN closed the connection of ${ownName}: it gave a wrong username or password too often`,
    ]);
  });

  it('is shown out when it does not authenticate in time', async () => {
    await using served = await serve({ credentials, limits: { authenticationMs: 50 } });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'session.hello'));
    await until('closed', peer.closed);
    expect(peer.messages.at(-1)).toEqual(closing('this connection did not authenticate in time'));
    expect(served.logLines).toHaveLength(1);
  });

  it('is shown out when it says nothing at all', async () => {
    await using served = await serve({ limits: { firstByteMs: 50 } });
    const peer = await rawPeer(served.path);
    await until('closed', peer.closed);
    expect(served.logLines[1]).toBe(`WARN closed the connection of ${ownName}: it said nothing`);
  });

  it('is cut off when it does not let go', async () => {
    await using served = await serve({ limits: { closeGraceMs: 50 } });
    const socket = connect({ path: served.path, allowHalfOpen: true });
    let ended = false;
    let closed = false;
    socket.on('end', () => {
      ended = true;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
    });
    socket.resume();
    socket.write(hex('91 c1'));
    await until('ended', () => ended);
    // Nobody reads any more: sooner or later a write fails.
    const chatter = setInterval(() => socket.write('x'), 5);
    await until('closed', () => closed);
    clearInterval(chatter);
  });
});

describe('too many', () => {
  it('connections are refused with one log line until there is room', async () => {
    await using served = await serve({ limits: { connections: 2 } });
    const admitted = [await rawPeer(served.path), await rawPeer(served.path)];
    const refused = [await rawPeer(served.path), await rawPeer(served.path), await rawPeer(served.path)];
    await until('all refused', () => refused.every((peer) => peer.closed()));
    for (const { messages } of refused) expect(messages).toEqual([closing('too many connections are open')]);
    expect(served.logLines.slice(1)).toEqual(['WARN refusing connections: 2 are open, which is the limit']);
    for (const peer of admitted) peer.socket.destroy();
    await until('room again', () => admitted.every((peer) => peer.closed()));
    let welcome: RawPeer | null = null;
    while (welcome === null) {
      const peer = await rawPeer(served.path);
      peer.send(request(1, 'session.hello'));
      await until('an answer', () => peer.closed() || peer.messages.length === 1);
      if (!peer.closed()) welcome = peer;
    }
    welcome.socket.destroy();
  });

  it('connections end the one that was idle longest, but none that waits for something', async () => {
    const wait = gate();
    await using served = await serve({
      dispatch: async (name) => (name === 'wait' ? await wait.opened : null),
      limits: { connections: 3 },
    });
    const peers = [await rawPeer(served.path), await rawPeer(served.path), await rawPeer(served.path)] as const;
    const [busy, longIdle, idle] = peers;
    busy.send(request(1, 'wait'));
    for (const peer of [longIdle, idle]) {
      peer.send(request(1, 'session.hello'));
      await until('an answer', () => peer.messages.length === 1);
    }
    const welcome = await rawPeer(served.path);
    welcome.send(request(1, 'session.hello'));
    await until('an answer', () => welcome.messages.length === 1);
    await until('the end', longIdle.closed);
    expect(longIdle.messages.slice(1)).toEqual([closing('this connection was idle, and others need its place')]);
    expect([busy.closed(), idle.closed()]).toEqual([false, false]);
    wait.open();
    await until('an answer', () => busy.messages.length === 1);
    expect(served.logLines.slice(1)).toEqual(['WARN closing idle connections: 3 are open, which is the limit']);
    for (const { socket } of [...peers, welcome]) socket.destroy();
  });

  it('connections are refused in the protocol that the peer speaks, without losing the answer', async () => {
    await using served = await serve({ limits: { connections: 1 } });
    const admitted = await rawPeer(served.path);
    const [modern, browser] = [await rawPeer(served.path), await rawPeer(served.path)];
    modern.socket.write(preface);
    modern.send(request(1, 'session.hello', 'x'.repeat(100_000)));
    browser.socket.write('POST /RPC2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc');
    await until('both refused', () => modern.closed() && browser.closed());
    expect(modern.messages).toEqual([closing('too many connections are open')]);
    expect(browser.text()).toMatch(
      /^HTTP\/1\.1 503 Service Unavailable\r\n.*\r\n\r\ntoo many connections are open\n$/s,
    );
    admitted.socket.destroy();
  });

  it('connections that are refused and say nothing are let go, and of many at once most are cut off', async () => {
    await using served = await serve({ limits: { connections: 1, closeGraceMs: 50 } });
    const admitted = await rawPeer(served.path);
    const refused = await Promise.all(Array.from({ length: 100 }, () => rawPeer(served.path)));
    await until('all refused', () => refused.every((peer) => peer.closed()));
    const told = refused.filter(({ messages }) => messages.length > 0);
    expect(told.length).toBeGreaterThanOrEqual(32);
    expect(served.logLines).toHaveLength(2);
    admitted.socket.destroy();
  });

  it('requests in flight are left unread until others are answered', async () => {
    const wait = gate();
    let running = 0;
    const dispatch: Dispatch = async (_name, params) => {
      running += 1;
      await wait.opened;
      return params;
    };
    await using served = await serve({ dispatch, limits: { requestsInFlight: 4 } });
    const peer = await rawPeer(served.path);
    for (let id = 0; id < 10; id += 1) peer.send(request(id, 'wait', id));
    await until('four are running', () => running === 4);
    const other = await rawPeer(served.path);
    other.send(request(1, 'session.hello'));
    await until('another peer is served', () => other.messages.length === 1);
    expect(running).toBe(4);
    wait.open();
    await until('all replies', () => peer.messages.length === 10);
    expect(running).toBe(10);
    expect(peer.messages).toEqual(Array.from({ length: 10 }, (_, id) => response(id, [id])));
    other.socket.destroy();
    peer.socket.destroy();
  });
});

describe('a peer that does not read', () => {
  const piece = Buffer.alloc(64 * 1024, 0x61);

  it('stops being asked for requests, and gets every reply once it reads', async () => {
    let answered = 0;
    const dispatch: Dispatch = async () => {
      answered += 1;
      return piece;
    };
    await using served = await serve({ dispatch, limits: { outputBytes: 256 * 1024 } });
    const peer = await rawPeer(served.path);
    peer.socket.pause();
    for (let id = 0; id < 200; id += 1) peer.send(request(id, 'large'));
    await until('the queue is full', () => answered > 4);
    await expectAlive(served);
    await expectAlive(served);
    // What the kernel's buffers take, the queue's bound, and the requests in flight when it was reached.
    expect(answered).toBeLessThan(150);
    peer.socket.resume();
    await until('all replies', () => peer.messages.length === 200);
    expect(answered).toBe(200);
    peer.socket.destroy();
  });

  it('misses notifications, is told how many, and never makes the queue grow', async () => {
    const sessions: Session[] = [];
    const dispatch: Dispatch = async (_name, _params, session) => {
      sessions.push(session);
      return { subscription: 1 };
    };
    await using served = await serve({ dispatch, limits: { notificationBytes: 256 * 1024 } });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'subscribe.log'));
    await until('subscribed', () => peer.messages.length === 1);
    peer.socket.pause();
    const sent = 1000;
    for (let index = 0; index < sent; index += 1) sessions[0]?.notify?.('log.bytes', [index, piece]);
    peer.socket.resume();
    await until('told', () => peer.messages.at(-1)?.type === 'notification' && isMissed(peer.messages.at(-1)));
    const received = peer.messages.slice(1, -1);
    expect(received.length).toBeLessThan(20);
    // What arrives is the beginning, complete and in order; the count covers the rest.
    expect(received.map((message) => (message.type === 'notification' ? message.params[0] : null))).toEqual(
      received.map((_, index) => index),
    );
    expect(peer.messages.at(-1)).toEqual({ type: 'notification', method: 'missed', params: [sent - received.length] });
    sessions[0]?.notify?.('log.bytes', [9999, Buffer.from('later')]);
    await until('the next one', () => !isMissed(peer.messages.at(-1)));
    expect(peer.messages.at(-1)).toMatchObject({ params: [9999, Buffer.from('later')] });
    peer.socket.destroy();
  });

  it('is told what it missed of a burst before the reply that names the subscription', async () => {
    const dispatch: Dispatch = async (_name, _params, session) => {
      for (let index = 0; index < 100; index += 1) session.notify?.('log.bytes', [1, piece]);
      return { subscription: 1 };
    };
    await using served = await serve({ dispatch, limits: { notificationBytes: 256 * 1024 } });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'subscribe.log'));
    await until('told', () => isMissed(peer.messages.at(-1)));
    expect(peer.messages[0]).toEqual(response(1, { subscription: 1 }));
    expect(peer.messages.at(-1)).toMatchObject({ params: [100 - (peer.messages.length - 2)] });
    peer.socket.destroy();
  });

  it('does not keep the server from closing', async () => {
    await using served = await serve({ dispatch: async () => piece, limits: { closeGraceMs: 50 } });
    const peer = await rawPeer(served.path);
    peer.socket.pause();
    for (let id = 0; id < 50; id += 1) peer.socket.write(encodeMessage(request(id, 'large')));
    await until('the server has something to say', () => peer.socket.bytesWritten > 0);
    await served.server.close();
    peer.socket.destroy();
  });
});

const isMissed = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'method' in message && message.method === 'missed';
