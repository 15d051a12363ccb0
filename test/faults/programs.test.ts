/** Programs that misbehave: they flood, do not end, multiply, leave, close their output, or write what is no text. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { isAlive, sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { bystander, witness } from './witness.ts';

const shell = (name: string, script: string, more = ''): string =>
  `[program:${name}]\ncommand=/bin/sh -c "${script}"\n${more.includes('startsecs') ? '' : 'startsecs=0'}\n${more}\n`;

describe('a program that floods its output', () => {
  scenario(
    'neither delays the others nor fills memory or disk, and ends as fast as any',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          shell(
            'flood',
            'exec yes',
            'numprocs=3\nprocess_name=%(process_num)d\nstdout_logfile_maxbytes=1MB\nstdout_logfile_backups=1',
          ),
      });
      const seen = await witness(daemon, 'flood:2');
      for (let round = 0; round < 5; round += 1) await seen.expectService();
      seen.expectBoundedMemory();
      const sizes = (await daemon.sandbox.shell('cat childlog/* | wc -c')).stdout;
      expect(Number(sizes)).toBeLessThan(3 * 3_000_000);
      expect((await daemon.ctl('stop', 'flood:*')).status).toBe(0);
      await seen.expectNothingLeft();
      expect(seen.troubles()).toEqual(
        ['0', '1', '2'].map(() => expect.stringMatching(/^WARN stopped: [012] \(terminated by SIGTERM\)$/)),
      );
    },
    { oursOnly: true },
  );
});

describe('a program that ignores TERM', () => {
  scenario(
    'is killed after stopwaitsecs, with one message, while the others go on',
    async () => {
      await using daemon = await startDaemon({
        config: `${bystander}[program:stubborn]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=1`,
      });
      const seen = await witness(daemon, 'stubborn');
      const stop = seen.call('stopProcess', 'stubborn');
      await seen.waitForState('stubborn', 'STOPPING');
      await seen.expectService();
      await stop;
      await seen.waitForState('stubborn', 'STOPPED');
      expect(seen.troubles()).toEqual([
        "WARN killing 'stubborn' (N) with SIGKILL",
        'WARN stopped: stubborn (terminated by SIGKILL)',
      ]);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});

describe('a program that forks wildly', () => {
  scenario(
    'is ended together with all it has made, and the daemon serves on meanwhile',
    async () => {
      const children = 150;
      await using daemon = await startDaemon({
        config:
          bystander +
          shell(
            'rabbit',
            `i=0; while [ $i -lt ${children} ]; do i=$((i+1)); sleep 86400 & done; echo made; wait`,
            'autostart=false\nstopasgroup=true\nstdout_logfile=%(here)s/rabbit.log',
          ),
      });
      const seen = await witness(daemon);
      await seen.call('startProcess', 'rabbit');
      await seen.expectService();
      await daemon.waitForFile('rabbit.log', 'made');
      expect(daemon.programs().length).toBeGreaterThan(children);
      await seen.call('stopProcess', 'rabbit');
      await waitFor('the end of all children', () => daemon.programs().length === 1);
      expect(seen.troubles()).toEqual(['WARN stopped: rabbit (terminated by SIGTERM)']);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'and ends at once each time is given up after startretries, whoever still holds its output',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          shell(
            'hasty',
            'sleep 86400 & echo started; exit 1',
            'startsecs=1\nstartretries=1\nautostart=false\nstdout_logfile=%(here)s/hasty.log',
          ),
      });
      const seen = await witness(daemon);
      await expect(seen.call('startProcess', 'hasty')).rejects.toThrow(/SPAWN_ERROR/);
      await seen.waitForState('hasty', 'FATAL');
      expect(daemon.sandbox.read('hasty.log')).toBe('started\n'.repeat(2));
      const left = daemon.programs().filter(({ command }) => command === 'sleep 86400');
      expect(left).toHaveLength(2);
      for (const { pid } of left) sendSignal(pid, 'SIGKILL');
      await seen.expectNothingLeft();
      expect(seen.troubles()).toEqual(Array(2).fill('WARN exited: hasty (exit status 1; not expected)'));
    },
    { oursOnly: true },
  );
});

describe('a program that daemonizes itself', () => {
  scenario(
    'has ended for the daemon, which says so and does not wait for what still holds its output',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          shell(
            'leaver',
            'echo here; setsid sleep 86400 & echo $! > away.pid; exit 0',
            'autorestart=unexpected\ndirectory=%(here)s\nstdout_logfile=%(here)s/leaver.log',
          ),
      });
      const seen = await witness(daemon);
      await seen.waitForState('leaver', 'EXITED');
      const away = Number(await daemon.waitForFile('away.pid', '\n'));
      expect(isAlive(away)).toBe(true);
      expect(daemon.sandbox.read('leaver.log')).toBe('here\n');
      expect(daemon.messages()).toContain('INFO exited: leaver (exit status 0; expected)');
      await seen.expectService();
      sendSignal(away, 'SIGKILL');
      await seen.expectNothingLeft();
      expect(seen.troubles()).toEqual([]);
    },
    { oursOnly: true },
  );
});

describe('a program that closes its output', () => {
  scenario(
    'runs on, costs no time, and can be stopped',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          shell('mute', 'echo last words; exec >&- 2>&- <&- sleep 86400', 'stdout_logfile=%(here)s/mute.log'),
      });
      const seen = await witness(daemon, 'mute');
      await daemon.waitForFile('mute.log', 'last words');
      const ticks = cpuTicks(daemon.pid);
      for (let round = 0; round < 5; round += 1) await seen.expectService();
      // A loop that spins on the closed pipe would take all of the time.
      expect(cpuTicks(daemon.pid) - ticks).toBeLessThan(100);
      expect((await seen.info('mute')).statename).toBe('RUNNING');
      await seen.call('stopProcess', 'mute');
      expect(seen.troubles()).toEqual(['WARN stopped: mute (terminated by SIGTERM)']);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});

describe('a program that writes binary', () => {
  scenario(
    'finds every byte in its log, and clients are answered in text all the same',
    async () => {
      const bytes = Buffer.concat([
        randomBytes(300_000),
        Buffer.from('<!--XSUPERVISOR:BEGIN-->\0\u001b[31m\r\n'),
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      ]);
      await using daemon = await startDaemon({
        config:
          bystander +
          shell(
            'binary',
            'read line; cat blob; read line',
            'directory=%(here)s\nstdout_logfile=%(here)s/binary.log\nstdout_events_enabled=true\nstopasgroup=true',
          ),
      });
      writeFileSync(daemon.sandbox.path('blob'), bytes);
      const seen = await witness(daemon, 'binary');
      await seen.tell('binary', 'go');
      await waitFor(
        'the whole',
        () =>
          daemon.sandbox.read('binary.log') !== '' &&
          readFileSync(daemon.sandbox.path('binary.log')).length === bytes.length,
      );
      expect(readFileSync(daemon.sandbox.path('binary.log')).equals(bytes)).toBe(true);
      expect(typeof (await seen.call('readProcessStdoutLog', 'binary', 0, 0))).toBe('string');
      expect((await daemon.ctl('tail', 'binary')).status).toBe(0);
      const page = await daemon.sandbox.shell(
        'curl -s --unix-socket supervisor.sock "http://localhost/tail.html?processname=binary"',
      );
      expect(page.stdout).toContain('</html>');
      expect(seen.troubles()).toEqual([]);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});

/** Time on the processor in hundredths of a second. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
