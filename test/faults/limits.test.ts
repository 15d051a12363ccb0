/** What the system refuses: descriptors and processes. The daemon asks for less, says so, and tries again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect } from 'vitest';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { RunningCommand } from '../helpers/command.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { bystander, descriptorCount, echo, type Witness, witness } from './witness.ts';

/** Changes a limit of a running process, as `prlimit` writes it. Where the user is another one, it has to ask itself. */
function limit(pid: number, option: string, user: readonly string[] = []): void {
  const words = [...user, 'prlimit', '--pid', String(pid), option];
  execFileSync(words[0] ?? '', words.slice(1));
}

/** Whether one may make the system calls of another process fail here. */
const canTrace = spawnSync('strace', ['-o', '/dev/null', '-e', 'inject=getcwd:error=ENOENT', 'true']).status === 0;

/** Starts programs until one is refused: connections that have ended since the last refusal leave descriptors for a few. */
async function fillGaps(seen: Witness, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await seen.call('startProcess', name);
    } catch {
      return;
    }
  }
  throw new Error(`none of ${names.join(', ')} was refused`);
}

describe('exhausted descriptors', () => {
  scenario(
    'keep programs from starting, but neither those that run nor clients from being served, until some are free',
    async () => {
      await using daemon = await startDaemon({
        config: `${
          bystander +
          echo('hog', 'numprocs=30\nprocess_name=%(process_num)02d\nstdout_logfile=%(here)s/hog.log\nstartretries=99') +
          echo('late', 'autostart=false\nstartretries=99') +
          ['gap0', 'gap1', 'gap2'].map((name) => echo(name, 'autostart=false')).join('')
        }[supervisord]\nminfds=16\n`,
        shell: 'ulimit -n 96; exec "$0" "$@"',
      });
      const seen = await witness(daemon);
      const refusals = await waitFor('refused starts', async () => {
        const rows = Object.values(await daemon.status('hog:*'));
        return rows.every(({ state }) => state !== 'STOPPED' && state !== 'STARTING') && rows;
      });
      expect(new Set(refusals.map(({ state }) => state))).toEqual(new Set(['RUNNING', 'BACKOFF']));
      await fillGaps(seen, ['gap0', 'gap1', 'gap2']);
      await expect(seen.call('startProcess', 'late')).rejects.toThrow(/SPAWN_ERROR/);
      expect(await seen.info('late')).toMatchObject({ spawnerr: "too many open files to spawn 'late'" });
      const clients: Socket[] = [];
      for (let number = 0; number < 10; number += 1) clients.push(connect(daemon.sandbox.path('supervisor.sock')));
      await seen.expectService();
      expect((await daemon.ctl('reread')).stdout).toBe('No config updates to processes\n');
      for (const client of clients) client.destroy();
      await daemon.ctl('stop', 'hog:*', 'gap0', 'gap1', 'gap2');
      await seen.waitForState('late', 'RUNNING');
      expect(daemon.messages()).toContain("INFO spawnerr: too many open files to spawn 'late'");
      expect(seen.troubles().filter((message) => !/^WARN stopped: (?:\d\d|gap\d) /.test(message))).toEqual([]);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'are refused before the logs of those that have said nothing yet could lack one: no line is lost',
    async () => {
      const speaks = '/bin/sh -c "read line; echo said; echo as well >&2; exec sleep 86400"';
      await using daemon = await startDaemon({
        config: `[program:quiet]\ncommand=${speaks}\nnumprocs=40\nprocess_name=%(process_num)02d
stdout_logfile=%(here)s/%(process_num)02d.out\nstderr_logfile=%(here)s/%(process_num)02d.err\nstartsecs=0\nstartretries=0\n[supervisord]\nminfds=16\n`,
        shell: 'ulimit -n 160; exec "$0" "$@"',
      });
      const rows = await waitFor('all to be started or refused', async () => {
        const all = Object.entries(await daemon.status('quiet:*'));
        return all.every(([, { state }]) => state === 'RUNNING' || state === 'FATAL') && all;
      });
      const running = rows.filter(([, { state }]) => state === 'RUNNING').map(([name]) => name);
      expect(running.length).toBeGreaterThan(0);
      expect(running.length).toBeLessThan(40);
      const client = connectMsgpack({ path: daemon.sandbox.path('supervisor.sock'), username: null, password: null });
      for (const name of running) await client.call('supervisor.sendProcessStdin', name, 'now\n');
      client.close();
      for (const name of running) {
        const number = name.split(':').at(-1);
        await daemon.waitForFile(`${number}.out`, 'said\n');
        await daemon.waitForFile(`${number}.err`, 'as well\n');
      }
      expect((await daemon.ctl('reread')).stdout).toBe('No config updates to processes\n');
    },
    { oursOnly: true },
  );

  scenario(
    'that are taken away from the running daemon cost new connections and starts only, until they are given back',
    async () => {
      await using daemon = await startDaemon({ config: bystander + echo('other', 'startretries=99') });
      const seen = await witness(daemon, 'other');
      const path = daemon.sandbox.path('supervisor.sock');
      const client = connectMsgpack({ path, username: null, password: null });
      await client.call('supervisor.getPID');
      const { pid } = await seen.info('other');
      await waitFor('other connections to be closed', () => descriptorCount(daemon) > 0);
      limit(daemon.pid, `--nofile=${descriptorCount(daemon)}:`);
      sendSignal(pid, 'SIGKILL');
      await waitFor('the refused start', async () => {
        const info = (await client.call('supervisor.getProcessInfo', 'other')) as { readonly spawnerr: string };
        return info.spawnerr === "too many open files to spawn 'other'";
      });
      expect((await daemon.ctl('status')).status).not.toBe(0);
      await client.call('supervisor.sendProcessStdin', 'bystander', 'without descriptors\n');
      await daemon.waitForFile('bystander.log', 'without descriptors');
      limit(daemon.pid, '--nofile=1024:');
      client.close();
      await seen.waitForState('other', 'RUNNING');
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});

describe('exhausted processes', () => {
  scenario(
    'keep a program from starting until there is room, and one message for each attempt says so',
    async () => {
      const { user, become } = idleUser();
      await using daemon = await startDaemon({
        config: `${bystander + echo('other', 'autostart=false\nstartretries=99')}[supervisord]\nuser=${user}\n`,
        shell: `chown -R ${user} "$BLACKBOX_FOLDER"; exec "$0" "$@"`,
      });
      const seen = await witness(daemon);
      limit(daemon.pid, '--nproc=1:', become);
      await expect(seen.call('startProcess', 'other')).rejects.toThrow(/SPAWN_ERROR/);
      expect(await seen.info('other')).toMatchObject({
        spawnerr: "Too many processes in process table to spawn 'other'",
      });
      expect(daemon.messages()).toContain("INFO spawnerr: Too many processes in process table to spawn 'other'");
      await seen.expectService();
      limit(daemon.pid, '--nproc=1000:', become);
      await seen.waitForState('other', 'RUNNING');
      expect(seen.troubles()).toEqual([]);
      await seen.expectNothingLeft({ descriptors: 3 });
    },
    { asRoot: true, oursOnly: true },
  );
});

describe('exhausted memory', () => {
  scenario(
    'that keeps the system from making a process keeps a program from starting until there is some (needs strace)',
    async () => {
      await using daemon = await startDaemon({ config: bystander + echo('other', 'autostart=false\nstartretries=99') });
      const seen = await witness(daemon);
      const calls = 'clone,clone3,fork,vfork';
      const words = ['-f', '-p', `${daemon.pid}`, '-e', `trace=${calls}`, '-e', `inject=${calls}:error=ENOMEM`];
      const { env, folder: cwd } = daemon.sandbox;
      const trace = new RunningCommand('strace', [...words, '-o', '/dev/null'], { cwd, env });
      await waitFor('the tracer', () => trace.stderr.includes('attached'));
      await expect(seen.call('startProcess', 'other')).rejects.toThrow(/SPAWN_ERROR/);
      expect(await seen.info('other')).toMatchObject({ spawnerr: "unknown error during fork for 'other': ENOMEM" });
      await seen.expectService();
      trace.signal('SIGINT');
      await trace.ended();
      await seen.waitForState('other', 'RUNNING');
      expect(daemon.messages()).toContain("INFO spawnerr: unknown error during fork for 'other': ENOMEM");
      expect(seen.troubles()).toEqual([]);
      await seen.expectNothingLeft({ descriptors: 3 });
    },
    { skip: !canTrace, asRoot: true, oursOnly: true },
  );
});

/** A user of the system without any process: limits of processes are counted by user. */
function idleUser(): { readonly user: string; readonly become: readonly string[] } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const busy = new Set(execFileSync('ps', ['-eo', 'uid='], { encoding: 'utf8' }).split(/\s+/));
  const idle = users.map((line) => line.split(':')).find(([, , uid]) => uid !== undefined && !busy.has(uid));
  const [user = 'nobody', , uid = '65534', gid = '65534'] = idle ?? [];
  return { user, become: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] };
}
