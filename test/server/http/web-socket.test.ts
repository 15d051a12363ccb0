import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Dispatch } from '../../../src/commands/method.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/codec.ts';
import { request, response, until } from '../serve.ts';
import { type ServedHttp, serveHttp } from './serve-http.ts';

const echo: Dispatch = async (method, params) => [method, ...params];

const handshake = (headers: readonly string[] = [], path = '/rpc'): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '',
    '',
  ].join('\r\n');

interface Opened {
  readonly webSocket: WebSocket;
  readonly messages: unknown[];
  /** The status of a close frame, once there is one. */
  readonly closed: () => number | null;
}

async function open(served: ServedHttp, headers: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const webSocket = new WebSocket(`ws+unix:${served.served.path}:/rpc`, { headers });
  const messages: unknown[] = [];
  let code: number | null = null;
  webSocket.on('message', (bytes: Buffer) => {
    const decoded = decodeMessage(bytes);
    messages.push(decoded.kind === 'message' ? decoded.message : decoded);
  });
  webSocket.on('close', (status) => {
    code = status;
  });
  await once(webSocket, 'open');
  webSocket.on('error', () => {});
  return { webSocket, messages, closed: () => code };
}

/** What a refused handshake was answered. */
async function refusalOf(served: ServedHttp, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  const webSocket = new WebSocket(`ws+unix:${served.served.path}:/rpc`, { headers });
  const [, answer] = await once(webSocket, 'unexpected-response');
  webSocket.on('error', () => {});
  webSocket.terminate();
  return answer.statusCode;
}

/** A client's frame with the mask 0. */
function frame(opcode: number, payload: Uint8Array, isMasked = true): Buffer {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.concat([
    Uint8Array.of(0x80 | opcode, first | (isMasked ? 0x80 : 0), ...rest, ...(isMasked ? [0, 0, 0, 0] : [])),
    payload,
  ]);
}

describe('a WebSocket', () => {
  it('carries requests and replies, one message a frame', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const { webSocket, messages } = await open(served);
    webSocket.send(encodeMessage(request(1, 'session.hello')));
    webSocket.send(encodeMessage(request(2, 'any.thing', 'x', 3)));
    await until('two replies', () => messages.length === 2);
    expect(messages).toEqual([
      response(1, { server: 'statevisor', version: '1.2.3', protocol: 1, authenticated: true, role: 'admin' }),
      response(2, ['any.thing', 'x', 3]),
    ]);
    webSocket.close();
  });

  it('takes a message that came together with the request for it', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const peer = connect(served.served.path);
    const received: Buffer[] = [];
    peer.on('data', (chunk: Buffer) => received.push(chunk));
    peer.write(Buffer.concat([Buffer.from(handshake()), frame(2, encodeMessage(request(7, 'at.once')))]));
    await until('the reply', () => Buffer.concat(received).includes('at.once'));
    expect(Buffer.concat(received).toString()).toMatch(/^HTTP\/1\.1 101 /);
    peer.destroy();
  });

  it('notifies, and releases what it held when it ends', async () => {
    let released = 0;
    const dispatch: Dispatch = async (_method, _params, session) => {
      session.onClose(() => {
        released += 1;
      });
      session.notify?.('some.news', [1]);
      return null;
    };
    await using served = await serveHttp({ dispatch });
    const { webSocket, messages } = await open(served);
    webSocket.send(encodeMessage(request(1, 'subscribe.any')));
    await until('the news', () => messages.length === 2);
    expect(messages[1]).toEqual({ type: 'notification', method: 'some.news', params: [1] });
    webSocket.terminate();
    await until('the release', () => released === 1);
  });

  it('asks for the password of the server, and knows by the name what somebody may', async () => {
    const users = () => [{ username: 'guest', password: 'g', role: 'view' as const }];
    await using served = await serveHttp({ dispatch: echo, credentials: { username: 'u', password: 'p' }, users });
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(await refusalOf(served, {})).toBe(401);
    expect(await refusalOf(served, basic('u:wrong'))).toBe(401);
    const { webSocket, messages } = await open(served, basic('guest:g'));
    webSocket.send(encodeMessage(request(1, 'session.hello')));
    await until('the reply', () => messages.length === 1);
    expect(messages[0]).toMatchObject({ result: { authenticated: true, role: 'view' } });
    webSocket.close();
  });

  it.each([
    { Origin: 'http://evil.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'null' },
    { Origin: 'http://localhost:1', Host: 'localhost:2' },
  ])('is refused to a page of another site (%j)', async (headers) => {
    await using served = await serveHttp({ dispatch: echo });
    expect(await refusalOf(served, headers)).toBe(403);
    expect(served.lines.join()).toContain('a browser was led here by another site');
  });

  it('is opened by a page of the same site', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const { webSocket } = await open(served, { Origin: 'http://localhost:9001', Host: 'localhost:9001' });
    webSocket.close();
  });

  it.each([
    ['text', frame(1, Buffer.from('hello')), 'sent text, where only binary messages are understood'],
    ['unmasked frames', frame(2, Buffer.from([0x90]), false), 'broke the WebSocket protocol'],
    ['an unknown kind of frame', frame(5, Buffer.from([0x90])), 'broke the WebSocket protocol'],
    ['what is no MessagePack-RPC', frame(2, Buffer.from([0xc1])), 'sent a message that is not an array'],
  ])('ends when the peer sends %s, with one line in the log', async (_what, bytes, line) => {
    await using served = await serveHttp({ dispatch: echo });
    const peer = await served.peer();
    peer.socket.write(handshake());
    peer.socket.write(bytes);
    await until('the end', peer.closed);
    const lines = [...served.lines, ...served.served.logLines].filter((text) => text.startsWith('WARN'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(line);
  });

  it('ends when a message is too large, before it is taken in', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const peer = await served.peer();
    peer.socket.write(handshake());
    const announced = Buffer.alloc(14);
    announced.set([0x82, 0xff]);
    announced.writeBigUInt64BE(1n << 40n, 2);
    peer.socket.write(announced);
    await until('the end', peer.closed);
    expect(served.lines.join()).toContain('Max payload size exceeded');
  });

  it('ends when a message is begun and not finished', async () => {
    await using served = await serveHttp({ dispatch: echo, limits: { bodyMs: 50 } });
    const peer = await served.peer();
    peer.socket.write(handshake());
    peer.socket.write(frame(2, encodeMessage(request(1, 'half.of.it'))).subarray(0, 9));
    await until('the end', peer.closed);
    expect(served.lines).toEqual([expect.stringContaining('left a message unfinished')]);
  });

  it('does not pile up answers to pings that nobody reads', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const { webSocket, messages } = await open(served);
    for (let count = 0; count < 1000; count += 1) webSocket.ping('x'.repeat(100));
    webSocket.send(encodeMessage(request(1, 'still.there')));
    await until('the reply', () => messages.length === 1);
    webSocket.close();
  });

  it('does not begin where something about the request is wrong', async () => {
    await using served = await serveHttp({ dispatch: echo });
    const peer = await served.peer();
    peer.socket.write(handshake().replace('Version: 13', 'Version: 1'));
    await until('the end', peer.closed);
    expect(peer.text()).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('a request that asks for another protocol', () => {
  it.each([
    ['HTTP/2', ['GET /ok.html HTTP/1.1', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: x']],
    ['a WebSocket elsewhere', ['GET /ok.html HTTP/1.1', 'Connection: keep-alive, Upgrade', 'Upgrade: websocket']],
  ])('is answered like any other (%s)', async (_what, lines) => {
    await using served = await serveHttp();
    const peer = await served.peer();
    const text = [...lines, 'Host: localhost', '', ''].join('\r\n');
    peer.socket.write(`${text}GET /ok.html HTTP/1.0\r\n\r\n`);
    await until('the end', peer.closed);
    expect(peer.text().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  it('keeps its body', async () => {
    await using served = await serveHttp();
    const head = ['Connection: Upgrade, close', 'Upgrade: h2c'];
    const answer = await served.ask(
      ['POST /RPC2 HTTP/1.1', 'Host: localhost', ...head],
      '<?xml version="1.0"?><methodCall><methodName>supervisor.getState</methodName><params/></methodCall>',
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('RUNNING');
  });

  it('may be made again and again on one connection, and leaves nothing behind there', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', note);
    await using served = await serveHttp();
    const peer = await served.peer();
    for (let count = 1; count <= 30; count += 1) {
      peer.socket.write('GET /ok.html HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
      await until('another answer', () => peer.text().match(/200 OK/g)?.length === count);
    }
    peer.socket.destroy();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('waits for the answers to those before it', async () => {
    await using served = await serveHttp();
    const peer = await served.peer();
    const ask = 'GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n';
    peer.socket.write(`${ask}${ask}${handshake([], '/ok.html')}${ask.replace('1.1', '1.0')}`);
    await until('the end', peer.closed);
    expect(peer.text().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4);
  });
});
