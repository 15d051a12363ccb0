import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inetPeer, unixPeer } from '../../src/server/peer.ts';

describe('a peer', () => {
  it('on a unix socket is known by its user and process id, as the kernel says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'statevisor-peer-'));
    const path = join(folder, 's');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const script = `const s = require('net').connect(${JSON.stringify(path)}); s.on('close', () => process.exit())`;
    const child = spawn(process.execPath, ['-e', script]);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(unixPeer(socket, 7)).toEqual({
      name: `uid=${process.getuid?.()} pid=${child.pid}`,
      source: `uid=${process.getuid?.()}`,
      transport: 'unix',
      certificate: null,
    });
    socket.destroy();
    await once(child, 'close');
    expect(unixPeer(socket, 7).name).toBe('connection=7');
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('on TCP is known by its address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(inetPeer(socket)).toMatchObject({ name: `127.0.0.1:${client.localPort}`, source: '127.0.0.1' });
    client.destroy();
    socket.destroy();
    server.close();
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('at %s is counted as %s', (remoteAddress, source) => {
    expect(inetPeer({ remoteAddress, remotePort: 1 } as Socket).source).toBe(source);
  });
});
