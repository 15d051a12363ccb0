/** TLS in front of the control server: both protocols within it, who may come, and what a renewed certificate changes. */
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectEither } from '../../src/client/connect-either.ts';
import type { ControlClient } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { createTlsDial, type TlsTrust } from '../../src/client/tls-dial.ts';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import type { Dispatch } from '../../src/commands/method.ts';
import type { InetServerSpec, UserAccount } from '../../src/model/program-spec.ts';
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts';
import { createControlServer } from '../../src/server/control-server.ts';
import { createHttpHandler } from '../../src/server/http/http-handler.ts';
import { defaultLimits, type ServerLimits } from '../../src/server/limits.ts';
import { createBench } from '../commands/fake-control.ts';
import { inetServer, recordingLog, until } from './serve.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/tls', name);

interface Served extends AsyncDisposable {
  readonly port: number;
  readonly lines: string[];
  /** The sessions that asked, as `role actor`. */
  readonly callers: string[];
  readonly file: (name: string) => string;
}

interface ServeOptions {
  readonly server?: Partial<InetServerSpec>;
  readonly clientCa?: string;
  readonly users?: readonly UserAccount[];
  readonly limits?: Partial<ServerLimits>;
}

async function serve({ server = {}, clientCa, users = [], limits = {} }: ServeOptions = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-tls-'));
  const file = (name: string): string => join(folder, name);
  for (const name of ['server.pem', 'server.key']) copyFileSync(fixture(name), file(name));
  const lines: string[] = [];
  const callers: string[] = [];
  const log = recordingLog(lines);
  const dispatch: Dispatch = async (name, params, { role, actor }) => {
    callers.push(`${role} ${actor.replace(/:\d+/, ':N')}`);
    return name === 'supervisor.getVersion' ? '3.0' : params;
  };
  let port = 0;
  const control = createControlServer({
    servers: [
      inetServer({
        tls: { certificate: file('server.pem'), key: file('server.key'), clientCa: clientCa ?? null },
        ...server,
      }),
    ],
    users: () => users,
    dispatch,
    log,
    http: createHttpHandler({ dispatch, control: createBench().control, log }),
    onListening: (_, address) => {
      port = Number(address.split(':')[1]);
    },
    limits: { ...defaultLimits, ...limits },
  });
  expect(await control.listen()).toBeNull();
  lines.length = 0;
  return {
    port,
    lines,
    callers,
    file,
    [Symbol.asyncDispose]: async () => {
      await control.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const trust: TlsTrust = { ca: fixture('ca.pem'), certificate: null, key: null };
const shows = (name: string): TlsTrust => ({
  ...trust,
  certificate: fixture(`${name}.pem`),
  key: fixture(`${name}.key`),
});

type Login = readonly [username: string, password: string];

function client(
  port: number,
  kind: 'msgpack' | 'xml-rpc',
  trusted: TlsTrust = trust,
  login?: Login,
  host = 'localhost',
): ControlClient {
  const [username, password] = login ?? [null, null];
  const address = { host, port, dial: createTlsDial(host, port, trusted), username, password };
  return kind === 'msgpack' ? connectMsgpack(address) : connectXmlRpc(address);
}

/** What one call is answered. */
async function ask(...args: Parameters<typeof client>): Promise<unknown> {
  const control = client(...args);
  try {
    return await control.call('any.method', 'x');
  } finally {
    control.close();
  }
}

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

const nameShown = async (port: number): Promise<string> => {
  const socket = await handshake(port);
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
};

describe('a server that speaks TLS', () => {
  it.each(['msgpack', 'xml-rpc'] as const)('answers %s, by name and by address, and knows who asks', async (kind) => {
    await using served = await serve();
    expect(await ask(served.port, kind)).toEqual(['x']);
    expect(await ask(served.port, kind, trust, undefined, '127.0.0.1')).toEqual(['x']);
    expect(served.callers).toEqual(Array(2).fill('admin anybody from 127.0.0.1:N over TLS'));
    expect(served.lines).toEqual([]);
  });

  it('carries sessions over WebSockets as well', async () => {
    await using served = await serve();
    const webSocket = new WebSocket(`wss://localhost:${served.port}/rpc`, { ca: readFileSync(fixture('ca.pem')) });
    await once(webSocket, 'open');
    webSocket.send(encodeMessage({ type: 'request', id: 1, method: 'any.method', params: ['x'] }));
    const [bytes] = await once(webSocket, 'message');
    expect(decodeMessage(bytes)).toMatchObject({ message: { id: 1, result: ['x'] } });
    expect(served.callers).toEqual(['admin anybody from 127.0.0.1:N over TLS']);
    webSocket.close();
  });

  it('is controlled by the client of two protocols, and its address begins with https', async () => {
    await using served = await serve();
    const both = connectEither(client(served.port, 'msgpack'), async () => client(served.port, 'xml-rpc'));
    expect(both.serverUrl).toBe(`https://localhost:${served.port}`);
    expect(await both.call('a', 1)).toEqual([1]);
    both.close();
  });

  it('asks for passwords as any other', async () => {
    const users = [{ username: 'alice', password: 'wonder', role: 'operate' }] as const;
    await using served = await serve({ users });
    for (const kind of ['msgpack', 'xml-rpc'] as const) {
      expect(await ask(served.port, kind, trust, ['alice', 'wonder'])).toEqual(['x']);
      await expect(ask(served.port, kind, trust, ['alice', 'wrong'])).rejects.toMatchObject({ kind: 'unauthorized' });
      await expect(ask(served.port, kind)).rejects.toMatchObject({ kind: 'unauthorized' });
    }
    expect(served.callers).toEqual(Array(2).fill('operate alice from 127.0.0.1:N over TLS'));
  });

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    await using served = await serve();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake(served.port, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    await expect(
      handshake(served.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
  });

  it('shows out who speaks no TLS, with one line in the log', async () => {
    await using served = await serve();
    const plain = connectPlain(served.port, '127.0.0.1');
    plain.on('error', () => {});
    plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(plain.resume(), 'close');
    await until('a line', () => served.lines.length === 1);
    expect(served.lines[0]).toMatch(/^WARN closed the connection of 127\.0\.0\.1:\d+: no TLS \(http request\)$/);
    expect(await ask(served.port, 'msgpack')).toEqual(['x']);
  });

  it('does not wait for ever for a handshake, and counts those that wait', async () => {
    await using served = await serve({ limits: { firstByteMs: 100, connections: 1 } });
    const silent = connectPlain(served.port, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const second = connectPlain(served.port, '127.0.0.1');
    second.on('error', () => {});
    await once(second.resume(), 'close');
    expect(served.lines[0]).toBe('WARN refusing connections: 1 are open, which is the limit');
    await once(silent.resume(), 'close');
    expect(await ask(served.port, 'msgpack')).toEqual(['x']);
  });

  it('answers a request whose peer has closed its sending side', async () => {
    await using served = await serve();
    const socket = await handshake(served.port);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.end('GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('is told apart from one that cannot be trusted', async () => {
    await using served = await serve();
    await using elsewhere = await serve({ server: { host: '127.0.0.2' } });
    const distrustful = { ca: fixture('stranger-ca.pem'), certificate: null, key: null };
    for (const kind of ['msgpack', 'xml-rpc'] as const) {
      await expect(ask(served.port, kind, distrustful)).rejects.toMatchObject({ kind: 'untrusted' });
      const unnamed = ask(elsewhere.port, kind, trust, undefined, '127.0.0.2');
      await expect(unnamed).rejects.toMatchObject({ kind: 'untrusted' });
    }
    expect([...served.callers, ...elsewhere.callers]).toEqual([]);
  });

  it('goes on with connections that are open when it closes, until their grace ends', async () => {
    const served = await serve();
    const control = client(served.port, 'msgpack');
    expect(await control.call('a')).toEqual([]);
    await served[Symbol.asyncDispose]();
    await expect(control.call('b')).rejects.toMatchObject({ name: 'ConnectionProblem' });
    control.close();
  });
});

describe('a server that wants certificates of its clients', () => {
  it('lets in who shows one of its authority, and knows the name in it', async () => {
    await using served = await serve({ clientCa: fixture('ca.pem') });
    expect(await ask(served.port, 'msgpack', shows('client'))).toEqual(['x']);
    expect(await ask(served.port, 'xml-rpc', shows('client'))).toEqual(['x']);
    expect(served.callers).toEqual(Array(2).fill('admin the certificate of backup.example from 127.0.0.1:N over TLS'));
  });

  it('shows out who has none, or one of somebody else', async () => {
    await using served = await serve({ clientCa: fixture('ca.pem') });
    for (const kind of ['msgpack', 'xml-rpc'] as const) {
      await expect(ask(served.port, kind)).rejects.toMatchObject({ name: 'ConnectionProblem' });
      await expect(ask(served.port, kind, shows('stranger'))).rejects.toMatchObject({ name: 'ConnectionProblem' });
    }
    expect(served.callers).toEqual([]);
  });

  it('asks for a password as well where there is one', async () => {
    const credentials = { username: 'u', password: 'p' };
    await using served = await serve({ clientCa: fixture('ca.pem'), server: { credentials } });
    await expect(ask(served.port, 'msgpack', shows('client'))).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(await ask(served.port, 'msgpack', shows('client'), ['u', 'p'])).toEqual(['x']);
  });
});

describe('a certificate that is replaced', () => {
  it('is used from the next connection on; open ones stay', async () => {
    await using served = await serve();
    const open = client(served.port, 'msgpack');
    await open.call('a');
    expect(await nameShown(served.port)).toBe('localhost');
    copyFileSync(fixture('renewed.pem'), served.file('server.pem'));
    copyFileSync(fixture('renewed.key'), served.file('server.key'));
    expect(await nameShown(served.port)).toBe('localhost renewed');
    expect(await open.call('b')).toEqual([]);
    open.close();
    expect(served.lines).toEqual(['WARN inet_http_server: the certificate was read again']);
  });

  it('by half, or by nonsense, or by nothing, leaves the old one in use, which is said once a change', async () => {
    await using served = await serve();
    copyFileSync(fixture('renewed.pem'), served.file('server.pem'));
    expect(await nameShown(served.port)).toBe('localhost');
    expect(await nameShown(served.port)).toBe('localhost');
    writeFileSync(served.file('server.pem'), 'nonsense');
    utimesSync(served.file('server.pem'), 1, 1);
    expect(await nameShown(served.port)).toBe('localhost');
    rmSync(served.file('server.pem'));
    expect(await nameShown(served.port)).toBe('localhost');
    expect(served.lines).toHaveLength(3);
    for (const line of served.lines) expect(line).toMatch(/^ERRO inet_http_server: going on with the old certificate/);
  });
});

it('a server whose certificate and key do not belong together is not opened', async () => {
  const tls = { certificate: fixture('server.pem'), key: fixture('renewed.key'), clientCa: null };
  const control = createControlServer({
    servers: [inetServer({ tls })],
    dispatch: async () => true,
    log: recordingLog([]),
  });
  expect(await control.listen()).toMatchObject({
    kind: 'no-tls',
    text: expect.stringContaining('key values mismatch'),
  });
});
