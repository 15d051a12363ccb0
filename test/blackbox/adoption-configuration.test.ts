/** What becomes of running programs when the next daemon reads another configuration, or is to adopt nothing. */
import { describe, expect } from 'vitest';
import { Lives } from '../helpers/lives.ts';
import { isAlive } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const sleeper = (name: string, ...more: readonly string[]): string =>
  [`[program:${name}]`, `command=${fixture('forever')}`, 'startsecs=0', ...more, ''].join('\n');

const runningPid = async (lives: Lives, name: string): Promise<number> =>
  (await lives.waitForState(name, 'RUNNING')).pid;

describe('with an edited configuration', () => {
  scenario(
    'the same programs run on, changed ones are restarted, removed ones ended and new ones started',
    async () => {
      await using lives = await Lives.begin(sleeper('same') + sleeper('changed') + sleeper('removed'));
      const [same, changed, removed] = await Promise.all(
        ['same', 'changed', 'removed'].map((name) => runningPid(lives, name)),
      );
      await lives.kill();
      lives.sandbox.write(
        'supervisord.conf',
        // What the running program cannot notice does not count as a change.
        sleeper('same', 'stopwaitsecs=33', 'priority=5', 'autorestart=true') +
          sleeper('changed', 'environment=COLOUR="blue"') +
          sleeper('added'),
      );
      await lives.start();
      expect(await runningPid(lives, 'same')).toBe(same);
      expect(await runningPid(lives, 'changed')).not.toBe(changed);
      expect(isAlive(changed ?? 0)).toBe(false);
      expect(isAlive(removed ?? 0)).toBe(false);
      await runningPid(lives, 'added');
      expect(lives.programs(/^sleep 86400/)).toHaveLength(3);
      const messages = lives.daemon.messages();
      expect(messages).toContain(
        'INFO ending changed (pid N), which the last supervisord has left: its configuration has changed',
      );
      expect(messages).toContain(
        'INFO ending removed (pid N), which the last supervisord has left: it is not configured any more',
      );
      expect(await lives.call('supervisor.reloadConfig')).toEqual([[[], [], []]]);
    },
    oursOnly,
  );

  scenario(
    'a program that has to go is ended in the way it was started with, and only then its successor starts',
    async () => {
      const deaf = `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstdout_logfile=%(here)s/deaf.log\n`;
      await using lives = await Lives.begin(`${deaf}stopwaitsecs=2\n`);
      await lives.daemon.waitForFile('deaf.log', 'ready');
      const pid = await runningPid(lives, 'deaf');
      await lives.kill();
      lives.sandbox.write('supervisord.conf', `${deaf}stopwaitsecs=600\nenvironment=A="b"\nstopsignal=KILL\n`);
      await lives.start();
      await runningPid(lives, 'deaf');
      expect(isAlive(pid)).toBe(false);
      expect(lives.daemon.messagesAbout('deaf').slice(-5)).toEqual([
        'INFO ending deaf (pid N), which the last supervisord has left: its configuration has changed',
        "WARN killing 'deaf' (N) with SIGKILL",
        expect.stringMatching(/^INFO stopped: deaf \((terminated by SIGKILL|exit status unknown)\)$/),
        "INFO spawned: 'deaf' with pid N",
        'INFO success: deaf entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
      ]);
    },
    oursOnly,
  );

  scenario(
    'a stop is remembered beyond a kill, also of a program whose predecessor still has to go',
    async () => {
      const deaf = `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=3\nstdout_logfile=%(here)s/deaf.log\n`;
      await using lives = await Lives.begin(sleeper('quick') + deaf);
      await lives.daemon.waitForFile('deaf.log', 'ready');
      await runningPid(lives, 'quick');
      await lives.next({ args: ['--no-adopt'] });
      for (const name of ['quick', 'deaf']) await lives.call('supervisor.stopProcess', name);
      await lives.next();
      for (const name of ['quick', 'deaf']) await lives.waitForState(name, 'STOPPED');
      expect(lives.programs(/^sleep 86400/)).toHaveLength(0);
    },
    oursOnly,
  );

  scenario(
    'a daemon that is killed while it ends what has to go, or has not begun to, leaves that to the next one',
    async () => {
      const deaf = (more: string) =>
        `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=3\n${more}stdout_logfile=%(here)s/deaf.log\n`;
      await using lives = await Lives.begin(sleeper('same') + deaf(''));
      await lives.daemon.waitForFile('deaf.log', 'ready');
      const [same, pid] = [await runningPid(lives, 'same'), await runningPid(lives, 'deaf')];
      await lives.kill();
      lives.sandbox.write('supervisord.conf', sleeper('same') + deaf('environment=A="b"\n'));
      for (let round = 1; round <= 2; round += 1) {
        const command = lives.launch();
        const ending = () => lives.sandbox.read('supervisord.log').split('ending deaf').length - 1;
        await waitFor('the daemon to end the program', () => ending() === round);
        command.signal('SIGKILL');
        await command.ended();
      }
      await lives.start();
      expect(await runningPid(lives, 'same')).toBe(same);
      expect(await runningPid(lives, 'deaf')).not.toBe(pid);
      expect(lives.programs(/^sleep 86400/)).toHaveLength(2);
    },
    oursOnly,
  );

  scenario(
    'what is gone on with does not wait for what has to go; a start does, and can be taken back',
    async () => {
      const deaf = `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nautorestart=false\nstopwaitsecs=3600\nstdout_logfile=%(here)s/deaf.log\n`;
      const reader = `[program:reader]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/reader.log\n`;
      await using lives = await Lives.begin(deaf + reader);
      await lives.daemon.waitForFile('deaf.log', 'ready');
      await lives.daemon.waitForFile('reader.log', 'ready');
      const pids = [await runningPid(lives, 'deaf'), await runningPid(lives, 'reader')];
      await lives.kill();
      lives.sandbox.write('supervisord.conf', `${deaf}environment=A="b"\n${reader}${sleeper('new')}`);
      await lives.start();
      expect(await runningPid(lives, 'reader')).toBe(pids[1]);
      await lives.call('supervisor.sendProcessStdin', 'reader', 'hello\n');
      await lives.daemon.waitForFile('reader.log', 'got hello');
      expect(await lives.info('deaf')).toMatchObject({ statename: 'STARTING', pid: 0 });
      await lives.call('supervisor.stopProcess', 'new');
      expect(await lives.info('new')).toMatchObject({ statename: 'STOPPED', pid: 0, spawnerr: '' });
      expect(isAlive(pids[0] ?? 0)).toBe(true);
      process.kill(pids[0] ?? 0, 'SIGKILL');
      const successor = await runningPid(lives, 'deaf');
      expect(successor).not.toBe(pids[0]);
      expect((await lives.info('new')).statename).toBe('STOPPED');
      process.kill(successor, 'SIGKILL');
    },
    oursOnly,
  );

  scenario(
    'a shutdown in the midst of that ends both, what was gone on with and what had to go',
    async () => {
      const deaf = `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=2\nstdout_logfile=%(here)s/deaf.log\n`;
      await using lives = await Lives.begin(deaf + sleeper('same'));
      await lives.daemon.waitForFile('deaf.log', 'ready');
      const pids = [await runningPid(lives, 'deaf'), await runningPid(lives, 'same')];
      await lives.kill();
      lives.sandbox.write('supervisord.conf', `${deaf}environment=A="b"\n${sleeper('same')}`);
      await lives.start();
      await lives.daemon.waitForLog('ending deaf');
      lives.daemon.signal('SIGTERM');
      await lives.daemon.waitForEnd();
      expect(pids.map(isAlive)).toEqual([false, false]);
      expect(lives.sandbox.has('run')).toBe(false);
      expect(lives.programs(/^sleep 86400/)).toEqual([]);
    },
    oursOnly,
  );

  scenario(
    'what has to go is listened to until its end, also when the daemon restarts meanwhile',
    async () => {
      const deaf = `[program:deaf]
command=/bin/sh -c 'trap "" TERM; while :; do n=$((n+1)); echo "$$ $n"; echo "$$ $n" >>%(here)s/said; sleep 0.02; done'
startsecs=0\nstopwaitsecs=1\nstdout_logfile=%(here)s/deaf.log\n`;
      await using lives = await Lives.begin(deaf);
      const pid = await runningPid(lives, 'deaf');
      const daemon = await lives.next({ args: ['--no-adopt'] });
      await daemon.waitForLog('ending deaf');
      await lives.call('supervisor.restart');
      await daemon.waitForLog('stopped: deaf (terminated by SIGKILL)');
      const linesIn = (file: string): readonly string[] =>
        lives.sandbox
          .read(file)
          .split('\n')
          .filter((line) => line.startsWith(`${pid} `));
      const logged = linesIn('deaf.log');
      const said = linesIn('said');
      expect(said.length).toBeGreaterThan(10);
      // It may have ended between writing a line and writing that down.
      expect(logged.slice(0, said.length)).toEqual(said);
    },
    oursOnly,
  );

  scenario(
    'a configuration with mistakes starts no daemon and touches nothing; corrected, everything goes on',
    async () => {
      await using lives = await Lives.begin(sleeper('same'));
      const pid = await runningPid(lives, 'same');
      await lives.kill();
      lives.sandbox.write('supervisord.conf', sleeper('same', 'startsecs=soon'));
      const refused = await lives.launch().ended();
      expect([refused.status, isAlive(pid)]).toEqual([2, true]);
      lives.sandbox.write('supervisord.conf', sleeper('same'));
      await lives.start();
      expect(await runningPid(lives, 'same')).toBe(pid);
    },
    oursOnly,
  );
});

scenario(
  '--no-adopt ends everything that was left, and starts it anew',
  async () => {
    await using lives = await Lives.begin(sleeper('one') + sleeper('two', 'autostart=false') + sleeper('rested'));
    await lives.call('supervisor.startProcess', 'two');
    await lives.call('supervisor.stopProcess', 'rested');
    const pids = [await runningPid(lives, 'one'), await runningPid(lives, 'two')];
    await lives.next({ args: ['--no-adopt'] });
    expect(pids).not.toContain(await runningPid(lives, 'one'));
    await runningPid(lives, 'rested');
    expect((await lives.info('two')).statename).toBe('STOPPED');
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(lives.daemon.messages()).toContain(
      'INFO ending one (pid N), which the last supervisord has left: it is not to be adopted (--no-adopt)',
    );
  },
  oursOnly,
);

scenario(
  'a shutdown that was under way when the daemon was killed is finished, and then everything starts anew',
  async () => {
    await using lives = await Lives.begin(
      `${sleeper('quick')}[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=4
stdout_logfile=%(here)s/deaf.log\n`,
    );
    await lives.daemon.waitForFile('deaf.log', 'ready');
    const pids = [await runningPid(lives, 'quick'), await runningPid(lives, 'deaf')];
    lives.daemon.signal('SIGTERM');
    await lives.daemon.waitForLog('waiting for');
    await lives.next();
    const next = [await runningPid(lives, 'quick'), await runningPid(lives, 'deaf')];
    expect(next.filter((pid) => pids.includes(pid))).toEqual([]);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(lives.programs(/^sleep 86400/)).toHaveLength(2);
  },
  oursOnly,
);
