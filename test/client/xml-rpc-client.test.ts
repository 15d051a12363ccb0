import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConnectionProblem,
  type ControlClient,
  HttpRefusal,
  LogNotAvailable,
} from '../../src/client/control-client.ts';
import type { Endpoint } from '../../src/client/endpoint.ts';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import { Fault } from '../../src/model/errors.ts';
import { decodeXmlCall } from '../../src/protocol/xml-rpc-reader.ts';
import { encodeXmlFault, encodeXmlResult } from '../../src/protocol/xml-rpc-writer.ts';
import { until } from '../server/serve.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-xml-rpc-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 's.sock');
}

/** An HTTP server on a unix socket, or on a free port of 127.0.0.1. */
async function listen(respond: RequestListener, kind: 'unix' | 'tcp' = 'unix'): Promise<Endpoint> {
  const server = createServer(respond);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const path = kind === 'unix' ? socketPath() : null;
  if (path === null) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  return path === null ? { host: '127.0.0.1', port: (server.address() as AddressInfo).port } : { path };
}

/** A server of bytes, HTTP or not. */
async function listenBare(respond: (socket: Socket) => void): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    respond(socket);
  });
  const path = socketPath();
  server.listen(path);
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { path };
}

function connectTo(endpoint: Endpoint, username: string | null = null, password: string | null = null): ControlClient {
  const client = connectXmlRpc({ ...endpoint, username, password });
  cleanups.push(() => client.close());
  return client;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Answers every call by what `result` gives for it. */
const answering =
  (result: (method: string, params: readonly unknown[]) => Uint8Array): RequestListener =>
  async (request, response) => {
    const call = decodeXmlCall(await bodyOf(request), { maxDepth: 10, maxElements: 100 });
    response.end(call.kind === 'call' ? result(call.method, call.params) : '');
  };

const answerWith =
  (status: number, body: string | Uint8Array = '') =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status);
    response.end(body);
  };

const problemOf = async (promise: Promise<unknown>): Promise<ConnectionProblem> => {
  const problem = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof ConnectionProblem)) throw new Error(`no connection problem: ${problem}`);
  return problem;
};

describe('calls', () => {
  it.each(['unix', 'tcp'] as const)('come back with results and faults: %s', async (kind) => {
    const endpoint = await listen(
      answering((method, params) =>
        method === 'refuse'
          ? encodeXmlFault({ code: 10, message: `BAD_NAME: ${params[0]}` })
          : encodeXmlResult({ method, params }),
      ),
      kind,
    );
    const client = connectTo(endpoint);
    expect(client.serverUrl).toBe('path' in endpoint ? `unix://${endpoint.path}` : `http://127.0.0.1:${endpoint.port}`);
    expect(await client.call('supervisor.x', 1, 'zwei <&> €', true, [-3])).toEqual({
      method: 'supervisor.x',
      params: [1, 'zwei <&> €', true, [-3]],
    });
    await expect(client.call('refuse', 'nö')).rejects.toThrow(new Fault(10, 'BAD_NAME: nö'));
  });

  it('are posted to /RPC2 over one connection, with their length and their credentials', async () => {
    const seen: unknown[] = [];
    const connections = new Set<Socket>();
    const endpoint = await listen((request, response) => {
      const { authorization, 'content-type': type, 'content-length': length } = request.headers;
      seen.push([request.method, request.url, type, Number(length) > 50, authorization]);
      connections.add(request.socket);
      response.end(encodeXmlResult(true));
    });
    const client = connectTo(endpoint, 'mé', 'se:cret');
    await client.call('a');
    await client.call('b');
    const credentials = `Basic ${Buffer.from('mé:se:cret').toString('base64')}`;
    expect(seen).toEqual(Array(2).fill(['POST', '/RPC2', 'text/xml', true, credentials]));
    expect(connections.size).toBe(1);
  });

  it.each([
    ['me', null],
    [null, 'secret'],
    [null, null],
  ])('carry no credentials unless both are known: %s, %s', async (username, password) => {
    let authorization: string | undefined = 'none yet';
    const endpoint = await listen((request, response) => {
      authorization = request.headers.authorization;
      response.end(encodeXmlResult(true));
    });
    await connectTo(endpoint, username, password).call('a');
    expect(authorization).toBeUndefined();
  });

  it('show control characters of a log, which no XML may hold', async () => {
    const endpoint = await listen(
      answerWith(
        200,
        '<methodResponse><params><param><value><string>\u{1b}[31mred</string></value></param></params></methodResponse>',
      ),
    );
    expect(await connectTo(endpoint).call('supervisor.readLog')).toBe('\u{FFFD}[31mred');
  });
});

describe('a server that cannot be spoken to', () => {
  it('is told apart: no socket, nobody listening, no such host', async () => {
    expect(await problemOf(connectTo({ path: '/no/such/s.sock' }).call('a'))).toMatchObject({
      kind: 'no-such-file',
      code: 'ENOENT',
    });
    expect(await problemOf(connectTo({ host: '127.0.0.1', port: 1 }).call('a'))).toMatchObject({
      kind: 'refused',
      code: 'ECONNREFUSED',
    });
    expect(await problemOf(connectTo({ host: 'localhost', port: 1 }).call('a'))).toMatchObject({
      kind: 'refused',
      code: 'ECONNREFUSED',
    });
  });

  it('wants other credentials', async () => {
    const endpoint = await listen(answerWith(401, 'who?'));
    const { kind, message } = await problemOf(connectTo(endpoint).call('a'));
    expect(kind).toBe('unauthorized');
    expect(message).toMatch(/wants username and password$/);
    expect((await problemOf(connectTo(endpoint, 'me', 'x').call('a'))).message).toMatch(
      /refused username and password$/,
    );
  });

  it('answers with another status', async () => {
    const endpoint = await listen(answerWith(500));
    const problem = await problemOf(connectTo(endpoint).call('a'));
    expect(problem).toBeInstanceOf(HttpRefusal);
    expect(problem).toMatchObject({ kind: 'broken', status: 500, reason: 'Internal Server Error' });
  });

  it.each([
    ['no XML', 'hello', 'EPROTO'],
    ['other XML', '<html></html>', 'EPROTO'],
    ['two results', '<methodResponse><params></params><params></params></methodResponse>', 'EPROTO'],
  ])('answers with %s', async (_what, body, code) => {
    const endpoint = await listen(answerWith(200, body));
    expect(await problemOf(connectTo(endpoint).call('a'))).toMatchObject({ kind: 'broken', code });
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.end(), null],
    ['breaks off in the head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), null],
    [
      'breaks off in the body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'),
      'ECONNRESET',
    ],
    ['speaks no HTTP', (socket: Socket) => socket.end('220 mail.example.org\r\n'), 'HPE_INVALID_CONSTANT'],
  ])('%s', async (_what, answer, code) => {
    const endpoint = await listenBare((socket) => socket.once('data', () => answer(socket)));
    expect(await problemOf(connectTo(endpoint).call('a'))).toMatchObject({ kind: 'broken', code });
  });

  it('wants to speak another protocol', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    const endpoint = await listenBare((socket) => socket.once('data', () => socket.write(head)));
    expect(await problemOf(connectTo(endpoint).call('a'))).toMatchObject({ kind: 'broken', status: 101 });
  });

  it('is no reason for a call to wait when the client is closed', async () => {
    const endpoint = await listen(() => {});
    const client = connectTo(endpoint);
    const waiting = problemOf(client.call('a'));
    await new Promise((resolve) => setImmediate(resolve));
    client.close();
    expect(await waiting).toMatchObject({ kind: 'broken' });
  });
});

describe('following a log', () => {
  function follow(client: ControlClient, process: string | null, signal: AbortSignal) {
    const received = { text: '' };
    const done = client.followLog({
      process,
      channel: 'stderr',
      onBytes: (bytes) => {
        received.text += Buffer.from(bytes).toString();
      },
      signal,
    });
    return { received, done };
  }

  it('gives every byte until it is no longer wanted', async () => {
    const streams: ServerResponse[] = [];
    const asked: unknown[] = [];
    const endpoint = await listen((request, response) => {
      asked.push([request.method, request.url, request.httpVersion, request.headers.connection]);
      response.writeHead(200);
      response.write('tail ');
      streams.push(response);
    });
    const client = connectTo(endpoint);
    const stop = new AbortController();
    const one = follow(client, 'g:näme', stop.signal);
    const main = follow(client, null, stop.signal);
    await until('both tails', () => one.received.text !== '' && main.received.text !== '');
    for (const stream of streams) stream.write('more');
    await until('more', () => one.received.text === 'tail more' && main.received.text === 'tail more');
    stop.abort();
    await Promise.all([one.done, main.done]);
    await until('closed connections', () => streams.every(({ destroyed }) => destroyed));
    // An original Supervisor sends what comes at once only over a connection that is to be kept.
    expect(asked).toEqual([
      ['GET', '/logtail/g:n%C3%A4me/stderr', '1.1', 'keep-alive'],
      ['GET', '/mainlogtail', '1.1', 'keep-alive'],
    ]);
  });

  it('ends with the server, however that ends', async () => {
    const streams: ServerResponse[] = [];
    const endpoint = await listen((_request, response) => {
      response.write('x');
      streams.push(response);
    });
    const client = connectTo(endpoint);
    const { signal } = new AbortController();
    const logs = [follow(client, 'a', signal), follow(client, 'b', signal)];
    await until('both', () => logs.every(({ received }) => received.text === 'x'));
    streams[0]?.end();
    streams[1]?.destroy();
    await Promise.all(logs.map(({ done }) => done));
  });

  it('does not begin when it is not wanted any more, and stops waiting for an answer', async () => {
    let requests = 0;
    const endpoint = await listen(() => {
      requests += 1;
    });
    const client = connectTo(endpoint);
    await follow(client, 'a', AbortSignal.abort()).done;
    const stop = new AbortController();
    const { done } = follow(client, 'a', stop.signal);
    await until('the request', () => requests === 1);
    stop.abort();
    await done;
  });

  it('is refused when there is no such log, no right, or no server', async () => {
    const { signal } = new AbortController();
    await expect(follow(connectTo(await listen(answerWith(404))), 'a', signal).done).rejects.toThrow(LogNotAvailable);
    const asked = (endpoint: Endpoint) => problemOf(follow(connectTo(endpoint), 'a', signal).done);
    expect(await asked(await listen(answerWith(401)))).toMatchObject({ kind: 'unauthorized' });
    expect(await asked(await listen(answerWith(500)))).toMatchObject({ status: 500 });
    expect(await asked({ path: '/no/such/s.sock' })).toMatchObject({ kind: 'no-such-file' });
  });
});
