import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FcgiSocketSpec } from '../../src/model/program-spec.ts';
import { openListeningSocket } from '../../src/os/listening-socket.ts';

const isRoot = process.geteuid?.() === 0;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

let folder = '';
const open = new Set<number>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-test-'));
});

afterEach(() => {
  for (const fd of open) closeSync(fd);
  open.clear();
  rmSync(folder, { recursive: true });
});

/** The descriptor, or the reason why there is none. */
function openSocket(values: Partial<FcgiSocketSpec>): number | string {
  const opened = openListeningSocket({ url: '', backlog: null, owner: null, mode: null, ...values });
  if ('error' in opened) return opened.error;
  open.add(opened.fd);
  return opened.fd;
}

const openPath = (path: string, values: Partial<FcgiSocketSpec> = {}) =>
  openSocket({ url: `unix://${path}`, mode: 0o700, ...values });

/** Whether somebody listens there. */
async function isReachable(address: { path: string } | { host: string; port: number }): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a listening socket on a path', () => {
  test('is connected to, blocks whoever accepts, and reaches no program unasked', async () => {
    const path = join(folder, 'web.sock');
    const fd = openPath(path);
    expect(await isReachable({ path })).toBe(true);
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toMatch(/^socket:/);
    const flags = Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8);
    expect(flags & O_NONBLOCK).toBe(0);
    expect(flags & O_CLOEXEC).toBe(O_CLOEXEC);
  });

  test.each([0o700, 0o660, 0o777, 0o000])('has the mode %o whatever the umask', (mode) => {
    const path = join(folder, 'web.sock');
    openPath(path, { mode });
    expect(lstatSync(path).mode & 0o7777).toBe(mode);
  });

  test.runIf(isRoot)('has the owner and the group it shall have', () => {
    const path = join(folder, 'web.sock');
    openPath(path, { owner: { uid: 65534, gid: 1 } });
    expect(lstatSync(path)).toMatchObject({ uid: 65534, gid: 1 });
    openPath(path, { owner: { uid: null, gid: 2 } });
    expect(lstatSync(path)).toMatchObject({ uid: 0, gid: 2 });
  });

  test('takes over what an earlier life left there, and leaves its own file when it is closed', async () => {
    const path = join(folder, 'web.sock');
    const first = openPath(path);
    closeSync(Number(first));
    open.delete(Number(first));
    expect(lstatSync(path).isSocket()).toBe(true);
    openPath(path);
    expect(await isReachable({ path })).toBe(true);
  });

  test('takes the place of a symbolic link and leaves its target alone', () => {
    const path = join(folder, 'web.sock');
    writeFileSync(join(folder, 'target'), 'precious');
    symlinkSync(join(folder, 'target'), path);
    openPath(path);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
  });

  test('never replaces a file that is no socket', () => {
    const path = join(folder, 'notes');
    writeFileSync(path, 'precious');
    expect(openPath(path)).toBe('EADDRINUSE: address already in use');
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('needs its folder, and a path of no more than 107 bytes', () => {
    expect(openPath(join(folder, 'none/web.sock'))).toBe('ENOENT: no such file or directory');
    const fitting = join(folder, 'x'.repeat(107 - folder.length - 1));
    expect(openPath(fitting)).toBeTypeOf('number');
    expect(openPath(`${fitting}x`)).toBe('the path is longer than 107 bytes');
  });

  test.runIf(!isRoot)('whose owner cannot be changed leaves no file', () => {
    const path = join(folder, 'web.sock');
    expect(openPath(path, { owner: { uid: 0, gid: 0 } })).toBe(
      'Could not change ownership of socket file: EPERM: operation not permitted',
    );
    expect(existsSync(path)).toBe(false);
  });
});

describe('a listening socket on a port', () => {
  test('is connected to by address and by name', async () => {
    const port = await freePort();
    openSocket({ url: `tcp://localhost:${port}`, backlog: 1 });
    expect(await isReachable({ host: '127.0.0.1', port })).toBe(true);
  });

  test('that is in use, or not of this machine, is an error', async () => {
    const port = await freePort();
    openSocket({ url: `tcp://127.0.0.1:${port}` });
    expect(openSocket({ url: `tcp://127.0.0.1:${port}` })).toBe('EADDRINUSE: address already in use');
    expect(openSocket({ url: `tcp://192.0.2.1:${port}` })).toBe('EADDRNOTAVAIL: address not available');
    expect(openSocket({ url: `tcp://${'x'.repeat(64)}.invalid:${port}` })).toBeTypeOf('string');
  });
});
