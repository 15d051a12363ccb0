import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createControlServer } from '../../src/server/control-server.ts';
import { type InetSocketResult, openInetSocket } from '../../src/server/inet-socket.ts';
import { echo, inetServer, rawPeer, recordingLog, request, response, until } from './serve.ts';

const open = (host: string, port: number): Promise<InetSocketResult> =>
  openInetSocket({
    host,
    port,
    onlyLoopback: false,
    onConnection: (socket) => socket.destroy(),
    onAcceptError: () => {},
  });

const addressOf = (result: InetSocketResult): string => {
  if (result.kind === 'problem') throw new Error(result.problem.text);
  result.listener.close();
  return result.listener.address;
};

describe('a TCP socket', () => {
  it.each([
    ['127.0.0.1', /^127\.0\.0\.1:\d+$/],
    ['localhost', /^127\.\d+\.\d+\.\d+:\d+$/],
    ['', /^0\.0\.0\.0:\d+$/],
  ])('opens on %j', async (host, address) => {
    expect(addressOf(await open(host, 0))).toMatch(address);
  });

  it('is refused when somebody else has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await open('127.0.0.1', port)).toEqual({
      kind: 'problem',
      problem: {
        kind: 'in-use',
        path: `127.0.0.1:${port}`,
        text:
          'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
          'Shut this program down first before starting supervisord.',
      },
    });
    other.close();
  });

  it("is refused with the system's error on an address that is not ours", async () => {
    const result = await open('192.0.2.1', 1024);
    expect(result.kind === 'problem' && result.problem.text).toBe(
      'Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)',
    );
  });

  it('is refused with the number of the resolver for a name that does not exist', async () => {
    const result = await open('does-not-exist.invalid', 1024);
    expect(result.kind === 'problem' && result.problem.text).toMatch(
      /^Cannot open an HTTP server: socket\.error reported -[23]$/,
    );
  });
});

describe('a control server on TCP', () => {
  it('answers MessagePack, names peers by address, and is closed with the others', async () => {
    const lines: string[] = [];
    const addresses: string[] = [];
    const server = createControlServer({
      servers: [inetServer({ section: 'inet_http_server:x' })],
      dispatch: echo,
      log: recordingLog(lines),
      onListening: (_, address) => addresses.push(address),
    });
    expect(await server.listen()).toBeNull();
    expect(lines).toEqual(["CRIT Server 'inet_http_server:x' running without any HTTP authentication checking"]);
    const [host = '', port = ''] = addresses[0]?.split(':') ?? [];
    const peer = await rawPeer({ host, port: Number(port) });
    peer.send(request(1, 'a', 'b'));
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([response(1, ['b'])]);
    const other = await rawPeer({ host, port: Number(port) });
    other.socket.write('\0');
    await until('closed', other.closed);
    expect(lines[1]).toMatch(/^WARN closed the connection of 127\.0\.0\.1:\d+: it speaks neither/);
    await server.close();
    await until('closed', peer.closed);
    expect(addressOf(await open(host, Number(port)))).toBe(addresses[0]);
  });
});
