import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  maxSocketPathBytes,
  openUnixSocket,
  type UnixListener,
  type UnixSocketOptions,
} from '../../src/server/unix-socket.ts';

let folder = '';
let path = '';
let notices: string[] = [];
const listeners: UnixListener[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-socket-'));
  path = join(folder, 's.sock');
  temporary = `${path}.${process.pid}`;
  notices = [];
});

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<UnixSocketOptions> = {}) {
  const result = await openUnixSocket({
    path,
    mode: 0o700,
    owner: null,
    onConnection: (socket) => {
      socket.on('error', () => {});
      socket.end('hello');
    },
    onAcceptError: () => {},
    notice: (line) => notices.push(line),
    ...options,
  });
  if (result.kind === 'listening') listeners.push(result.listener);
  return result;
}

async function greeting(at: string): Promise<string> {
  const socket = connect(at);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  await once(socket, 'close');
  return text;
}

/** What the socket is called until it has its mode and owner. */
let temporary = '';

const modeOf = (at: string): number => statSync(at).mode & 0o777;

/** Leaves a socket file behind which nobody listens, as a daemon does that was killed. */
async function leaveStaleSocket(at: string): Promise<void> {
  const child = spawn(process.execPath, [
    '-e',
    'require("net").createServer().listen(process.argv[1], () => console.log())',
    at,
  ]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
}

/** Connects to both names without a pause until its input ends, then tells how often it was let in. */
const knocking = `
const { connect } = require('node:net');
const counts = { entered: 0, refused: 0 };
let over = false;
process.stdin.resume().on('end', () => { over = true; });
const knock = (path) => {
  if (over) return;
  const socket = connect(path);
  const again = () => { socket.destroy(); setImmediate(knock, path); };
  socket.on('connect', () => { counts.entered += 1; again(); });
  socket.on('error', ({ code }) => { if (code === 'EACCES') counts.refused += 1; again(); });
};
process.stdout.write('knocking\\n');
for (const path of process.argv.slice(1)) for (let many = 0; many < 4; many += 1) knock(path);
process.on('exit', () => console.log(JSON.stringify(counts)));
`;

const inUse =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

describe('a unix socket', () => {
  it('listens with the configured mode and leaves no other name behind', async () => {
    expect((await open({ mode: 0o765 })).kind).toBe('listening');
    expect(modeOf(path)).toBe(0o765);
    expect(readdirSync(folder)).toEqual(['s.sock']);
    expect(await greeting(path)).toBe('hello');
  });

  it('is bound without any permission, whatever the umask, and the umask stays as it was', async () => {
    const mask = process.umask(0);
    try {
      const opening = open({ mode: 0o770 });
      // Bound, and nothing else has happened yet.
      expect(readdirSync(folder)).toEqual([`s.sock.${process.pid}`]);
      expect(modeOf(`${path}.${process.pid}`)).toBe(0);
      expect(process.umask()).toBe(0);
      await opening;
      expect(modeOf(path)).toBe(0o770);
    } finally {
      process.umask(mask);
    }
  });

  it('gives its mode to nothing else that somebody has put under its name meanwhile', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious', { mode: 0o600 });
    for (const put of [() => symlinkSync(victim, temporary), () => writeFileSync(temporary, 'x', { mode: 0o600 })]) {
      const opening = open({ mode: 0o777 });
      unlinkSync(temporary);
      put();
      expect((await opening).kind).toBe('problem');
      expect(modeOf(victim)).toBe(0o600);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('removes its file when it is closed, and only its own', async () => {
    const first = await open();
    unlinkSync(path);
    await open();
    if (first.kind === 'listening') first.listener.close();
    expect(await greeting(path)).toBe('hello');
    for (const listener of listeners.splice(0)) listener.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps open connections when it is closed', async () => {
    const served: { destroy(): void }[] = [];
    const opened = await open({ onConnection: (socket) => served.push(socket) });
    const socket = connect(path);
    await once(socket, 'connect');
    await expect.poll(() => served.length).toBe(1);
    if (opened.kind === 'listening') opened.listener.close();
    expect(socket.destroyed).toBe(false);
    served[0]?.destroy();
    await once(socket.resume(), 'close');
  });

  it('takes over a stale socket and says so', async () => {
    await leaveStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    expect((await open()).kind).toBe('listening');
    expect(notices).toEqual([`Unlinking stale socket ${path}`]);
    expect(await greeting(path)).toBe('hello');
    expect(readdirSync(folder)).toEqual(['s.sock']);
  });

  it('takes over a symbolic link that leads nowhere', async () => {
    symlinkSync(join(folder, 'nowhere'), path);
    expect((await open()).kind).toBe('listening');
    expect(await greeting(path)).toBe('hello');
  });

  it('takes over the temporary name that a killed daemon of the same pid left', async () => {
    await leaveStaleSocket(`${path}.${process.pid}`);
    expect((await open()).kind).toBe('listening');
    expect(readdirSync(folder)).toEqual(['s.sock']);
  });

  it('leaves a living server alone', async () => {
    await open();
    const second = await open();
    expect(second).toEqual({ kind: 'problem', problem: { kind: 'in-use', path, text: inUse } });
    expect(notices).toEqual([]);
    expect(await greeting(path)).toBe('hello');
    expect(readdirSync(folder)).toEqual(['s.sock']);
  });

  it('never removes a file that is no socket', async () => {
    writeFileSync(path, 'precious');
    expect(await open()).toEqual({
      kind: 'problem',
      problem: { kind: 'failed', path, text: 'Cannot open an HTTP server: socket.error reported errno.EEXIST (17)' },
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['s.sock']);
  });

  it('reports a missing directory as the system does', async () => {
    const missing = join(folder, 'missing', 's.sock');
    expect(await open({ path: missing })).toEqual({
      kind: 'problem',
      problem: {
        kind: 'failed',
        path: missing,
        text: 'Cannot open an HTTP server: socket.error reported errno.ENOENT (2)',
      },
    });
  });

  it('opens a path of exactly the largest length, though its temporary name would be longer', async () => {
    const deep = join(folder, 'd'.repeat(maxSocketPathBytes - Buffer.byteLength(folder) - 4));
    mkdirSync(deep);
    const longest = join(deep, 's');
    expect(Buffer.byteLength(`${longest}x`)).toBe(maxSocketPathBytes);
    expect((await open({ path: `${longest}x` })).kind).toBe('listening');
    expect(modeOf(`${longest}x`)).toBe(0o700);
    expect(await greeting(`${longest}x`)).toBe('hello');
    expect(readdirSync(deep)).toEqual(['sx']);
  });

  it('refuses a longer path with the numbers', async () => {
    const long = join(folder, 'x'.repeat(110));
    const bytes = Buffer.byteLength(long);
    expect(await open({ path: long })).toEqual({
      kind: 'problem',
      problem: {
        kind: 'path-too-long',
        path: long,
        text: `Cannot open an HTTP server: the path of the socket has ${bytes} bytes, the system allows 107: ${long}`,
      },
    });
  });

  const asRoot = process.getuid?.() === 0;

  it.runIf(asRoot)('has the configured owner from the moment it has its name', async () => {
    await open({ owner: { uid: 12345, gid: 23456 } });
    expect(statSync(path)).toMatchObject({ uid: 12345, gid: 23456 });
  });

  it.runIf(asRoot)('lets no other user in at any moment while it is opened and closed', async () => {
    chmodSync(folder, 0o755);
    const stranger = spawn(process.execPath, ['-e', knocking, path, temporary], {
      uid: 65534,
      gid: 65534,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let told = '';
    stranger.stdout.on('data', (chunk) => {
      told += chunk;
    });
    await expect.poll(() => told, { timeout: 20_000 }).toContain('knocking\n');
    for (let count = 0; count < 300; count += 1) {
      const opened = await open({ mode: 0o700, owner: count % 2 === 0 ? { uid: 12345, gid: 23456 } : null });
      await new Promise(setImmediate);
      if (opened.kind === 'listening') opened.listener.close();
    }
    stranger.stdin.end();
    await once(stranger, 'close');
    const { entered, refused } = JSON.parse(told.replace('knocking\n', '')) as { entered: number; refused: number };
    expect(entered).toBe(0);
    // It was there and tried, and the kernel said no.
    expect(refused).toBeGreaterThan(0);
  });

  it.runIf(asRoot)('leaves an owner that is not configured unchanged', async () => {
    await open({ owner: { uid: null, gid: 23456 } });
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 23456 });
  });

  it.skipIf(asRoot)('says which user may not give the socket away', async () => {
    expect(await open({ owner: { uid: 0, gid: null } })).toEqual({
      kind: 'problem',
      problem: {
        kind: 'chown-refused',
        path,
        text:
          `Not permitted to chown ${path} to uid/gid (0, -1); adjust "sockchown" value in config file or on command ` +
          `line to values that the current user (${userInfo().username}) can successfully chown`,
      },
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
