/** How programs are stopped: the stop signal, the patience, SIGKILL, process groups, and requests at awkward moments. */
import { describe, expect } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { isAlive, sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

describe('stopping one program', () => {
  scenario('SIGTERM ends it and it is STOPPED', async () => {
    await using daemon = await startDaemon({ config: `[program:one]\ncommand=${fixture('forever')}\nstartsecs=0` });
    await daemon.waitForStatus('one', 'RUNNING');
    expect(await daemon.ctl('stop', 'one')).toEqual({ stdout: 'one: stopped\n', stderr: '', status: 0 });
    expect(daemon.programs()).toEqual([]);
    const { state, description } = (await daemon.status()).one!;
    expect(state).toBe('STOPPED');
    expect(description).toMatch(/^[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M$/);
    expect(daemon.messagesAbout('one').slice(2)).toEqual([
      'INFO waiting for one to stop',
      'WARN stopped: one (terminated by SIGTERM)',
    ]);
  });

  scenario('an exit status in exitcodes makes a stop a normal message', async () => {
    await using daemon = await startDaemon({
      config: `[program:polite]\ncommand=${fixture('counts-term', 0)}\nstdout_logfile=%(here)s/out\nstartsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    await daemon.ctl('stop', 'polite');
    expect(daemon.messagesAbout('polite').at(-1)).toBe('INFO stopped: polite (exit status 0)');
    expect(daemon.sandbox.read('out')).toBe('ready\ngot TERM\n');
  });

  scenario('a stopped program is not restarted, not even with autorestart=true', async () => {
    await using daemon = await startDaemon({
      config: `[program:eager]\ncommand=${fixture('forever')}\nstartsecs=0\nautorestart=true
[program:other]\ncommand=${fixture('exits-as-told', '%(here)s/code')}\nstartsecs=0\nautorestart=true`,
    });
    await daemon.waitForStatus('eager', 'RUNNING');
    await daemon.ctl('stop', 'eager');
    // The daemon goes on living meanwhile: it restarts another program.
    daemon.sandbox.write('code', '0\n');
    await daemon.waitForMessage('other', 'success', 2);
    expect((await daemon.status()).eager?.state).toBe('STOPPED');
    expect(daemon.messagesAbout('eager').filter((line) => line.includes('spawned'))).toHaveLength(1);
  });

  scenario('stopsignal is the signal that is sent', async () => {
    await using daemon = await startDaemon({
      config: `[program:special]
command=/bin/sh -c "trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done"
stdout_logfile=%(here)s/out
stopsignal=USR1
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    await daemon.ctl('stop', 'special');
    expect(daemon.messagesAbout('special').at(-1)).toBe('WARN stopped: special (exit status 9)');
  });

  scenario('who ignores the stop signal is killed after stopwaitsecs', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]
command=${fixture('ignores-term')}
stdout_logfile=%(here)s/out
stopwaitsecs=1
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    expect(await daemon.ctl('stop', 'stubborn')).toEqual({ stdout: 'stubborn: stopped\n', stderr: '', status: 0 });
    expect(daemon.messagesAbout('stubborn').slice(2)).toEqual([
      'INFO waiting for stubborn to stop',
      "WARN killing 'stubborn' (N) with SIGKILL",
      'WARN stopped: stubborn (terminated by SIGKILL)',
    ]);
  });

  scenario('a stop in STARTING ends the program', async () => {
    await using daemon = await startDaemon({ config: `[program:slow]\ncommand=${fixture('forever')}\nstartsecs=600` });
    await daemon.waitForStatus('slow', 'STARTING');
    expect((await daemon.ctl('stop', 'slow')).stdout).toBe('slow: stopped\n');
    expect((await daemon.status()).slow?.state).toBe('STOPPED');
    expect(daemon.programs()).toEqual([]);
  });

  scenario('a stop in BACKOFF ends the retries', async () => {
    const failing = `command=${fixture('exits', 1)}\nstartsecs=5\nstartretries=1000`;
    await using daemon = await startDaemon({ config: `[program:stopped]\n${failing}\n[program:goes-on]\n${failing}` });
    await daemon.waitForMessage('stopped', 'exited', 2);
    expect(await daemon.ctl('stop', 'stopped')).toEqual({ stdout: 'stopped: stopped\n', stderr: '', status: 0 });
    const messages = daemon.messagesAbout('stopped');
    // By the time of its fourth failure the other one has had the retry that was pending here too.
    await daemon.waitForMessage('goes-on', 'exited', 4);
    expect(daemon.messagesAbout('stopped')).toEqual(messages);
    expect((await daemon.status()).stopped?.state).toBe('STOPPED');
  });

  scenario(
    'a program stopped before it could ever be started was not started',
    async () => {
      await using daemon = await startDaemon({ config: '[program:missing]\ncommand=/no/such\nstartretries=1000' });
      await daemon.waitForStatus('missing', 'BACKOFF');
      await daemon.ctl('stop', 'missing');
      expect(await daemon.status()).toEqual({ missing: { state: 'STOPPED', description: 'Not started' } });
    },
    // The original shows the epoch.
    { oursOnly: true },
  );

  scenario('a start in BACKOFF is refused', async () => {
    await using daemon = await startDaemon({
      config: `[program:failing]\ncommand=${fixture('exits', 1)}\nstartsecs=5\nstartretries=1000`,
    });
    await daemon.waitForMessage('failing', 'exited', 4);
    expect(await daemon.ctl('start', 'failing')).toEqual({
      stdout: 'failing: ERROR (already started)\n',
      stderr: '',
      status: 0,
    });
  });

  scenario('a start while STOPPING is refused and spawns nothing', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]
command=${fixture('ignores-term')}
stdout_logfile=%(here)s/out
stopwaitsecs=5
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    const stopping = daemon.ctl('stop', 'stubborn');
    await daemon.waitForStatus('stubborn', 'STOPPING');
    expect(await daemon.ctl('start', 'stubborn')).toEqual({
      stdout: 'stubborn: ERROR (abnormal termination)\n',
      stderr: '',
      status: 7,
    });
    expect(await daemon.ctl('stop', 'stubborn')).toEqual({
      stdout: 'stubborn: ERROR (not running)\n',
      stderr: '',
      status: 0,
    });
    expect((await stopping).stdout).toBe('stubborn: stopped\n');
    expect((await daemon.status()).stubborn?.state).toBe('STOPPED');
    expect(daemon.programs()).toEqual([]);
    expect(daemon.messagesAbout('stubborn').filter((line) => line.includes('spawned'))).toHaveLength(1);
  });

  scenario('a signal while STOPPING is sent', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]
command=${fixture('ignores-term')}
stdout_logfile=%(here)s/out
stopwaitsecs=600
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    const stopping = daemon.ctl('stop', 'stubborn');
    await daemon.waitForStatus('stubborn', 'STOPPING');
    expect((await daemon.ctl('signal', 'KILL', 'stubborn')).stdout).toBe('stubborn: signalled\n');
    expect((await stopping).stdout).toBe('stubborn: stopped\n');
    expect(daemon.messagesAbout('stubborn').at(-1)).toBe('WARN stopped: stubborn (terminated by SIGKILL)');
  });
});

describe('process groups', () => {
  /** Starts test/fixtures/forks.sh and returns the pid of the child that it made. */
  async function forkingDaemon(options: string, kind = 'plain'): Promise<{ daemon: Daemon; grandchild: number }> {
    const daemon = await startDaemon({
      config: `[program:forks]
command=${fixture('forks', kind)}
stdout_logfile=%(here)s/out
startsecs=0
stopwaitsecs=1
${options}`,
    });
    const said = await daemon.waitForFile('out', /child \d+\n/);
    return { daemon, grandchild: Number(/child (\d+)/.exec(said)?.[1]) };
  }

  scenario('every program leads a process group of its own in the session of the daemon', async () => {
    const { daemon: started, grandchild } = await forkingDaemon('stopasgroup=true');
    await using daemon = started;
    const program = await daemon.pidOf('forks');
    const entry = daemon.programs().find(({ pid }) => pid === program);
    expect(entry?.processGroup).toBe(program);
    expect(entry?.session).toBe(daemon.sandbox.processes().find(({ pid }) => pid === daemon.pid)?.session);
    expect(daemon.programs().find(({ pid }) => pid === grandchild)?.processGroup).toBe(program);
  });

  scenario('a stop reaches the program alone', async () => {
    const { daemon: started, grandchild } = await forkingDaemon('');
    await using daemon = started;
    await daemon.ctl('stop', 'forks');
    expect(isAlive(grandchild)).toBe(true);
    sendSignal(grandchild, 'SIGKILL');
  });

  scenario('with stopasgroup=true a stop reaches the whole group', async () => {
    const { daemon: started, grandchild } = await forkingDaemon('stopasgroup=true');
    await using daemon = started;
    await daemon.ctl('stop', 'forks');
    await waitFor('the end of the grandchild', () => !isAlive(grandchild));
  });

  scenario('with killasgroup=true SIGKILL reaches the whole group', async () => {
    await using daemon = await startDaemon({
      config: `[program:forks]
command=/bin/sh -c "trap '' TERM; sleep 86400 & echo child $!; wait"
stdout_logfile=%(here)s/out
startsecs=0
stopwaitsecs=1
killasgroup=true`,
    });
    const said = await daemon.waitForFile('out', /child \d+\n/);
    await daemon.ctl('stop', 'forks');
    expect(daemon.messagesAbout('forks').at(-1)).toBe('WARN stopped: forks (terminated by SIGKILL)');
    await waitFor('the end of the grandchild', () => !isAlive(Number(/child (\d+)/.exec(said)?.[1])));
  });

  scenario('without killasgroup SIGKILL reaches the program alone', async () => {
    await using daemon = await startDaemon({
      config: `[program:forks]
command=/bin/sh -c "trap '' TERM; sleep 86400 & echo child $!; wait"
stdout_logfile=%(here)s/out
startsecs=0
stopwaitsecs=1`,
    });
    const said = await daemon.waitForFile('out', /child \d+\n/);
    const grandchild = Number(/child (\d+)/.exec(said)?.[1]);
    await daemon.ctl('stop', 'forks');
    expect(isAlive(grandchild)).toBe(true);
    sendSignal(grandchild, 'SIGKILL');
  });

  scenario('a signal request reaches the program alone', async () => {
    const { daemon: started, grandchild } = await forkingDaemon('stopasgroup=true\nautorestart=false');
    await using daemon = started;
    await daemon.ctl('signal', 'TERM', 'forks');
    await daemon.waitForStatus('forks', 'EXITED');
    expect(isAlive(grandchild)).toBe(true);
    sendSignal(grandchild, 'SIGKILL');
  });
});
