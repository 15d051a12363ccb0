/** `supervisorctl` about processes: what it prints where, and its exit status, as scripts and automation tools rely on. */
import { describe, expect } from 'vitest';
import { fails, says } from '../helpers/answers.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { isAlive } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const manual = `${forever}\nautostart=false`;
const once = 'startsecs=0\nautorestart=false';

describe('status', () => {
  scenario('one line a process, by name, with 3 as exit status when something is stopped', async () => {
    await using daemon = await startDaemon({
      config: `[group:grp]\nprograms=beta,alpha\n[program:beta]\n${forever}\n[program:alpha]\n${manual}
[program:zed]\n${forever}\n[program:missing]\ncommand=/nope/x\nstartretries=0`,
    });
    await daemon.waitForStatus('missing', 'FATAL');
    const { stdout, stderr, status } = await daemon.ctl('status');
    expect({ stderr, status }).toEqual({ stderr: '', status: 3 });
    expect(stdout.replace(/pid \d+, uptime 0:00:\d\d/g, 'pid N, uptime T').split('\n')).toEqual([
      'grp:alpha                        STOPPED   Not started',
      'grp:beta                         RUNNING   pid N, uptime T',
      "missing                          FATAL     can't find command '/nope/x'",
      'zed                              RUNNING   pid N, uptime T',
      '',
    ]);
    expect((await daemon.ctl('status', 'zed')).status).toBe(0);
    expect((await daemon.ctl('status', 'grp:beta')).status).toBe(0);
    expect((await daemon.ctl('status', 'grp:*')).stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'grp:alpha',
      'grp:beta',
      '',
    ]);
    expect(await daemon.ctl('status', 'nope')).toEqual(fails(4, 'nope: ERROR (no such process)'));
    expect(await daemon.ctl('status', 'nope:*')).toEqual(fails(4, 'nope: ERROR (no such group)'));
    expect((await daemon.ctl('status', 'nope', 'missing')).status).toBe(3);
    const ordered = (await daemon.ctl('status', 'zed', 'grp:alpha')).stdout
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(ordered).toEqual(['zed', 'grp:alpha', '']);
  });

  scenario('long names make the column wider', async () => {
    const name = 'a-program-with-a-name-that-is-longer-than-thirty';
    await using daemon = await startDaemon({ config: `[program:${name}]\n${manual}\n[program:b]\n${manual}` });
    expect(await daemon.ctl('status')).toEqual(
      fails(3, `${name}   STOPPED   Not started`, `${'b'.padEnd(name.length + 3)}STOPPED   Not started`),
    );
  });

  scenario('a state without description keeps its trailing blanks', async () => {
    await using daemon = await startDaemon({ config: `[program:slow]\ncommand=${fixture('forever')}\nstartsecs=600` });
    await daemon.waitForStatus('slow', 'STARTING');
    expect(await daemon.ctl('status')).toEqual(says('slow                             STARTING  '));
  });
});

describe('start, stop and restart', () => {
  scenario('answer by name', async () => {
    await using daemon = await startDaemon({ config: `[program:one]\n${manual}\n[program:two]\n${manual}` });
    expect(await daemon.ctl('start', 'one')).toEqual(says('one: started'));
    expect(await daemon.ctl('start', 'one')).toEqual(says('one: ERROR (already started)'));
    expect(await daemon.ctl('start', 'nope', 'two')).toEqual(fails(1, 'nope: ERROR (no such process)', 'two: started'));
    expect(await daemon.ctl('start', 'nope:*')).toEqual(fails(2, 'nope: ERROR (no such group)'));
    expect(await daemon.ctl('stop', 'one', 'two')).toEqual(says('one: stopped', 'two: stopped'));
    expect(await daemon.ctl('stop', 'one')).toEqual(says('one: ERROR (not running)'));
    expect(await daemon.ctl('stop', 'nope')).toEqual(fails(1, 'nope: ERROR (no such process)'));
    expect(await daemon.ctl('stop', 'nope:*')).toEqual(fails(1, 'nope: ERROR (no such group)'));
    expect(await daemon.ctl('restart', 'one')).toEqual(says('one: ERROR (not running)', 'one: started'));
    const before = await daemon.pidOf('one');
    expect(await daemon.ctl('restart', 'one')).toEqual(says('one: stopped', 'one: started'));
    expect(await daemon.pidOf('one')).not.toBe(before);
    expect(isAlive(before)).toBe(false);
  });

  scenario('answer for all and for groups', async () => {
    await using daemon = await startDaemon({
      config: `[group:grp]\nprograms=one,two\n[program:one]\n${manual}\n[program:two]\n${manual}\n[program:other]\n${manual}`,
    });
    const sorted = async (...args: readonly string[]) => {
      const { stdout, status } = await daemon.ctl(...args);
      return { lines: stdout.trimEnd().split('\n').sort(), status };
    };
    expect(await sorted('start', 'grp:*')).toEqual({ lines: ['grp:one: started', 'grp:two: started'], status: 0 });
    expect(await sorted('start', 'all')).toEqual({ lines: ['other: started'], status: 0 });
    expect(await daemon.ctl('start', 'all')).toEqual(says());
    expect(await sorted('restart', 'grp:')).toEqual({
      lines: ['grp:one: started', 'grp:one: stopped', 'grp:two: started', 'grp:two: stopped'],
      status: 0,
    });
    expect(await sorted('stop', 'other', 'all')).toEqual({
      lines: ['grp:one: stopped', 'grp:two: stopped', 'other: stopped'],
      status: 0,
    });
    expect(await daemon.ctl('stop', 'all')).toEqual(says());
    expect(daemon.programs()).toEqual([]);
  });

  scenario('without names they explain themselves', async () => {
    await using daemon = await startDaemon({ config: '' });
    for (const [action, status] of [
      ['start', 2],
      ['stop', 1],
      ['restart', 1],
    ] as const) {
      const answer = await daemon.ctl(action);
      expect(answer.status).toBe(status);
      expect(answer.stdout.split('\n')[0]).toBe(`Error: ${action} requires a process name`);
      expect(answer.stdout).toContain(`${action} <name>\t\t`);
    }
  });

  scenario('a start that fails is a spawn error', async () => {
    await using daemon = await startDaemon({
      config: `[program:brief]\ncommand=${fixture('exits', 1)}\nstartsecs=5\nstartretries=0\nautostart=false`,
    });
    expect(await daemon.ctl('start', 'brief')).toEqual(fails(7, 'brief: ERROR (spawn error)'));
  });

  scenario(
    'with startsecs=0 a program that ends at once was started',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:quick]\ncommand=${fixture('exits', 0)}\n${once}\nautostart=false`,
      });
      expect(await daemon.ctl('start', 'quick')).toEqual(says('quick: started'));
      await daemon.waitForStatus('quick', 'EXITED');
      expect(await daemon.ctl('restart', 'quick')).toEqual(says('quick: ERROR (not running)', 'quick: started'));
    },
    // The original answers "abnormal termination" when the program ends before its loop has come round.
    { oursOnly: true },
  );
});

describe('signal, pid and version', () => {
  scenario('signal takes names and numbers, in one word too as automation tools send it', async () => {
    await using daemon = await startDaemon({
      config: `[program:listens]\ncommand=${fixture('says-signals')}\nstdout_logfile=%(here)s/out\nstartsecs=0
[program:idle]\n${manual}`,
    });
    await daemon.waitForFile('out', 'ready');
    for (const [args, seen] of [
      [['signal', 'HUP', 'listens'], 'ready\ngot HUP\n'],
      [['signal', 'sigusr1', 'listens'], 'ready\ngot HUP\ngot USR1\n'],
      [['signal', '12', 'all'], 'ready\ngot HUP\ngot USR1\ngot USR2\n'],
      [['signal HUP', 'listens'], 'ready\ngot HUP\ngot USR1\ngot USR2\ngot HUP\n'],
      [['signal HUP listens'], 'ready\ngot HUP\ngot USR1\ngot USR2\ngot HUP\ngot HUP\n'],
    ] as const) {
      expect(await daemon.ctl(...args)).toEqual(says('listens: signalled'));
      await waitFor('the signal', () => daemon.sandbox.read('out') === seen);
    }
    expect(await daemon.ctl('signal', 'HUP', 'idle')).toEqual(fails(7, 'idle: ERROR (not running)'));
    expect(await daemon.ctl('signal', 'NOPE', 'listens')).toEqual(fails(1, 'listens: ERROR (bad signal name)'));
    expect(await daemon.ctl('signal', 'HUP', 'nope')).toEqual(fails(1, 'nope: ERROR (no such process)'));
    expect(await daemon.ctl('signal', 'HUP', 'nope:*')).toEqual(fails(1, 'nope: ERROR (no such group)'));
    expect((await daemon.ctl('signal', 'HUP')).stdout.split('\n')[0]).toBe(
      'Error: signal requires a signal name and a process name',
    );
  });

  scenario('pid tells that of the daemon, of one process, and of all', async () => {
    await using daemon = await startDaemon({ config: `[program:one]\n${forever}\n[program:two]\n${manual}` });
    await daemon.waitForStatus('one', 'RUNNING');
    expect(await daemon.ctl('pid')).toEqual(says(`${daemon.pid}`));
    const pid = await daemon.pidOf('one');
    expect(daemon.programs().map((entry) => entry.pid)).toEqual([pid]);
    expect(await daemon.ctl('pid', 'two')).toEqual(fails(7, '0'));
    expect(await daemon.ctl('pid', 'all')).toEqual(says(`${pid}`, '0'));
    expect(await daemon.ctl('pid', 'nope')).toEqual(fails(1, 'No such process nope'));
  });

  scenario('version is that of the daemon', async () => {
    await using daemon = await startDaemon({ config: '' });
    const { stdout } = await daemon.sandbox.supervisord('-v');
    expect(await daemon.ctl('version')).toEqual({ stdout, stderr: '', status: 0 });
    expect((await daemon.ctl('version', 'x')).stdout.split('\n')[0]).toBe('Error: version accepts no arguments');
  });
});
