/** What becomes of a process when it starts, ends, fails and is asked for things: the life of a process as users see it. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

describe('starting', () => {
  scenario('a program that stays for startsecs is RUNNING', async () => {
    await using daemon = await startDaemon({ config: `[program:steady]\ncommand=${fixture('forever')}\nstartsecs=1` });
    const { description } = await daemon.waitForStatus('steady', 'RUNNING');
    expect(description).toMatch(/^pid \d+, uptime 0:00:0\d$/);
    expect(daemon.messagesAbout('steady')).toEqual([
      "INFO spawned: 'steady' with pid N",
      'INFO success: steady entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    ]);
  });

  scenario(
    'with startsecs=0 a program is RUNNING at once, and a quick exit is an exit',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:quick]\ncommand=${fixture('exits', 0)}\nstartsecs=0\nautorestart=unexpected`,
      });
      await daemon.waitForStatus('quick', 'EXITED');
      expect(daemon.messagesAbout('quick')).toEqual([
        "INFO spawned: 'quick' with pid N",
        'INFO success: quick entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
        'INFO exited: quick (exit status 0; expected)',
      ]);
    },
    // The original leaves the second message out when the program ends before its loop has come round.
    { oursOnly: true },
  );

  scenario('autostart=false leaves a program STOPPED until it is asked for', async () => {
    await using daemon = await startDaemon({
      config: `[program:later]\ncommand=${fixture('forever')}\nautostart=false\nstartsecs=0`,
    });
    expect(await daemon.status()).toEqual({ later: { state: 'STOPPED', description: 'Not started' } });
    expect(await daemon.ctl('start', 'later')).toEqual({ stdout: 'later: started\n', stderr: '', status: 0 });
    await daemon.waitForStatus('later', 'RUNNING');
  });

  scenario('a program that ends before startsecs is tried startretries times more, then is FATAL', async () => {
    await using daemon = await startDaemon({
      config: `[program:brief]\ncommand=${fixture('exits', 0)}\nstartsecs=5\nstartretries=2\nautorestart=false`,
    });
    const { description } = await daemon.waitForStatus('brief', 'FATAL');
    expect(description).toBe('Exited too quickly (process log may have details)');
    const attempt = ["INFO spawned: 'brief' with pid N", 'WARN exited: brief (exit status 0; not expected)'];
    expect(daemon.messagesAbout('brief')).toEqual([
      ...attempt,
      ...attempt,
      ...attempt,
      'INFO gave up: brief entered FATAL state, too many start retries too quickly',
    ]);
  });

  scenario('each retry waits a second longer than the one before', async () => {
    await using daemon = await startDaemon({
      config: `[program:brief]\ncommand=${fixture('exits', 1)}\nstartsecs=5\nstartretries=2`,
    });
    await daemon.waitForStatus('brief', 'FATAL');
    const spawnedAt = daemon
      .log()
      .split('\n')
      .filter((line) => line.includes("spawned: 'brief'"))
      .map((line) => Date.parse(`${line.slice(0, 19).replace(' ', 'T')}.${line.slice(20, 23)}Z`));
    const waits = spawnedAt.slice(1).map((at, index) => at - (spawnedAt[index] ?? 0));
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(990);
    expect(waits[1]).toBeGreaterThanOrEqual(1990);
  });

  scenario('startretries=0 means one attempt', async () => {
    await using daemon = await startDaemon({
      config: `[program:once]\ncommand=${fixture('exits', 3)}\nstartsecs=5\nstartretries=0`,
    });
    await daemon.waitForStatus('once', 'FATAL');
    expect(daemon.messagesAbout('once')).toEqual([
      "INFO spawned: 'once' with pid N",
      'WARN exited: once (exit status 3; not expected)',
      'INFO gave up: once entered FATAL state, too many start retries too quickly',
    ]);
  });

  scenario('a program that fails at first and then stays ends RUNNING', async () => {
    await using daemon = await startDaemon({
      config: `[program:late]\ncommand=${fixture('fails-first', 2, '%(here)s/runs')}\nstartsecs=1\nstartretries=3`,
    });
    await daemon.waitForStatus('late', 'RUNNING');
    expect(daemon.sandbox.read('runs')).toBe('3\n');
    expect(daemon.messagesAbout('late').at(-1)).toMatch(/^INFO success: late entered RUNNING state/);
  });

  scenario('a FATAL program can be started again by hand', async () => {
    await using daemon = await startDaemon({
      config: `[program:repaired]\ncommand=${fixture('fails-first', 1, '%(here)s/runs')}\nstartsecs=1\nstartretries=0`,
    });
    await daemon.waitForStatus('repaired', 'FATAL');
    expect(await daemon.ctl('start', 'repaired')).toEqual({ stdout: 'repaired: started\n', stderr: '', status: 0 });
  });
});

describe('ending', () => {
  scenario('autorestart=true starts a program again whatever its exit status', async () => {
    await using daemon = await startDaemon({
      config: `[program:again]\ncommand=${fixture('exits-as-told', '%(here)s/code')}\nstartsecs=0\nautorestart=true`,
    });
    for (const round of [1, 2]) {
      await daemon.waitForMessage('again', 'success', round);
      daemon.sandbox.write('code', '0\n');
      await daemon.waitForMessage('again', 'exited: again (exit status 0; expected)', round);
    }
    await daemon.waitForStatus('again', 'RUNNING');
  });

  scenario(
    'a program that ends at once is started once a second, and a stop in between ends that',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:brief]\ncommand=${fixture('exits', 1)}\nstartsecs=0\nautorestart=true
[program:clock]\ncommand=${fixture('forever')}\nstartsecs=2\nautostart=false`,
      });
      await daemon.waitForMessage('brief', 'spawned', 4);
      const spawns = [...daemon.log().matchAll(/^(\S+ \S+),(\d{3}) INFO spawned: 'brief'/gm)];
      const [first = 0, ...later] = spawns.map(([, second, millisecond]) => Date.parse(`${second}.${millisecond}`));
      // Of a thousand a second without a pace. The line comes after the spawn, whose length differs.
      const seconds = ((later.at(-1) ?? 0) - first) / 1000;
      expect(later.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
      await daemon.waitForStatus('brief', 'EXITED');
      expect(await daemon.ctl('stop', 'all')).toMatchObject({ status: 0 });
      const spawned = () => daemon.messagesAbout('brief').filter((message) => message.includes('spawned')).length;
      const before = spawned();
      // It takes two seconds until this one is RUNNING: time enough for a restart that was not declined.
      expect(await daemon.ctl('start', 'clock')).toMatchObject({ stdout: 'clock: started\n' });
      expect(spawned()).toBe(before);
    },
    { oursOnly: true },
  );

  scenario('autorestart=false leaves a program EXITED whatever its exit status', async () => {
    await using daemon = await startDaemon({
      config: `[program:once]\ncommand=${fixture('exits', 5)}\nstartsecs=0\nautorestart=false`,
    });
    const { description } = await daemon.waitForStatus('once', 'EXITED');
    expect(description).toMatch(/^[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M$/);
    expect(daemon.messagesAbout('once').at(-1)).toBe('WARN exited: once (exit status 5; not expected)');
  });

  scenario('autorestart=unexpected restarts after exit statuses that are not in exitcodes', async () => {
    await using daemon = await startDaemon({
      config: `[program:choosy]
command=${fixture('exits-as-told', '%(here)s/code')}
startsecs=0
exitcodes=0,7`,
    });
    await daemon.waitForMessage('choosy', 'success');
    daemon.sandbox.write('code', '3\n');
    await daemon.waitForMessage('choosy', 'exited: choosy (exit status 3; not expected)');
    await daemon.waitForMessage('choosy', 'success', 2);
    daemon.sandbox.write('code', '7\n');
    await daemon.waitForStatus('choosy', 'EXITED');
    expect(daemon.messagesAbout('choosy').at(-1)).toBe('INFO exited: choosy (exit status 7; expected)');
  });

  scenario('death by a signal is unexpected', async () => {
    await using daemon = await startDaemon({
      config: `[program:mortal]\ncommand=${fixture('forever')}\nstartsecs=0\nautorestart=unexpected`,
    });
    await daemon.waitForStatus('mortal', 'RUNNING');
    expect(await daemon.ctl('signal', 'KILL', 'mortal')).toEqual({
      stdout: 'mortal: signalled\n',
      stderr: '',
      status: 0,
    });
    await daemon.waitForMessage('mortal', 'exited: mortal (terminated by SIGKILL; not expected)');
    await daemon.waitForMessage('mortal', 'success', 2);
    await daemon.waitForStatus('mortal', 'RUNNING');
  });
});
