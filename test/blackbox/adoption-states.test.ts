/** What a daemon that was killed has known of its processes is known to the next one: states, times, counts, last exits. */
import { describe, expect } from 'vitest';
import { gone, killed, Lives } from '../helpers/lives.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** When the log had the first line with some text, in epoch milliseconds. */
function timeOf(lives: Lives, text: string): number {
  const line = lives.daemon
    .log()
    .split('\n')
    .find((entry) => entry.includes(text));
  if (line === undefined) throw new Error(`no "${text}" in the log`);
  return Date.parse(`${line.slice(0, 19).replace(' ', 'T')}.${line.slice(20, 23)}Z`);
}

const spawnsOf = (lives: Lives, name: string): number => lives.daemon.log().split(`spawned: '${name}'`).length - 1;

describe('after the daemon was killed and started again', () => {
  scenario(
    'programs run on with their pids and their true uptime',
    async () => {
      await using lives = await Lives.begin(
        `[program:steady]\ncommand=${fixture('forever')}\nnumprocs=3\nprocess_name=steady%(process_num)d\nstartsecs=0`,
      );
      const names = ['steady:steady0', 'steady:steady1', 'steady:steady2'];
      for (const name of names) await lives.waitForState(name, 'RUNNING');
      const before = await Promise.all(names.map((name) => lives.info(name)));
      await lives.kill();
      // The start is told in whole seconds, so one more has to pass.
      await waitFor('three seconds of uptime', () => Date.now() / 1000 > (before[0]?.start ?? 0) + 4);
      await lives.start();
      const after = await Promise.all(names.map((name) => lives.info(name)));
      expect(after.map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
      expect(after.map(({ statename }) => statename)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
      for (const [index, { start, description }] of after.entries()) {
        expect(Math.abs(start - (before[index]?.start ?? 0))).toBeLessThanOrEqual(1);
        expect(description).toMatch(/uptime 0:00:(0[3-9]|[1-5]\d)$/);
      }
      expect(lives.daemon.log().match(/INFO adopted: 'steady\d' with pid \d+, RUNNING/g)).toHaveLength(3);
      expect(spawnsOf(lives, 'steady0')).toBe(1);
    },
    { oursOnly: true },
  );

  scenario(
    'what had ended stays as it was: STOPPED, FATAL and EXITED with its time and status',
    async () => {
      await using lives = await Lives.begin(`[program:stopped]
command=${fixture('forever')}
startsecs=0
[program:never]
command=${fixture('forever')}
autostart=false
[program:failed]
command=${fixture('exits', 4)}
startsecs=5
startretries=0
[program:missing]
command=/no/such/file
startretries=0
[program:done]
command=${fixture('exits', 3)}
startsecs=0
autorestart=false
`);
      await lives.waitForState('stopped', 'RUNNING');
      await lives.call('supervisor.stopProcess', 'stopped');
      await lives.waitForState('failed', 'FATAL');
      await lives.waitForState('missing', 'FATAL');
      await lives.waitForState('done', 'EXITED');
      const names = ['stopped', 'never', 'failed', 'missing', 'done'];
      const look = async () =>
        await Promise.all(
          names.map(async (name) => {
            const { statename, pid, stop, exitstatus, spawnerr, description } = await lives.info(name);
            return { name, statename, pid, stop, exitstatus, spawnerr, description };
          }),
        );
      const before = await look();
      expect(before.map(({ statename }) => statename)).toEqual(['STOPPED', 'STOPPED', 'FATAL', 'FATAL', 'EXITED']);
      expect(before.map(({ exitstatus }) => exitstatus).at(-1)).toBe(3);
      await lives.next();
      expect(await look()).toEqual(before);
      await lives.next();
      expect(await look()).toEqual(before);
      expect(spawnsOf(lives, 'failed') + spawnsOf(lives, 'done') + spawnsOf(lives, 'stopped')).toBe(3);
      await lives.call('supervisor.startProcess', 'stopped');
      expect((await lives.info('stopped')).statename).toBe('RUNNING');
    },
    { oursOnly: true },
  );

  scenario(
    'a program in BACKOFF goes on counting its failed starts',
    async () => {
      await using lives = await Lives.begin(
        `[program:fails]\ncommand=${fixture('exits', 1)}\nstartsecs=5\nstartretries=3\n`,
      );
      await waitFor('two failed starts', () => spawnsOf(lives, 'fails') === 2);
      await lives.waitForState('fails', 'BACKOFF');
      await lives.next();
      await lives.waitForState('fails', 'FATAL');
      expect(spawnsOf(lives, 'fails')).toBe(4);
      expect(lives.daemon.log()).toContain('gave up: fails entered FATAL state');
    },
    { oursOnly: true },
  );

  scenario(
    'a start that failed while nobody watched has the time at which it began',
    async () => {
      await using lives = await Lives.begin(
        `[program:young]\ncommand=${fixture('forever')}\nstartsecs=60\nstartretries=0`,
      );
      await lives.waitForState('young', 'STARTING');
      const { pid, start } = await lives.info('young');
      await lives.kill();
      await killed(pid);
      await lives.start();
      await lives.waitForState('young', 'FATAL');
      const after = await lives.info('young');
      expect(start).toBeGreaterThan(0);
      expect(Math.abs(after.start - start)).toBeLessThanOrEqual(1);
    },
    { oursOnly: true },
  );

  scenario(
    'a program in STARTING has only the rest of startsecs to wait for',
    async () => {
      await using lives = await Lives.begin(`[program:young]\ncommand=${fixture('forever')}\nstartsecs=8`);
      const { pid } = await lives.waitForState('young', 'STARTING');
      await lives.kill();
      const spawnedAt = timeOf(lives, "spawned: 'young'");
      await waitFor('three seconds after its start', () => Date.now() > spawnedAt + 3000);
      await lives.start();
      await lives.daemon.waitForLog(/adopted: 'young' with pid \d+, STARTING/);
      expect((await lives.waitForState('young', 'RUNNING')).pid).toBe(pid);
      const runningAt = timeOf(lives, 'success: young');
      // The process is older than the message of its spawn, and younger than the daemon that said so.
      expect(runningAt - timeOf(lives, 'supervisord started')).toBeGreaterThanOrEqual(8000);
      expect(runningAt - timeOf(lives, "adopted: 'young'")).toBeLessThan(8000);
    },
    { oursOnly: true },
  );

  scenario(
    'a stop that was under way goes on, and ends in STOPPED',
    async () => {
      await using lives = await Lives.begin(
        `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=6\nstdout_logfile=%(here)s/deaf.log`,
      );
      await lives.waitForState('deaf', 'RUNNING');
      await lives.daemon.waitForFile('deaf.log', 'ready');
      const { pid } = await lives.info('deaf');
      // By a daemon that has gone on with it itself.
      await lives.next();
      await lives.call('supervisor.stopProcess', 'deaf', false);
      await lives.next();
      expect(await lives.info('deaf')).toMatchObject({ statename: 'STOPPING', pid });
      expect((await lives.waitForState('deaf', 'STOPPED')).pid).toBe(0);
      await gone(pid);
      expect(spawnsOf(lives, 'deaf')).toBe(1);
    },
    { oursOnly: true },
  );

  scenario(
    'what ended while no daemon lived is treated by its restart policy',
    async () => {
      await using lives = await Lives.begin(
        `${['true', 'false', 'unexpected']
          .map((policy) => `[program:${policy}]\ncommand=${fixture('forever')}\nstartsecs=0\nautorestart=${policy}\n`)
          .join('')}[program:young]\ncommand=${fixture('forever')}\nstartsecs=60\nstartretries=0\n`,
      );
      const names = ['true', 'false', 'unexpected'];
      for (const name of names) await lives.waitForState(name, 'RUNNING');
      await lives.waitForState('young', 'STARTING');
      const pids = await Promise.all([...names, 'young'].map(async (name) => (await lives.info(name)).pid));
      await lives.kill();
      for (const pid of pids) await killed(pid);
      await lives.start();
      expect((await lives.waitForState('true', 'RUNNING')).pid).not.toBe(pids[0]);
      expect((await lives.waitForState('unexpected', 'RUNNING')).pid).not.toBe(pids[2]);
      expect(await lives.info('false')).toMatchObject({ statename: 'EXITED', exitstatus: -1 });
      expect(await lives.info('young')).toMatchObject({ statename: 'FATAL' });
      expect(lives.daemon.messagesAbout('false').at(-1)).toBe('WARN exited: false (exit status unknown; not expected)');
    },
    { oursOnly: true },
  );

  scenario(
    'programs stopped by SIGSTOP are adopted like others, and can be continued and ended',
    async () => {
      await using lives = await Lives.begin(`[program:paused]\ncommand=${fixture('counts', 0)}\nstartsecs=0
stopwaitsecs=30\nstdout_logfile=%(here)s/paused.log`);
      const { pid } = await lives.waitForState('paused', 'RUNNING');
      await lives.daemon.waitForFile('paused.log', 'line 10');
      await lives.kill();
      // Not before: POSIX has the system itself send SIGHUP to stopped programs whose parent ends.
      sendSignal(pid, 'SIGSTOP');
      await lives.start();
      expect(await lives.info('paused')).toMatchObject({ statename: 'RUNNING', pid });
      await lives.call('supervisor.signalProcess', 'paused', 'CONT');
      expect((await lives.daemon.ctl('stop', 'paused')).stdout).toBe('paused: stopped\n');
      await gone(pid);
      expect(lives.wholeLog('paused.log')).toMatch(/\nlast \d+\n$/);
    },
    { oursOnly: true },
  );

  scenario(
    'two hundred programs are adopted, also by the next but one',
    async () => {
      await using lives = await Lives.begin(
        `[program:many]\ncommand=sleep 86400\nnumprocs=200\nprocess_name=%(process_num)03d\nstartsecs=0
redirect_stderr=true\nstdout_logfile=NONE\n[supervisord]\nminfds=2048\nloglevel=warn`,
      );
      const pids = async () => {
        const all = (await lives.call('supervisor.getAllProcessInfo')) as readonly { readonly pid: number }[];
        return all.map(({ pid }) => pid);
      };
      const before = await waitFor('all programs', async () => {
        const all = await pids();
        return all.every((pid) => pid > 0) ? all : undefined;
      });
      expect(new Set(before).size).toBe(200);
      for (const life of [2, 3]) {
        await lives.next();
        expect(await pids(), `life ${life}`).toEqual(before);
      }
      expect(lives.programs(/^sleep 86400/)).toHaveLength(200);
    },
    { oursOnly: true },
  );
});
