import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionProblem, type ControlClient, LogNotAvailable } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import type { Dispatch, Session } from '../../src/commands/method.ts';
import { Fault } from '../../src/model/errors.ts';
import { defaultLoginLimits } from '../../src/server/login-gate.ts';
import { badName, gate, serve, until } from '../server/serve.ts';

const clients: ControlClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function connectTo(path: string, username: string | null = null, password: string | null = null): ControlClient {
  const client = connectMsgpack({ path, username, password });
  clients.push(client);
  return client;
}

const problemOf = async (promise: Promise<unknown>) => {
  const problem = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof ConnectionProblem)) throw new Error(`no connection problem: ${problem}`);
  return { kind: problem.kind, code: problem.code };
};

describe('calls', () => {
  it('come back with results and faults', async () => {
    const dispatch: Dispatch = async (name, params) => {
      if (name === 'supervisor.getState') return { statecode: 1, statename: 'RUNNING' };
      if (name === 'echo') return params;
      throw badName(String(params[0]));
    };
    await using served = await serve({ dispatch });
    const client = connectTo(served.path);
    expect(client.serverUrl).toBe(`unix://${served.path}`);
    expect(await client.call('supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
    expect(await client.call('echo', 1, 'zwei', [3], null, true)).toEqual([1, 'zwei', [3], null, true]);
    const refused = client.call('supervisor.startProcess', 'nö');
    await expect(refused).rejects.toThrow(new Fault(10, 'BAD_NAME: nö'));
    await expect(refused).rejects.toBeInstanceOf(Fault);
  });

  it('are pipelined on one connection and answered in the order they finish', async () => {
    const wait = gate();
    const connections = new Set<number>();
    const dispatch: Dispatch = async (name, _params, session) => {
      connections.add(session.id);
      if (name === 'slow') await wait.opened;
      return name;
    };
    await using served = await serve({ dispatch });
    const client = connectTo(served.path);
    const order: unknown[] = [];
    const note = (result: unknown) => order.push(result);
    const all = [client.call('slow').then(note), ...['a', 'b', 'c'].map((name) => client.call(name).then(note))];
    await until('three answers', () => order.length === 3);
    wait.open();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c', 'slow']);
    expect(connections.size).toBe(1);
  });

  it('carry results far larger than the buffers of the system', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => ({ name: `process_${index}`, state: 20, at: 1.7e12 }));
    await using served = await serve({ dispatch: async () => rows });
    expect(await connectTo(served.path).call('all')).toEqual(rows);
  });

  it('connect again after the server was away', async () => {
    const sessions: Session[] = [];
    const dispatch: Dispatch = async (_name, _params, session) => sessions.push(session);
    await using served = await serve({ dispatch });
    const client = connectTo(served.path);
    await client.call('once');
    await served.server.close();
    expect(await problemOf(client.call('meanwhile'))).toEqual({ kind: 'no-such-file', code: 'ENOENT' });
    expect(await served.server.listen()).toBeNull();
    await client.call('again');
    expect(sessions.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('in flight fail when the server goes, with its reason', async () => {
    const dispatch: Dispatch = () => new Promise(() => {});
    await using served = await serve({ dispatch });
    const client = connectTo(served.path);
    const call = client.call('never');
    const failure = call.catch((error: unknown) => error);
    await client.call('session.hello');
    await served.server.close();
    expect(String(await failure)).toBe(
      `ConnectionProblem: the server at ${served.path} closed the connection: the server is shutting down`,
    );
  });

  it('fail once the client is closed', async () => {
    await using served = await serve({ dispatch: () => new Promise(() => {}) });
    const client = connectTo(served.path);
    const call = client.call('never');
    await client.call('session.hello');
    client.close();
    expect(await problemOf(call)).toEqual({ kind: 'broken', code: null });
    expect(await problemOf(client.call('more'))).toEqual({ kind: 'broken', code: null });
  });
});

describe('notifications', () => {
  it('that no server should send do no harm', async () => {
    const odd = [{ toString: 1, valueOf: 1 }, null];
    const dispatch: Dispatch = async (_name, _params, session) => {
      for (const method of ['session.closing', 'missed', 'log.bytes', 'other']) session.notify?.(method, odd);
      return 'done';
    };
    await using served = await serve({ dispatch });
    expect(await connectTo(served.path).call('a')).toBe('done');
  });
});

describe('authentication', () => {
  const credentials = { username: 'user', password: 'sécret' };

  it('happens before the first call', async () => {
    await using served = await serve({ credentials, dispatch: async () => 'in' });
    expect(await connectTo(served.path, 'user', 'sécret').call('a')).toBe('in');
  });

  it.each([
    ['wrong', 'user', 'secret', 'refused username and password'],
    ['missing', null, null, 'wants username and password'],
  ])('with credentials that are %s is a problem of its own', async (_what, username, password, text) => {
    await using served = await serve({ credentials });
    const client = connectTo(served.path, username, password);
    expect(await problemOf(client.call('a'))).toEqual({ kind: 'unauthorized', code: null });
    await expect(client.call('a')).rejects.toThrow(`the server at ${served.path} ${text}`);
  });

  it('is accepted with anything where nobody has a password', async () => {
    await using served = await serve({ dispatch: async () => 'in' });
    expect(await connectTo(served.path, 'any', 'body').call('a')).toBe('in');
  });

  it.each([
    ['the user’s, when one is given', 'alice', 'wonder', 'view'],
    ['anybody’s, without a name', null, null, 'admin'],
    ['anybody’s, with an empty one', '', '', 'admin'],
    ['anybody’s, with a name alone', 'alice', null, 'admin'],
  ])('where no name is needed makes the connection %s', async (_what, username, password, role) => {
    const users = [{ username: 'alice', password: 'wonder', role: 'view' }] as const;
    await using served = await serve({ dispatch: async (_name, _params, session) => session.role, users: () => users });
    expect(await connectTo(served.path, username, password).call('a')).toBe(role);
  });

  it('that comes after too many wrong ones is told for how long it is of no use', async () => {
    await using served = await serve({ credentials });
    for (let guess = 0; guess < defaultLoginLimits.failures; guess += 1) {
      await problemOf(connectTo(served.path, 'user', `guess ${guess}`).call('a'));
    }
    await expect(connectTo(served.path, 'user', 'sécret').call('a')).rejects.toThrow(
      /refused username and password: too many wrong passwords, try again in [45] seconds$/,
    );
  });
});

describe('connection problems', () => {
  let folder = '';
  let path = '';
  let server: Server | null = null;
  const sockets: Socket[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statevisor-client-'));
    path = join(folder, 's.sock');
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
    server = null;
    rmSync(folder, { recursive: true });
  });

  async function listen(onConnection: (socket: Socket) => void): Promise<void> {
    const created = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      onConnection(socket);
    });
    server = created;
    created.listen(path);
    await once(created, 'listening');
  }

  it('name a missing socket', async () => {
    expect(await problemOf(connectTo(path).call('a'))).toEqual({ kind: 'no-such-file', code: 'ENOENT' });
  });

  it('name a socket behind which nobody listens', async () => {
    writeFileSync(path, '');
    expect(await problemOf(connectTo(path).call('a'))).toEqual({ kind: 'refused', code: 'ECONNREFUSED' });
  });

  it.skipIf(process.getuid?.() === 0)('name a socket that this user may not open', async () => {
    await listen(() => {});
    chmodSync(path, 0);
    expect(await problemOf(connectTo(path).call('a'))).toEqual({ kind: 'no-permission', code: 'EACCES' });
  });

  it('name a path that no socket can have', async () => {
    const long = join(folder, 'x'.repeat(120));
    expect(await problemOf(connectTo(long).call('a'))).toEqual({ kind: 'broken', code: 'ENAMETOOLONG' });
  });

  it.each([
    ['answers in HTTP', (socket: Socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n')],
    ['hangs up on the first byte', (socket: Socket) => socket.destroy()],
    ['ends in an orderly way', (socket: Socket) => socket.end()],
    ['sends other MessagePack', (socket: Socket) => socket.write(Buffer.from('93050102', 'hex'))],
    ['asks instead of answering', (socket: Socket) => socket.write(Buffer.from('940001a16190', 'hex'))],
    ['says hello in its own way', (socket: Socket) => socket.write(Buffer.from('940100c0c3', 'hex'))],
    [
      'knows no hello',
      (socket: Socket) => socket.write(Buffer.from('94010082a4636f646501a76d657373616765a0c0', 'hex')),
    ],
  ])('recognise at once a server that %s', async (_what, answer) => {
    await listen((socket) => socket.once('data', () => answer(socket)));
    expect(await problemOf(connectTo(path).call('a'))).toEqual({ kind: 'broken', code: 'EPROTO' });
  });

  it('begin like a request of HTTP, so that any HTTP server answers at once', async () => {
    let received = '';
    await listen((socket) =>
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (received.includes('\r\n\r\n')) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      }),
    );
    expect(await problemOf(connectTo(path).call('a'))).toEqual({ kind: 'broken', code: 'EPROTO' });
  });
});

describe('following a log', () => {
  /** A server with one log of each kind, driven from outside. */
  async function serveLogs() {
    const subscribed: { readonly name: string; readonly params: readonly unknown[]; readonly session: Session }[] = [];
    const ended: unknown[] = [];
    const dispatch: Dispatch = async (name, params, session) => {
      if (name === 'subscribe.end') return ended.push(params[0]);
      if (params[0] === 'nobody') throw badName('nobody');
      if (params[0] === 'silent') throw Fault.of('NO_FILE', '/x');
      if (params[0] === 'odd') throw Fault.of('FAILED', 'odd');
      subscribed.push({ name, params, session });
      session.notify?.('log.bytes', [subscribed.length, Buffer.from('tail ')]);
      return { subscription: subscribed.length, path: '/log' };
    };
    return { served: await serve({ dispatch, limits: { notificationBytes: 100_000 } }), subscribed, ended };
  }

  function follow(client: ControlClient, process: string | null, signal: AbortSignal) {
    const received = { text: '', missed: 0 };
    const done = client.followLog({
      process,
      channel: 'stderr',
      onBytes: (bytes) => {
        received.text += Buffer.from(bytes).toString('latin1');
      },
      onMissed: (count) => {
        received.missed += count;
      },
      signal,
    });
    return { received, done };
  }

  it('gives the tail and what follows until it is aborted', async () => {
    const { served, subscribed, ended } = await serveLogs();
    await using _ = served;
    const abort = new AbortController();
    const { received, done } = follow(connectTo(served.path), 'g:web', abort.signal);
    await until('the tail', () => received.text === 'tail ');
    expect(subscribed[0]).toMatchObject({ name: 'subscribe.log', params: ['g:web', 'stderr', 1024] });
    subscribed[0]?.session.notify?.('log.bytes', [1, Buffer.from('more')]);
    subscribed[0]?.session.notify?.('log.bytes', [77, Buffer.from('of another subscription')]);
    await until('more', () => received.text === 'tail more');
    abort.abort();
    await done;
    await until('the subscription is ended', () => ended.length === 1);
    expect(ended).toEqual([1]);
    expect(received).toEqual({ text: 'tail more', missed: 0 });
  });

  it('follows the log of the daemon beside that of a process', async () => {
    const { served, subscribed } = await serveLogs();
    await using _ = served;
    const client = connectTo(served.path);
    const abort = new AbortController();
    const main = follow(client, null, abort.signal);
    await until('the main log', () => main.received.text === 'tail ');
    const process = follow(client, 'web', abort.signal);
    await until('the other log', () => process.received.text === 'tail ');
    expect(subscribed.map(({ name, params }) => [name, params])).toEqual([
      ['subscribe.mainLog', [1024]],
      ['subscribe.log', ['web', 'stderr', 1024]],
    ]);
    subscribed[0]?.session.notify?.('log.bytes', [1, Buffer.from('m')]);
    subscribed[0]?.session.notify?.('log.bytes', [2, Buffer.from('p')]);
    await until('both', () => main.received.text === 'tail m' && process.received.text === 'tail p');
    abort.abort();
    await Promise.all([main.done, process.done]);
  });

  it.each([['nobody'], ['silent']])('says that there is no log for %s', async (name) => {
    const { served } = await serveLogs();
    await using _ = served;
    const { done } = follow(connectTo(served.path), name, new AbortController().signal);
    await expect(done).rejects.toBeInstanceOf(LogNotAvailable);
  });

  it('passes other faults on', async () => {
    const { served } = await serveLogs();
    await using _ = served;
    const { done } = follow(connectTo(served.path), 'odd', new AbortController().signal);
    await expect(done).rejects.toThrow(new Fault(30, 'FAILED: odd'));
  });

  it('ends with the server', async () => {
    const { served } = await serveLogs();
    await using _ = served;
    const { received, done } = follow(connectTo(served.path), 'web', new AbortController().signal);
    await until('the tail', () => received.text === 'tail ');
    await served.server.close();
    await done;
  });

  it('ends at once when the signal was aborted before', async () => {
    await follow(connectTo('/nowhere/at/all'), 'web', AbortSignal.abort()).done;
  });

  it('ends when the signal is aborted while it connects', async () => {
    const { served, subscribed } = await serveLogs();
    await using _ = served;
    const abort = new AbortController();
    const { done } = follow(connectTo(served.path), 'web', abort.signal);
    abort.abort();
    await done;
    expect(subscribed).toEqual([]);
  });

  it('rejects when there is no server', async () => {
    const { done } = follow(connectTo('/nowhere/at/all'), 'web', new AbortController().signal);
    expect(await problemOf(done)).toEqual({ kind: 'no-such-file', code: 'ENOENT' });
  });

  it('is told how much it missed', async () => {
    const { served, subscribed } = await serveLogs();
    await using _ = served;
    const abort = new AbortController();
    const { received, done } = follow(connectTo(served.path), 'web', abort.signal);
    await until('the tail', () => received.text === 'tail ');
    const piece = Buffer.alloc(50_000, 0x61);
    for (let index = 0; index < 100; index += 1) subscribed[0]?.session.notify?.('log.bytes', [1, piece]);
    await until('told', () => received.missed > 0);
    expect((received.text.length - 'tail '.length) / piece.length + received.missed).toBe(100);
    abort.abort();
    await done;
  });
});

describe('a client that is idle', () => {
  it('does not keep its process alive', async () => {
    await using served = await serve({ dispatch: async () => 'answer' });
    // No close() anywhere: the process ends because nothing is left to wait for.
    const contents = `
      import { connectMsgpack } from './msgpack-client.ts';
      const client = connectMsgpack({ path: ${JSON.stringify(served.path)}, username: null, password: null });
      console.log(await client.call('a'));`;
    const resolveDir = fileURLToPath(new URL('../../src/client', import.meta.url));
    const bundle = await build({
      stdin: { contents, resolveDir, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const child = spawn(process.execPath, ['--input-type=module', '-']);
    child.stdin.end(bundle.outputFiles[0]?.text);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const [status] = await once(child, 'close');
    expect({ status, output }).toEqual({ status: 0, output: 'answer\n' });
  });
});
