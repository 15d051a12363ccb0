/** Sockets over a restart of the daemon: who connects meanwhile waits for an answer, unless the configuration has changed that. */
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;

/** How often its program was started. */
const spawns = (daemon: Daemon): number =>
  daemon.messages().filter((message) => message.includes("spawned: 'any'")).length;

/** How a connection began: `connect`, or the code of the refusal. */
function knock(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.once('connect', () => settle('connect'));
    socket.once('error', (error) => settle('code' in error ? String(error.code) : error.message));
  });
}

scenario(
  'nobody who connects while the daemon restarts is turned away',
  async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    const path = daemon.sandbox.path('supervisor.sock');
    expect((await daemon.ctl('reload')).stdout).toBe('Restarted supervisord\n');
    const knocks: string[] = [];
    await waitFor(
      'the second life',
      async () => {
        knocks.push(await knock(path));
        return spawns(daemon) > 1;
      },
      { everyMs: 1 },
    );
    expect(new Set(knocks)).toEqual(new Set(['connect']));
    expect((await daemon.ctl('status', 'any')).stdout).toMatch(/^any +RUNNING /);
  },
  { oursOnly: true },
);

scenario(
  'a socket with other permissions, or another name, is made anew, and nothing is left of the old one',
  async () => {
    const programs = `[program:any]\n${forever}\n`;
    await using daemon = await startDaemon({ config: programs });
    const path = daemon.sandbox.path('supervisor.sock');
    const next = daemon.sandbox.path('next.sock');
    const reload = async (life: number, sections: string): Promise<void> => {
      daemon.sandbox.write('supervisord.conf', `${sections}${programs}`);
      expect((await daemon.ctl('-s', `unix://${path}`, 'reload')).stdout).toBe('Restarted supervisord\n');
      await waitFor('the next life', () => spawns(daemon) === life);
      expect((await daemon.ctl('status', 'any')).stdout).toMatch(/^any +RUNNING /);
    };
    await waitFor('the first life', () => spawns(daemon) === 1);
    const first = statSync(path);
    expect(first.mode & 0o777).toBe(0o700);
    await reload(2, '');
    expect(statSync(path).ino).toBe(first.ino);
    await reload(3, '[unix_http_server]\nchmod=0770\n');
    expect(statSync(path).mode & 0o777).toBe(0o770);
    await reload(
      4,
      '[unix_http_server]\nfile=%(here)s/next.sock\n[supervisorctl]\nserverurl=unix://%(here)s/next.sock\n',
    );
    expect(existsSync(path)).toBe(false);
    expect((await daemon.ctl('shutdown')).stdout).toBe('Shut down\n');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(existsSync(next)).toBe(false);
  },
  { oursOnly: true },
);
