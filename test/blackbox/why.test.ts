/** What whoever is woken at night asks first, of real programs. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { againstOriginal, fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

describe.skipIf(againstOriginal)('supervisorctl why', () => {
  scenario('explains each process that is not as it should be, with what it has said last', async () => {
    await using daemon = await startDaemon({
      config: `
[program:web]
command=/bin/sh -c 'echo starting; echo "no database" >&2; exit 3'
startretries=1
[program:missing]
command=/nope/web
startretries=0
[program:nowhere]
command=/bin/sleep 60
directory=/nope
startretries=0
[program:forking]
command=/bin/sh -c 'sleep 60 & exit 0'
startretries=0
[program:fine]
command=/bin/sleep 60
startsecs=0
[program:lazy]
command=/bin/sleep 60
autostart=false
`,
    });
    for (const name of ['web', 'missing', 'nowhere', 'forking']) await daemon.waitForStatus(name, 'FATAL');
    const { stdout, status } = await daemon.ctl('why');
    const left = Number(/which has ended: (\d+) sleep$/m.exec(stdout)?.[1]);
    process.kill(left, 'SIGKILL');
    expect(status).toBe(0);
    const parts = stdout.split('\n\n');
    expect(parts.map((part) => part.split('\n')[0])).toEqual([
      'forking FATAL: exited once within 1 s of starting (startsecs 1, startretries 0); last exit status 0',
      "missing FATAL: could not be started, tried once (startretries 0); can't find command '/nope/web'",
      'nowhere FATAL: exited once within 1 s of starting (startsecs 1, startretries 0); last exit status 127',
      'web FATAL: exited 2 times within 1 s of starting (startsecs 1, startretries 1); last exit status 3',
    ]);
    expect(parts[0]).toContain('    hint: it seems to put itself into the background');
    expect(parts[0]).toMatch(/still alive in the process group of pid \d+, which has ended: \d+ sleep$/m);
    expect(parts[1]).toContain('    hint: there is no file /nope/web: install it, or correct command=\n');
    expect(parts[2]).toContain('    hint: directory=/nope must exist, and its user must be allowed to enter it\n');
    expect(parts[3]).toMatch(/last lines on stderr \(.*\):\n {6}\| no database {2}\(2 times\)\n/);
    expect(parts[3]).toMatch(/configured in .*, line \d+: \[program:web\]/);

    const others = await daemon.ctl('why', 'lazy', 'fine');
    expect(others.stdout).toMatch(/^lazy STOPPED: never started: autostart is false\n.*\nfine RUNNING: up for /s);
  });

  scenario('tells what a stop waits for', async () => {
    await using daemon = await startDaemon({
      config: `
[program:stubborn]
command=${fixture('ignores-term')}
stopwaitsecs=600
startsecs=0
`,
    });
    const pid = await waitFor('the program', () => daemon.children()[0]?.pid);
    await waitFor('it to ignore SIGTERM', async () => (await daemon.ctl('tail', 'stubborn')).stdout !== '');
    const stopping = daemon.ctl('stop', 'stubborn');
    await daemon.waitForStatus('stubborn', 'STOPPING');
    const { stdout } = await daemon.ctl('why', 'stubborn');
    expect(stdout).toMatch(/^stubborn STOPPING: SIGTERM sent .* ago, SIGKILL in \d+ min.*\(stopwaitsecs 600\)/);
    expect(stdout).toMatch(new RegExp(`alive in its group: ${pid} sleep`));
    process.kill(pid, 'SIGKILL');
    await stopping;
    expect((await daemon.ctl('why', 'stubborn')).stdout).toMatch(
      /^stubborn STOPPED: stopped by uid=\d+ pid=\d+ over unix .* ago; terminated by SIGKILL/,
    );
    // The whole story, from the request to the end.
    const story = (await daemon.ctl('trace', 'stubborn')).stdout;
    expect(story).toMatch(
      /stopProcess\(stubborn\) {2}by uid=.*\n.* stubborn {2}process.stop {2}RUNNING -> STOPPING.signalled\n.* child of stubborn {2}child.signal {2}signal SIGTERM/,
    );
    expect(story).toMatch(/child.exited {2}STOPPING.signalled -> STOPPED {2}terminated by SIGKILL/);
  });
});

describe.skipIf(againstOriginal)('supervisorctl top', () => {
  scenario('prints one table with what programs use where there is no terminal', async () => {
    await using daemon = await startDaemon({
      config: '[program:busy]\ncommand=/bin/sh -c "while :; do :; done"\nstartsecs=0\n',
    });
    await daemon.waitForStatus('busy', 'RUNNING');
    const { stdout } = await daemon.ctl('top');
    expect(stdout).toMatch(
      /^NAME .* WHY\nbusy +RUNNING +\d+ +0:\d\d:\d\d +- +\d+(\.\d)? +\d+(\.\d)?[KM] {2}up for .*\n$/,
    );
  });
});
