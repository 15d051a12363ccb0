/** `supervisorctl upgrade`: another version runs in the place of the daemon, and the programs do not notice. */
import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { says } from '../helpers/answers.ts';
import { first, Installation, presentVersion } from '../helpers/installation.ts';
import { Lives, wholeCount } from '../helpers/lives.ts';
import { environmentOf, isAlive, openDescriptors, processEntry, sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { pause, waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const counter = (name: string, ...more: readonly string[]): string =>
  [
    `[program:${name}]`,
    `command=${fixture('counts', name, 20, '0.05')}`,
    'startsecs=0',
    'stopwaitsecs=60',
    `stdout_logfile=%(here)s/${name}.log`,
    ...more,
    '',
  ].join('\n');

const sleeper = (name: string, ...more: readonly string[]): string =>
  [`[program:${name}]`, `command=${fixture('forever')}`, 'startsecs=0', ...more, ''].join('\n');

const upgraded = (from: string, to: string) => says(`Upgraded supervisord from ${from} to ${to}`);

const runningPid = async (lives: Lives, name: string): Promise<number> =>
  (await lives.waitForState(name, 'RUNNING')).pid;

describe('an upgrade', () => {
  for (const foreground of [true, false]) {
    scenario(
      `keeps the daemon's pid, all programs and every line they write (${foreground ? 'foreground' : 'background'})`,
      async () => {
        using installation = new Installation();
        const names = ['one', 'two', 'three'];
        await using lives = await Lives.begin(
          names.map((name) => counter(name, 'stdout_logfile_maxbytes=5KB', 'stdout_logfile_backups=1000')).join(''),
          { commands: installation.commands, foreground },
        );
        const { daemon } = lives;
        const pids = await Promise.all(names.map((name) => runningPid(lives, name)));
        const parent = processEntry(daemon.pid)?.parent;
        let from = presentVersion;
        const descriptors = () => Object.keys(openDescriptors(daemon.pid)).length;
        let atFirst: number | undefined;
        for (const to of ['9.0.1', '9.0.2', '9.0.3']) {
          installation.install(to);
          expect(await daemon.ctl('upgrade')).toEqual(upgraded(from, to));
          expect(await lives.call('daemon.describe')).toMatchObject({ version: to, pid: daemon.pid });
          expect(await Promise.all(names.map((name) => runningPid(lives, name)))).toEqual(pids);
          expect(lives.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
          await waitFor('the keeper of this version', () => lives.programs(/keeper/).length === 1);
          from = to;
          atFirst ??= descriptors();
        }
        await waitFor('no more descriptors than after the first', () => descriptors() <= (atFirst ?? 0));
        expect(processEntry(daemon.pid)?.parent).toBe(parent);
        // Whatever an upgrade leaves behind, a daemon that is killed is succeeded all the same.
        await lives.next({ foreground });
        expect(await Promise.all(names.map((name) => runningPid(lives, name)))).toEqual(pids);
        installation.install('9.0.4');
        expect(await lives.daemon.ctl('upgrade')).toEqual(upgraded('9.0.3', '9.0.4'));
        expect(await Promise.all(names.map((name) => runningPid(lives, name)))).toEqual(pids);
        expect((await lives.daemon.ctl('stop', 'all')).status).toBe(0);
        for (const name of names) {
          const text = lives.wholeLog(`${name}.log`);
          expect(text === wholeCount(text), `the log of ${name} is whole`).toBe(true);
        }
      },
      { oursOnly: true, timeoutMs: 120_000 },
    );
  }

  scenario(
    'loses no exit status of programs that end just then',
    async () => {
      using installation = new Installation();
      const codes = Array.from({ length: 30 }, (_, index) => index + 1);
      await using lives = await Lives.begin(
        `[program:ends]\ncommand=/bin/sh -c 'while [ ! -e go ]; do sleep 0.05; done; sleep $(printf "%%d.%%02d" $((%(process_num)d / 10)) $((%(process_num)d %% 10 * 10))); exit %(process_num)d'
process_name=%(process_num)d\nnumprocs=30\nnumprocs_start=1\ndirectory=%(here)s\nstartsecs=0\nautorestart=false\n`,
        { commands: installation.commands },
      );
      for (const code of codes) await lives.waitForState(`ends:${code}`, 'RUNNING');
      installation.install('9.0.0');
      lives.sandbox.write('go', '');
      expect(await lives.daemon.ctl('upgrade')).toEqual(upgraded(presentVersion, '9.0.0'));
      for (const code of codes) {
        expect(await lives.waitForState(`ends:${code}`, 'EXITED')).toMatchObject({ exitstatus: code });
      }
    },
    oursOnly,
  );

  scenario(
    'applies an edited configuration: new programs start, changed ones are restarted, removed ones end',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(
        `${sleeper('same')}${sleeper('changed')}${sleeper('removed')}[eventlistener:ear]
command=${fixture('listens', '%(here)s/heard')}\nevents=PROCESS_STATE\n`,
        { commands: installation.commands },
      );
      const [same = 0, changed = 0, removed = 0, ear = 0] = await Promise.all(
        ['same', 'changed', 'removed', 'ear'].map((name) => runningPid(lives, name)),
      );
      lives.sandbox.write(
        'supervisord.conf',
        `${sleeper('same')}${sleeper('changed', 'umask=077')}${sleeper('added')}[eventlistener:ear]
command=${fixture('listens', '%(here)s/heard')}\nevents=PROCESS_STATE\n`,
      );
      installation.install('9.0.0');
      expect(await lives.daemon.ctl('upgrade')).toEqual(upgraded(presentVersion, '9.0.0'));
      expect([await runningPid(lives, 'same'), await runningPid(lives, 'ear')]).toEqual([same, ear]);
      for (const name of ['changed', 'added']) expect(await runningPid(lives, name)).not.toBe(changed);
      await expect(lives.info('removed')).rejects.toThrow('BAD_NAME');
      expect([changed, removed].map(isAlive)).toEqual([false, false]);
      expect(lives.daemon.log()).not.toContain('reaped unknown pid');
    },
    oursOnly,
  );

  scenario(
    'hands no variable of its own on to programs, and leaves them the limit of open files that they had',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(sleeper('before') + sleeper('after', 'autostart=false'), {
        commands: installation.commands,
        shell: 'ulimit -Sn 300; exec "$0" "$@"',
      });
      const before = await runningPid(lives, 'before');
      installation.install('9.0.0');
      await lives.daemon.ctl('upgrade');
      await lives.call('supervisor.startProcess', 'after');
      const after = await runningPid(lives, 'after');
      const names = (pid: number) => Object.keys(environmentOf(pid)).sort();
      expect(names(after).filter((name) => name.startsWith('STATEVISOR'))).toEqual([]);
      expect(names(after)).toEqual(names(before));
      expect(environmentOf(lives.daemon.pid).MALLOC_ARENA_MAX).toBe('1');
      const limit = (pid: number) => /Max open files.*/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[0];
      expect(limit(after)).toBe(limit(before));
      expect(limit(after)).toMatch(/^Max open files +300 /);
    },
    oursOnly,
  );

  scenario(
    'is not done when everything is being stopped by then',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(
        `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=60\nstdout_logfile=%(here)s/deaf.log`,
        { commands: installation.commands },
      );
      await lives.daemon.waitForFile('deaf.log', 'ready');
      const deaf = await runningPid(lives, 'deaf');
      installation.install('9.0.0', first('await new Promise((resolve) => setTimeout(resolve, 1500));'));
      const upgrade = lives.call('daemon.upgrade');
      upgrade.catch(() => {});
      await waitFor('the new version to be tried', () => lives.sandbox.has('run/trial.out'), { everyMs: 5 });
      await lives.call('supervisor.shutdown');
      await expect(upgrade).rejects.toThrow('FAILED: everything is being stopped');
      sendSignal(deaf, 'SIGKILL');
      await lives.daemon.waitForEnd();
      expect(lives.programs(/^sleep 86400/)).toEqual([]);
    },
    oursOnly,
  );

  scenario(
    'that meets a signal to end, whenever that comes, leaves no program alone and none twice',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(sleeper('steady'), { commands: installation.commands });
      const { daemon } = lives;
      const pid = await runningPid(lives, 'steady');
      installation.install('9.0.0');
      await lives.call('daemon.upgrade');
      await daemon.waitForLog('upgrading supervisord from');
      await pause(Math.random() * 400);
      await waitFor(
        'the end of the daemon',
        () => {
          // Again and again: one that comes in the very moment of the exec is heard by neither version.
          daemon.signal('SIGTERM');
          return !daemon.isAlive();
        },
        { everyMs: 500 },
      );
      // Before Node runs the new version's first line a signal ends the daemon alone, as a kill does.
      if (!isAlive(pid)) expect(lives.sandbox.has('run')).toBe(false);
      const survives = isAlive(pid);
      await lives.start();
      const next = await runningPid(lives, 'steady');
      expect(next === pid).toBe(survives);
      expect(lives.programs(/^sleep 86400/)).toHaveLength(1);
    },
    oursOnly,
  );
});

scenario(
  'help speaks of the upgrade on standard error only',
  async () => {
    await using lives = await Lives.begin(sleeper('steady'));
    const all = await lives.daemon.ctl('help');
    expect(all.stdout).not.toContain('upgrade');
    expect(all.stderr).toContain('upgrade');
  },
  oursOnly,
);
