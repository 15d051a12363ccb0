/** `supervisorctl` about logs, and a program in the foreground: what it prints where, and its exit status. */
import { describe, expect } from 'vitest';
import { fails, says } from '../helpers/answers.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { againstOriginal, fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const manual = `${forever}\nautostart=false`;
const once = 'startsecs=0\nautorestart=false';

describe('logs', () => {
  scenario('tail prints the end of a log, and a newline', async () => {
    await using daemon = await startDaemon({
      config: `[program:talks]\ncommand=/bin/sh -c "seq 1 1000; echo 'grüße' >&2"\nstdout_logfile=%(here)s/out\nstderr_logfile=%(here)s/err\n${once}`,
    });
    await daemon.waitForStatus('talks', 'EXITED');
    const whole = daemon.sandbox.read('out');
    expect(await daemon.ctl('tail', 'talks')).toEqual(says(whole.slice(-1600)));
    expect(await daemon.ctl('tail', '-20', 'talks')).toEqual(says(whole.slice(-20)));
    expect(await daemon.ctl('tail', 'talks', 'stderr')).toEqual(says('grüße\n'));
    expect(await daemon.ctl('tail', 'nope')).toEqual(fails(1, 'nope: ERROR (no such process name)'));
    expect(await daemon.ctl('tail', 'talks', 'foo')).toEqual(fails(1, "Error: bad channel 'foo'"));
    expect(await daemon.ctl('tail', '-x', 'talks')).toEqual(fails(1, 'Error: bad argument -x'));
    expect((await daemon.ctl('tail')).stdout.split('\n')[0]).toBe('Error: too few arguments');
  });

  scenario('tail -f shows what comes until it is interrupted', async () => {
    await using daemon = await startDaemon({
      config: `[program:listens]\ncommand=${fixture('says-signals')}\nstdout_logfile=%(here)s/out\nstartsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    const tail = daemon.sandbox.startCtl('tail', '-f', 'listens');
    await waitFor('what was there', () => tail.stdout === '==> Press Ctrl-C to exit <==\nready\n');
    for (const count of [1, 2]) {
      await daemon.ctl('signal', 'HUP', 'listens');
      await waitFor('the new line', () => tail.stdout.split('got HUP\n').length === count + 1);
    }
    tail.signal('SIGINT');
    expect(await tail.ended()).toEqual(says('==> Press Ctrl-C to exit <==', 'ready', 'got HUP', 'got HUP', ''));
  });

  scenario('tail -f of no log says so on standard error', async () => {
    await using daemon = await startDaemon({ config: '' });
    const { stderr, status } = await daemon.ctl('tail', '-f', 'nope');
    const path = `unix://${daemon.sandbox.path('supervisor.sock')}/logtail/nope/stdout`;
    expect({ line: stderr.split('\n')[0], status }).toEqual({
      line: `${path} Cannot read, status code 404`,
      status: 0,
    });
  });

  scenario('maintail prints the end of the log of the daemon', async () => {
    await using daemon = await startDaemon({ config: '' });
    await daemon.waitForLog('supervisord started');
    expect(await daemon.ctl('maintail', '-100')).toEqual(says(daemon.log().slice(-100)));
    expect(await daemon.ctl('maintail', 'foo')).toEqual(fails(1, 'Error: bad argument foo'));
    const follow = daemon.sandbox.startCtl('maintail', '-f');
    await waitFor('the log', () => follow.stdout.includes('supervisord started'));
    follow.signal('SIGINT');
    expect((await follow.ended()).status).toBe(0);
  });

  scenario('clear empties the logs of running programs', async () => {
    await using daemon = await startDaemon({
      config: `[program:listens]\ncommand=${fixture('says-signals')}\nstdout_logfile=%(here)s/out\nstartsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    expect(await daemon.ctl('clear', 'listens')).toEqual(says('listens: cleared'));
    expect(daemon.sandbox.read('out')).toBe('');
    await daemon.ctl('signal', 'HUP', 'listens');
    expect(await daemon.waitForFile('out', 'got HUP')).toBe('got HUP\n');
    expect(await daemon.ctl('clear', 'all')).toEqual(says('listens: cleared'));
    expect(daemon.sandbox.read('out')).toBe('');
    expect(await daemon.ctl('clear', 'nope')).toEqual(fails(1, 'nope: ERROR (no such process)'));
    // The original says "g:None: ERROR (no such process)".
    if (!againstOriginal) expect(await daemon.ctl('clear', 'listens:*')).toEqual(says('listens: cleared'));
  });

  scenario('fg shows a program and sends it what is typed', async () => {
    await using daemon = await startDaemon({
      config: `[program:echo]\ncommand=${fixture('echo-stdin')}\nstdout_logfile=%(here)s/out\nstartsecs=0\n[program:idle]\n${manual}`,
    });
    await daemon.waitForFile('out', 'ready');
    const foreground = daemon.sandbox.startCtl('fg', 'echo');
    await waitFor('what was there', () => foreground.stdout.includes('ready\n'));
    foreground.write('hällo\n');
    await waitFor('the answer', () => foreground.stdout.includes('got hällo\n'));
    foreground.signal('SIGINT');
    await waitFor('its leave', () => foreground.stdout.includes('Exiting foreground\n'));
    // The original now waits for one more line of the log before it ends.
    if (againstOriginal) foreground.signal('SIGKILL');
    const { stdout, status } = await foreground.ended();
    expect(stdout.startsWith('==> Press Ctrl-C to exit <==\n')).toBe(true);
    expect(status).toBe(againstOriginal ? 'SIGKILL' : 0);
    expect((await daemon.status()).echo?.state).toBe('RUNNING');
    expect(await daemon.ctl('fg', 'idle')).toEqual(fails(1, 'ERROR: process not running'));
    expect(await daemon.ctl('fg', 'nope')).toEqual(fails(1, 'ERROR: bad process name supplied'));
    expect(await daemon.ctl('fg', 'echo', 'idle')).toEqual(fails(1, 'ERROR: too many process names supplied'));
  });
});
