/** FastCGI programs: processes that share a listening socket as their standard input. */
import { once } from 'node:events';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type NetConnectOpts } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { Fault } from '../../src/model/errors.ts';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { openDescriptors, sendSignal } from '../helpers/process-table.ts';
import { fixture, inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** What a pipe is called in /proc: with or without a name. */
const pipeName = /^pipe:|\/\d+\.(in|out|err)$/;

const accepts = `command=${process.execPath} ${inRepository('test/fixtures/accepts.mjs')}`;
const sleeper = 'command=sleep 86400';
const two = 'numprocs=2\nprocess_name=%(program_name)s_%(process_num)d';

/** What one connection is answered; undefined when nobody listens. */
async function answerOf(address: NetConnectOpts): Promise<string | undefined> {
  const socket = connect(address);
  try {
    return await text(socket);
  } catch {
    return undefined;
  }
}

const socketMessages = (daemon: Daemon): readonly string[] =>
  daemon.messages().filter((message) => /INFO (Creating|Closing) socket/.test(message));

/** Waits until the log tells of `count` sockets that were closed. */
const waitForClosings = async (daemon: Daemon, count: number): Promise<void> => {
  await waitFor(
    `${count} closings`,
    () => socketMessages(daemon).filter((message) => message.includes('Closing')).length >= count,
  );
};

describe('an fcgi program', () => {
  scenario('has one listening socket for all its processes, and each of them answers on it', async () => {
    await using daemon = await startDaemon({
      config: `[fcgi-program:web]\n${accepts}\nstartsecs=0\nsocket=unix://%(here)s/web.sock\n${two}`,
    });
    await daemon.waitForStatus('web:web_0', 'RUNNING');
    await daemon.waitForStatus('web:web_1', 'RUNNING');
    const pids = [await daemon.pidOf('web:web_0'), await daemon.pidOf('web:web_1')];
    const inputs = pids.map((pid) => openDescriptors(pid)[0]);
    expect(inputs[0]).toMatch(/^socket:\[\d+\]$/);
    expect(inputs[1]).toBe(inputs[0]);
    const path = daemon.sandbox.path('web.sock');
    for (const [index, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      await daemon.ctl('stop', `web:web_${index}`);
      expect(await answerOf({ path })).toBe(`${pids[other]}\n`);
      await daemon.ctl('start', `web:web_${index}`);
      pids[index] = await daemon.pidOf(`web:web_${index}`);
    }
    expect(await daemon.ctl('stop', 'web:*')).toMatchObject({ status: 0 });
    await waitFor('the end of the socket', async () => (await answerOf({ path })) === undefined);
  });

  scenario('is given a socket that blocks, and pipes for its output', async () => {
    await using daemon = await startDaemon({
      config: `[fcgi-program:web]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/web.sock`,
    });
    await daemon.waitForStatus('web', 'RUNNING');
    const pid = await daemon.pidOf('web');
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/0`, 'utf8'))?.[1] ?? '';
    expect(Number.parseInt(flags, 8) & 0o4000).toBe(0);
    const { 0: input, 1: output, 2: errors, ...others } = openDescriptors(pid);
    expect(input).toMatch(/^socket:/);
    for (const target of [output, errors]) expect(target).toMatch(pipeName);
    expect(others).toEqual({});
  });

  scenario('has a socket file that only its owner may use, unless the configuration says otherwise', async () => {
    await using daemon = await startDaemon({
      config: `[fcgi-program:closed]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/closed.sock
[fcgi-program:open]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/open.sock\nsocket_mode=0766\nsocket_backlog=5`,
      shell: 'umask 077; exec "$0" "$@"',
    });
    await daemon.waitForStatus('closed', 'RUNNING');
    await daemon.waitForStatus('open', 'RUNNING');
    const modeOf = (name: string): number => lstatSync(daemon.sandbox.path(name)).mode & 0o7777;
    expect([modeOf('closed.sock'), modeOf('open.sock')]).toEqual([0o700, 0o766]);
    await daemon.ctl('stop', 'closed');
    await waitForClosings(daemon, 1);
    expect(modeOf('closed.sock')).toBe(0o700);
    await daemon.ctl('start', 'closed');
    await daemon.waitForStatus('closed', 'RUNNING');
  });

  scenario(
    'that runs as another user has a socket that belongs to that user, or to socket_owner',
    async () => {
      await using daemon = await startDaemon({
        config: `[fcgi-program:user]\n${sleeper}\nstartsecs=0\nuser=nobody\nsocket=unix://%(here)s/user.sock
[fcgi-program:owner]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/owner.sock\nsocket_owner=1:2`,
      });
      await daemon.waitForStatus('user', 'RUNNING');
      await daemon.waitForStatus('owner', 'RUNNING');
      const ownerOf = (name: string) => lstatSync(daemon.sandbox.path(name));
      expect(ownerOf('user.sock').uid).toBe(65534);
      expect(ownerOf('owner.sock')).toMatchObject({ uid: 1, gid: 2 });
    },
    { asRoot: true },
  );

  scenario(
    'opens its socket for the first start and closes it after the last end',
    async () => {
      await using daemon = await startDaemon({
        config: `[fcgi-program:web]\n${sleeper}\nstartsecs=0\nautostart=false\nsocket=unix://%(here)s/web.sock\n${two}`,
      });
      const path = daemon.sandbox.path('web.sock');
      const url = `unix://${path}`;
      expect(daemon.sandbox.has('web.sock')).toBe(false);
      await daemon.ctl('start', 'web:web_0');
      await daemon.ctl('start', 'web:web_1');
      await daemon.ctl('restart', 'web:web_0');
      await daemon.ctl('stop', 'web:web_1');
      expect(socketMessages(daemon)).toEqual([`INFO Creating socket ${url}`]);
      await daemon.ctl('stop', 'web:web_0');
      expect(socketMessages(daemon)).toEqual([`INFO Creating socket ${url}`, `INFO Closing socket ${url}`]);
      expect(await answerOf({ path })).toBeUndefined();
    },
    { oursOnly: true },
  );

  scenario(
    'that is restarted at once after an exit keeps its socket, so that no connection is refused',
    async () => {
      await using daemon = await startDaemon({
        config: `[fcgi-program:web]\n${accepts}\nstartsecs=1\nautorestart=true\nsocket=unix://%(here)s/web.sock`,
      });
      const path = daemon.sandbox.path('web.sock');
      await daemon.waitForStatus('web', 'RUNNING');
      const first = await daemon.pidOf('web');
      sendSignal(first, 'SIGKILL');
      const answer = await answerOf({ path });
      expect(answer).toBe(`${await daemon.pidOf('web')}\n`);
      expect(answer).not.toBe(`${first}\n`);
      expect(socketMessages(daemon)).toEqual([`INFO Creating socket unix://${path}`]);
    },
    { oursOnly: true },
  );

  scenario('closes the socket when the program cannot be found', async () => {
    await using daemon = await startDaemon({
      config: `[fcgi-program:web]\ncommand=/nope/x\nstartretries=0\nsocket=unix://%(here)s/web.sock`,
    });
    const url = `unix://${daemon.sandbox.path('web.sock')}`;
    expect(await daemon.waitForStatus('web', 'FATAL')).toEqual({
      state: 'FATAL',
      description: "can't find command '/nope/x'",
    });
    await waitForClosings(daemon, 1);
    expect(socketMessages(daemon).slice(-2)).toEqual([`INFO Creating socket ${url}`, `INFO Closing socket ${url}`]);
  });

  scenario(
    'whose address is in use is FATAL, and nothing else is; it starts once the address is free',
    async () => {
      const occupant = createServer().listen(0, '127.0.0.1');
      await once(occupant, 'listening');
      const { port } = occupant.address() as AddressInfo;
      const url = `tcp://127.0.0.1:${port}`;
      try {
        await using daemon = await startDaemon({
          config: `[fcgi-program:web]\n${accepts}\nstartretries=0\nsocket=${url}
[fcgi-program:fine]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/fine.sock
[program:plain]\n${sleeper}\nstartsecs=0`,
        });
        const reason = `Could not create FastCGI socket ${url}: EADDRINUSE: address already in use`;
        expect((await daemon.waitForStatus('web', 'FATAL')).description).toBe(reason);
        await daemon.waitForStatus('fine', 'RUNNING');
        await daemon.waitForStatus('plain', 'RUNNING');
        expect(daemon.messages()).toContain(`INFO spawnerr: ${reason}`);
        expect(await daemon.ctl('start', 'web')).toMatchObject({ stdout: 'web: ERROR (spawn error)\n', status: 7 });

        occupant.close();
        await once(occupant, 'close');
        expect(await daemon.ctl('start', 'web')).toMatchObject({ stdout: 'web: started\n', status: 0 });
        expect(await answerOf({ host: '127.0.0.1', port })).toBe(`${await daemon.pidOf('web')}\n`);
      } finally {
        occupant.close();
      }
    },
    { oursOnly: true },
  );

  scenario(
    'never removes a file that is no socket',
    async () => {
      await using daemon = await startDaemon({
        config: `[fcgi-program:web]\n${sleeper}\nautostart=false\nstartretries=0\nsocket=unix://%(here)s/notes`,
      });
      writeFileSync(daemon.sandbox.path('notes'), 'precious');
      expect((await daemon.ctl('start', 'web')).stdout).toBe('web: ERROR (spawn error)\n');
      expect(daemon.sandbox.read('notes')).toBe('precious');
    },
    { oursOnly: true },
  );

  scenario(
    'has its socket in a group too',
    async () => {
      await using daemon = await startDaemon({
        config: `[group:site]\nprograms=web,plain\n[fcgi-program:web]\n${accepts}\nstartsecs=0
socket=unix://%(here)s/%(program_name)s.sock\n[program:plain]\ncommand=${fixture('forever')}\nstartsecs=0`,
      });
      await daemon.waitForStatus('site:web', 'RUNNING');
      await daemon.waitForStatus('site:plain', 'RUNNING');
      expect(await answerOf({ path: daemon.sandbox.path('web.sock') })).toBe(`${await daemon.pidOf('site:web')}\n`);
      expect(openDescriptors(await daemon.pidOf('site:plain'))[0]).toMatch(pipeName);
    },
    { oursOnly: true },
  );

  scenario(
    'has no standard input to write to',
    async () => {
      await using daemon = await startDaemon({
        config: `[fcgi-program:web]\n${sleeper}\nstartsecs=0\nsocket=unix://%(here)s/web.sock`,
      });
      await daemon.waitForStatus('web', 'RUNNING');
      const path = daemon.sandbox.path('supervisor.sock');
      const client = connectMsgpack({ path, username: null, password: null });
      try {
        await expect(client.call('supervisor.sendProcessStdin', 'web', 'x')).rejects.toEqual(
          Fault.of('NO_FILE', 'web'),
        );
      } finally {
        client.close();
      }
    },
    { oursOnly: true },
  );

  scenario('with another address is another program for update', async () => {
    const config = (name: string) => `[fcgi-program:web]\n${accepts}\nstartsecs=0\nsocket=unix://%(here)s/${name}`;
    await using daemon = await startDaemon({ config: config('one.sock') });
    await daemon.waitForStatus('web', 'RUNNING');
    daemon.sandbox.write('supervisord.conf', config('two.sock'));
    expect((await daemon.ctl('update')).stdout).toBe('web: stopped\nweb: updated process group\n');
    await daemon.waitForStatus('web', 'RUNNING');
    expect(await answerOf({ path: daemon.sandbox.path('one.sock') })).toBeUndefined();
    expect(await answerOf({ path: daemon.sandbox.path('two.sock') })).toBe(`${await daemon.pidOf('web')}\n`);
  });
});
