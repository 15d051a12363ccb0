import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../src/model/program-spec.ts';
import { createControlServer } from '../../src/server/control-server.ts';
import { echo, rawPeer, recordingLog, request, response, unixServer, until } from './serve.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-control-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function create(servers: readonly ServerSpec[]) {
  const lines: string[] = [];
  return { server: createControlServer({ servers, dispatch: echo, log: recordingLog(lines) }), lines };
}

describe('the control server', () => {
  it('opens every unix socket and warns of each that asks for no password', async () => {
    const one = join(folder, 'one');
    const two = join(folder, 'two');
    const { server, lines } = create([unixServer(one), unixServer(two, { username: 'u', password: 'p' })]);
    expect(await server.listen()).toBeNull();
    expect(readdirSync(folder)).toEqual(['one', 'two']);
    expect(lines).toEqual(["CRIT Server 'unix_http_server' running without any HTTP authentication checking"]);
    const peer = await rawPeer(one);
    peer.send(request(1, 'a', 'b'));
    await until('a reply', () => peer.messages.length === 1);
    expect(peer.messages).toEqual([response(1, ['b'])]);
    await server.close();
    expect(readdirSync(folder)).toEqual([]);
    await until('closed', peer.closed);
  });

  it('opens none when one cannot be opened', async () => {
    const one = join(folder, 'one');
    const { server } = create([unixServer(one), unixServer(one)]);
    expect(await server.listen()).toMatchObject({ kind: 'in-use', path: one });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('closes at once when its only peers have not said anything yet', async () => {
    const path = join(folder, 's');
    const { server } = create([unixServer(path)]);
    await server.listen();
    const silent = connect({ path, allowHalfOpen: true });
    silent.on('error', () => {});
    await once(silent, 'connect');
    const gone = once(silent.resume(), 'end');
    await server.close();
    await gone;
    silent.destroy();
  });

  it('closes without sockets', async () => {
    const { server } = create([]);
    expect(await server.listen()).toBeNull();
    await server.close();
  });
});
