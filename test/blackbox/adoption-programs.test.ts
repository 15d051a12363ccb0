/** A program that was adopted is a program like any other: it is written to, signalled, ended, logged and reported. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { release } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { gone, Lives, wholeCount } from '../helpers/lives.ts';
import { isAlive, processStatus } from '../helpers/process-table.ts';
import { fixture, inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

/** From Linux 6.15 on the system always tells how a process has ended that is no child; before that it may. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const tellsExits = major > 6 || (major === 6 && minor >= 15);

/** What a program has said behind a word, such as a pid. */
const numberBehind = (text: string, word: string): number => Number(new RegExp(`${word} (\\d+)`).exec(text)?.[1]);

describe('an adopted program', () => {
  scenario(
    'reads what is sent to its standard input',
    async () => {
      await using lives = await Lives.begin(
        `[program:reader]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/reader.log`,
      );
      await lives.daemon.waitForFile('reader.log', 'ready');
      await lives.call('supervisor.sendProcessStdin', 'reader', 'one\n');
      await lives.daemon.waitForFile('reader.log', 'got one');
      await lives.next();
      await lives.call('supervisor.sendProcessStdin', 'reader', 'two\n');
      await lives.daemon.waitForFile('reader.log', 'got two');
      await lives.next();
      await lives.call('supervisor.sendProcessStdin', 'reader', 'three\n');
      expect(await lives.daemon.waitForFile('reader.log', 'got three')).toBe('ready\ngot one\ngot two\ngot three\n');
    },
    oursOnly,
  );

  scenario(
    'gets signals, and ends with its stop signal',
    async () => {
      await using lives = await Lives.begin(`[program:hears]\ncommand=${fixture('says-signals')}\nstartsecs=0
stopsignal=INT\nstdout_logfile=%(here)s/hears.log\n`);
      await lives.daemon.waitForFile('hears.log', 'ready');
      const { pid } = await lives.info('hears');
      await lives.next();
      await lives.call('supervisor.signalProcess', 'hears', 'HUP');
      await lives.daemon.waitForFile('hears.log', 'got HUP');
      await lives.call('supervisor.stopProcess', 'hears');
      expect(isAlive(pid)).toBe(false);
      expect(lives.daemon.messagesAbout('hears').at(-1)).toBe(
        tellsExits ? 'WARN stopped: hears (terminated by SIGINT)' : 'WARN stopped: hears (exit status unknown)',
      );
      await lives.call('supervisor.startProcess', 'hears');
      expect((await lives.info('hears')).pid).not.toBe(pid);
    },
    oursOnly,
  );

  scenario(
    'is ended together with its process group (stopasgroup), or with its whole tree (killtree)',
    async () => {
      await using lives = await Lives.begin(`[program:group]\ncommand=${fixture('forks')}\nstartsecs=0
stopasgroup=true\nstdout_logfile=%(here)s/group.log
[program:tree]\ncommand=/bin/sh -c 'setsid sleep 86400 & echo "child $!"; exec sleep 86400'\nstartsecs=0
killtree=true\nstdout_logfile=%(here)s/tree.log`);
      const children = [
        numberBehind(await lives.daemon.waitForFile('group.log', /child \d+\n/), 'child'),
        numberBehind(await lives.daemon.waitForFile('tree.log', /child \d+\n/), 'child'),
      ];
      await lives.next();
      expect(children.map(isAlive)).toEqual([true, true]);
      await lives.call('supervisor.stopAllProcesses');
      for (const pid of children) await gone(pid);
    },
    oursOnly,
  );

  scenario(
    'tells its exit status, where the system can tell that of a process that is no child',
    async () => {
      await using lives = await Lives.begin(`[program:told]\ncommand=${fixture('exits-as-told', '%(here)s/status')}
startsecs=0\nautorestart=unexpected\nexitcodes=7\nstdout_logfile=%(here)s/told.log`);
      await lives.daemon.waitForFile('told.log', 'ready');
      const { pid } = await lives.info('told');
      await lives.next();
      lives.sandbox.write('status', '7\n');
      await gone(pid);
      if (tellsExits) {
        expect(await lives.waitForState('told', 'EXITED')).toMatchObject({ exitstatus: 7, pid: 0 });
        expect(lives.daemon.messagesAbout('told').at(-1)).toBe('INFO exited: told (exit status 7; expected)');
      } else {
        await waitFor('a restart', async () => (await lives.info('told')).pid > 0);
      }
    },
    oursOnly,
  );

  scenario(
    'waits while nobody reads its output, and nothing of it is lost',
    async () => {
      await using lives = await Lives.begin(`[program:much]\ncommand=${fixture('counts', 0, 3000, '0.05')}
startsecs=0\nstopwaitsecs=60\nstdout_logfile=%(here)s/much.log\nstdout_logfile_maxbytes=0
[program:both]\ncommand=/bin/sh -c 'n=0; while [ $n -lt 4000 ]; do n=$((n+1)); echo "line $n"; n=$((n+1)); echo "line $n" >&2; done; exec sleep 86400'
startsecs=0\nredirect_stderr=true\nautostart=false\nstdout_logfile=%(here)s/both.log\nstdout_logfile_maxbytes=0`);
      await lives.daemon.waitForFile('much.log', 'line 100\n');
      await lives.call('supervisor.startProcess', 'both');
      const { pid } = await lives.info('much');
      await lives.kill();
      await waitFor('a full pipe', () => lives.hasFullPipe());
      await lives.start();
      expect((await lives.info('much')).pid).toBe(pid);
      await lives.daemon.waitForFile('both.log', 'line 4000\n');
      await lives.call('supervisor.stopProcess', 'much');
      const text = lives.sandbox.read('much.log');
      expect(text === wholeCount(text)).toBe(true);
      const lines = Array.from({ length: 4000 }, (_, index) => `line ${index + 1}\n`);
      expect(lives.sandbox.read('both.log') === lines.join('')).toBe(true);
    },
    oursOnly,
  );

  scenario(
    'of another user runs on, and can still write and be ended',
    async () => {
      await using lives = await Lives.begin(`[program:other]\ncommand=${fixture('echo-stdin')}\nuser=nobody\nstartsecs=0
stdout_logfile=%(here)s/other.log`);
      await lives.daemon.waitForFile('other.log', 'ready');
      const { pid } = await lives.info('other');
      await lives.next();
      expect((await lives.info('other')).pid).toBe(pid);
      expect(processStatus(pid).Uid).toMatch(/^65534\t/);
      await lives.call('supervisor.sendProcessStdin', 'other', 'hello\n');
      await lives.daemon.waitForFile('other.log', 'got hello');
      await lives.call('supervisor.stopProcess', 'other');
      expect(isAlive(pid)).toBe(false);
    },
    { oursOnly: true, asRoot: true },
  );

  scenario(
    'keeps its generated log files, which no later life of the daemon deletes',
    async () => {
      await using lives = await Lives.begin(`[program:auto]\ncommand=${fixture('echo-stdin')}\nstartsecs=0
[program:resting]\ncommand=${fixture('exits', 0)}\nstartsecs=0\nautorestart=false`);
      const { stdout_logfile: path } = await lives.waitForState('auto', 'RUNNING');
      const { stdout_logfile: resting } = await lives.waitForState('resting', 'EXITED');
      await waitFor('output', () => readFileSync(path, 'utf8') === 'ready\n');
      for (const word of ['one', 'two']) {
        await lives.next();
        await lives.call('supervisor.sendProcessStdin', 'auto', `${word}\n`);
        await waitFor(`"${word}" in the log`, () => readFileSync(path, 'utf8').includes(word));
        expect((await lives.info('auto')).stdout_logfile).toBe(path);
        expect((await lives.info('resting')).stdout_logfile).toBe(resting);
      }
      expect(readFileSync(path, 'utf8')).toBe('ready\ngot one\ngot two\n');
    },
    oursOnly,
  );

  scenario(
    'of an fcgi section keeps serving on its socket, which its next start goes on with',
    async () => {
      await using lives = await Lives.begin(`[fcgi-program:web]
command=${process.execPath} ${inRepository('test/fixtures/accepts.mjs')}\nstartsecs=0\nsocket=unix://%(here)s/web.sock`);
      const answer = async () => await text(connect(lives.sandbox.path('web.sock')));
      const { pid } = await lives.waitForState('web', 'RUNNING');
      expect(await answer()).toBe(`${pid}\n`);
      await lives.kill();
      expect(await answer()).toBe(`${pid}\n`);
      await lives.start();
      expect(await answer()).toBe(`${pid}\n`);
      await lives.daemon.ctl('restart', 'web');
      const { pid: next } = await lives.info('web');
      expect(next).not.toBe(pid);
      expect(await answer()).toBe(`${next}\n`);
    },
    oursOnly,
  );
});
