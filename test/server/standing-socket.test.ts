import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStandingSocket } from '../../src/server/standing-socket.ts';
import { openUnixSocket, type UnixListener } from '../../src/server/unix-socket.ts';
import { pause, waitFor } from '../helpers/wait.ts';

let folder = '';
let path = '';
let warnings: string[] = [];
const listeners: UnixListener[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-socket-'));
  path = join(folder, 'place', 's.sock');
  mkdirSync(join(folder, 'place'));
  warnings = [];
});

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  rmSync(folder, { recursive: true });
});

const options = (greeting = 'hello') => ({
  path,
  mode: 0o710,
  owner: null,
  onConnection: (socket: Socket) => {
    socket.on('error', () => {});
    socket.end(greeting);
  },
  onAcceptError: () => {},
  notice: () => {},
});

async function open(): Promise<UnixListener> {
  const log = { warn: (message: string) => warnings.push(message) };
  const result = await openStandingSocket({ ...options(), log, lookAfterMs: 1, tryAgainMs: 20 });
  if (result.kind === 'problem') throw new Error(result.problem.text);
  listeners.push(result.listener);
  return result.listener;
}

async function greeting(): Promise<string> {
  const socket = connect(path);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  await once(socket, 'close');
  return text;
}

describe('a socket whose file is deleted', () => {
  it('is made again with its mode, each time, with one warning', async () => {
    await open();
    for (const round of [1, 2]) {
      rmSync(path);
      await waitFor('the warning', () => warnings.length === round);
      expect(await greeting()).toBe('hello');
      expect(statSync(path).mode & 0o777).toBe(0o710);
    }
    expect(new Set(warnings)).toEqual(new Set([`socket ${path} was removed; it is made again`]));
  });

  it('together with its directory is made again once there is one, also if that happens twice', async () => {
    await open();
    for (const round of [1, 2]) {
      rmSync(join(folder, 'place'), { recursive: true });
      await waitFor('the first warning', () => warnings.length === 2 * round - 1);
      mkdirSync(join(folder, 'place'));
      await waitFor('the second warning', () => warnings.length === 2 * round);
      expect(await greeting()).toBe('hello');
    }
    expect(warnings[0]).toMatch(/was removed, and cannot be made again: .*ENOENT/);
  });

  it('is left to whoever is at its place by then', async () => {
    await open();
    const rival = await openUnixSocket({ ...options('rival'), path: join(folder, 'rival') });
    if (rival.kind === 'listening') listeners.push(rival.listener);
    rmSync(path);
    writeFileSync(path, 'a file');
    await pause(50);
    expect(readFileSync(path, 'utf8')).toBe('a file');
    expect(warnings).toEqual([]);
  });

  it('while it is closed or handed over stays away', async () => {
    const closed = await open();
    rmSync(path);
    closed.close();
    const handedOver = await open();
    rmSync(path);
    const descriptor = handedOver.handOver() ?? -1;
    expect(descriptor).toBeGreaterThan(0);
    closeSync(descriptor);
    await pause(50);
    expect(existsSync(path)).toBe(false);
    expect(warnings).toEqual([]);
  });
});
