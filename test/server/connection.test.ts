import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { preface } from '../../src/protocol/preface.ts';
import { acceptedHttp } from './http-peer.ts';
import { ownName, rawPeer, request, response, serve, until } from './serve.ts';

describe('the first byte', () => {
  it.each([
    ['a short array', { type: 'request', id: 1, method: 'a', params: [] } as const],
    ['a long one', { type: 'request', id: 1, method: 'x'.repeat(300), params: ['y'.repeat(300)] } as const],
  ])('of MessagePack opens a session: %s', async (_what, message) => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    peer.send(message);
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([response(1, message.params)]);
  });

  it('of an array with a 16-bit or 32-bit count opens a session too', async () => {
    await using served = await serve();
    for (const head of ['dc 00 04', 'dd 00 00 00 04']) {
      const peer = await rawPeer(served.path);
      peer.socket.write(Buffer.from(`${head} 00 05 a1 61 90`.replaceAll(' ', ''), 'hex'));
      await until('a reply', () => peer.messages.length === 1);
      expect(peer.messages).toEqual([response(5, [])]);
    }
  });

  it('may come alone and late', async () => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    for (const byte of Buffer.from('940005a16190', 'hex')) {
      peer.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([response(5, [])]);
  });

  it('may stand behind a preface, which is read over however it comes in pieces', async () => {
    await using served = await serve();
    const opening = Buffer.concat([preface, Buffer.from('940005a16190', 'hex')]);
    const peers = await Promise.all([1, 7, preface.length, preface.length + 1].map(() => rawPeer(served.path)));
    for (const [index, peer] of peers.entries()) {
      const cut = [1, 7, preface.length, preface.length + 1][index];
      peer.socket.write(opening.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      peer.socket.write(opening.subarray(cut));
      await until('a reply', () => peer.messages.length === 1);
      expect(peer.messages).toEqual([response(5, [])]);
    }
  });

  it('of HTTP gets a 501 as long as nobody serves HTTP', async () => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    peer.socket.write(`POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n${'x'.repeat(1_000_000)}`);
    await until('closed', peer.closed);
    const [head, body] = peer.text().split('\r\n\r\n');
    expect(head?.split('\r\n')).toEqual([
      'HTTP/1.1 501 Not Implemented',
      'Content-Type: text/plain',
      `Content-Length: ${body?.length}`,
      'Connection: close',
    ]);
    expect(body).toBe('This socket speaks MessagePack-RPC only.\n');
    expect(served.logLines).toHaveLength(1);
  });

  it('of HTTP hands the socket to the HTTP server with every byte', async () => {
    const web = createServer((incoming, outgoing) => {
      incoming.resume();
      incoming.on('end', () => outgoing.end(`${incoming.method} ${incoming.url}`));
    });
    const peers: string[] = [];
    await using served = await serve({
      http: (connection) => {
        peers.push(connection.peer.name);
        connection.socket.unshift(connection.firstBytes);
        web.emit('connection', connection.socket);
        connection.socket.resume();
        return { end: () => connection.socket.destroy(), idleSince: () => null };
      },
    });
    expect(await acceptedHttp(served.path)).toEqual({ status: 200, body: 'PUT /some/thing' });
    const other = await rawPeer(served.path);
    other.send(request(1, 'still.there'));
    await until('a reply', () => other.messages.length === 1);
    expect(peers).toEqual([ownName]);
  });

  it('is waited for without a word when the peer leaves again', async () => {
    await using served = await serve();
    const peer = await rawPeer(served.path);
    peer.socket.end();
    await until('closed', peer.closed);
    expect(served.logLines).toHaveLength(1);
  });
});
