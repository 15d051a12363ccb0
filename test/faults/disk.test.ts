/** Log files that cannot be written: the disk is full, the file or its directory is gone, or may not be opened. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { Lives } from '../helpers/lives.ts';
import { openDescriptors, sendSignal } from '../helpers/process-table.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { canMount, diskFolder, SmallDisk, shellWithDisk } from './small-disk.ts';
import { bystander, echo, witness } from './witness.ts';

const kept = { [`${diskFolder}/.keep`]: '' };

describe('a full disk', () => {
  scenario(
    'leaves the program alone whose log is on it, is told once, and once more when there is room (needs mount)',
    async () => {
      await using daemon = await startDaemon({
        config: {
          'supervisord.conf': bystander + echo('teller', `stdout_logfile=%(here)s/${diskFolder}/teller.log`),
          ...kept,
        },
        shell: shellWithDisk,
      });
      const disk = new SmallDisk(daemon);
      const seen = await witness(daemon, 'teller');
      const before = await seen.info('teller');
      await seen.tell('teller', 'before');
      await waitFor('the first line', () => disk.size('teller.log') > 0);
      disk.fill();
      // More than what is left of the last page of the file.
      await seen.tell('teller', 'during '.repeat(1000));
      await seen.expectTroubles(/^WARN .*teller\.log.*ENOSPC: no space left on device/);
      await seen.tell('teller', 'during it');
      await seen.expectService();
      disk.makeRoom();
      await seen.tell('teller', 'after');
      await waitFor('the last line', () => disk.read('teller.log').includes('after\n'));
      expect(disk.read('teller.log')).toBe(`before\n${'during '.repeat(1000)}\nduring it\nafter\n`);
      await seen.expectTroubles(/ENOSPC/, /^WARN .*teller\.log.* can be written again; 0 bytes are lost/);
      expect((await seen.info('teller')).pid).toBe(before.pid);
      await seen.expectNothingLeft();
    },
    { skip: !canMount, oursOnly: true },
  );

  scenario(
    'bounds what is kept of output that finds no room, and the log goes on after it (needs mount)',
    async () => {
      const flood = `[program:flood]
command=/bin/sh -c "while read line; do head -c 4000000 /dev/zero; echo; echo done; done"
startsecs=0\nstopasgroup=true\nstopsignal=KILL
stdout_logfile=%(here)s/${diskFolder}/flood.log\nstdout_logfile_maxbytes=0\n`;
      await using daemon = await startDaemon({
        config: { 'supervisord.conf': bystander + flood, ...kept },
        shell: shellWithDisk,
      });
      const disk = new SmallDisk(daemon);
      const seen = await witness(daemon, 'flood');
      disk.fill();
      await seen.tell('flood', 'go');
      await seen.expectTroubles(/flood\.log.*ENOSPC/);
      await seen.expectService();
      seen.expectBoundedMemory();
      disk.makeRoom();
      await seen.call('clearProcessLogs', 'flood');
      await seen.tell('flood', 'go on');
      await waitFor('output after the gap', () => disk.size('flood.log') > 0);
      await seen.expectService();
      seen.expectBoundedMemory();
    },
    { skip: !canMount, oursOnly: true },
  );

  scenario(
    'does not stop the daemon whose own log is on it, and the log tells of it afterwards (needs mount)',
    async () => {
      await using daemon = await startDaemon({
        config: {
          'supervisord.conf': `${bystander + echo('other', 'autostart=false')}[supervisord]
logfile=%(here)s/${diskFolder}/supervisord.log`,
          ...kept,
        },
        shell: shellWithDisk,
      });
      const disk = new SmallDisk(daemon);
      const seen = await witness(daemon);
      disk.fill();
      for (let round = 0; round < 60; round += 1) {
        await seen.call('startProcess', 'other');
        await seen.call('stopProcess', 'other');
      }
      await seen.expectService();
      expect(disk.read('supervisord.log')).not.toContain('ENOSPC');
      disk.makeRoom();
      await seen.call('startProcess', 'other');
      const text = await waitFor('the end of the trouble', () => {
        const log = disk.read('supervisord.log');
        return log.includes('can be written again') && log;
      });
      expect(text.match(/WARN .*supervisord\.log.*ENOSPC/g)).toHaveLength(1);
      expect(text.match(/WARN .*supervisord\.log.*can be written again/g)).toHaveLength(1);
      await seen.expectNothingLeft({ descriptors: 4 });
    },
    { skip: !canMount, oursOnly: true },
  );

  scenario(
    'that is a limit of file sizes costs one message as well, and is over when the limit is raised',
    async () => {
      await using daemon = await startDaemon({ config: bystander + echo('teller') });
      const seen = await witness(daemon, 'teller');
      const long = 'x'.repeat(100_000);
      await seen.tell('teller', long);
      await waitFor('the first line', () => statSync(daemon.sandbox.path('teller.log')).size === long.length + 1);
      limit(daemon.pid, `--fsize=${statSync(daemon.sandbox.path('teller.log')).size}:`);
      await seen.tell('teller', 'too much');
      await seen.expectTroubles(/^WARN .*teller\.log.*EFBIG: file too large/);
      await seen.expectService();
      limit(daemon.pid, '--fsize=unlimited:');
      await seen.expectTroubles(/EFBIG/, /^WARN .*teller\.log.* can be written again; 0 bytes are lost/);
      expect(daemon.sandbox.read('teller.log').slice(long.length)).toBe('\ntoo much\n');
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});

describe('a log file', () => {
  scenario(
    'that is deleted is made again with the permissions it had, and one message says so',
    async () => {
      await using daemon = await startDaemon({ config: bystander + echo('teller') });
      const seen = await witness(daemon, 'teller');
      await seen.tell('teller', 'before');
      await daemon.waitForFile('teller.log', 'before');
      chmodSync(daemon.sandbox.path('teller.log'), 0o640);
      rmSync(daemon.sandbox.path('teller.log'));
      await waitFor('the new file', async () => {
        await seen.tell('teller', 'after');
        return daemon.sandbox.read('teller.log').includes('after\n');
      });
      expect(statSync(daemon.sandbox.path('teller.log')).mode & 0o777).toBe(0o640);
      await seen.expectTroubles(/^WARN .*teller\.log' was removed; it is created again/);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    "that is the daemon's own is made again as well when it is deleted",
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      rmSync(daemon.sandbox.path('supervisord.log'));
      await waitFor('the new file', async () => {
        await seen.call('stopProcess', 'bystander');
        await seen.call('startProcess', 'bystander');
        return daemon.sandbox.has('supervisord.log');
      });
      await daemon.waitForLog("supervisord.log' was removed; it is created again");
      expect(daemon.log().match(/was removed/g)).toHaveLength(1);
    },
    { oursOnly: true },
  );

  scenario(
    'whose directory is gone costs one message, and is written again when the directory is back',
    async () => {
      await using daemon = await startDaemon({
        config: {
          'supervisord.conf': bystander + echo('teller', 'stdout_logfile=%(here)s/logs/teller.log'),
          'logs/.keep': '',
        },
      });
      const seen = await witness(daemon, 'teller');
      const { pid } = await seen.info('teller');
      await seen.tell('teller', 'before');
      await daemon.waitForFile('logs/teller.log', 'before');
      rmSync(daemon.sandbox.path('logs'), { recursive: true });
      await waitFor('the message', async () => {
        await seen.tell('teller', 'during');
        return seen.troubles().length > 0;
      });
      await seen.expectTroubles(/^WARN .*logs\/teller\.log.*ENOENT: no such file or directory/);
      await seen.expectService();
      mkdirSync(daemon.sandbox.path('logs'));
      await waitFor('the new file', async () => {
        await seen.tell('teller', 'after');
        return daemon.sandbox.read('logs/teller.log').includes('after\n');
      });
      await seen.expectTroubles(/ENOENT/, /^WARN .*logs\/teller\.log' can be opened again/);
      expect((await seen.info('teller')).pid).toBe(pid);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'whose directory is gone loses nothing when the daemon is killed meanwhile, and its program ends',
    async () => {
      await using lives = await Lives.begin({
        'supervisord.conf': bystander + echo('teller', 'stdout_logfile=%(here)s/logs/teller.log\nautorestart=false'),
        'logs/.keep': '',
      });
      const tell = (text: string) => lives.call('supervisor.sendProcessStdin', 'teller', `${text}\n`);
      const { pid } = await lives.waitForState('teller', 'RUNNING');
      const pipe = openDescriptors(pid)[1] ?? '';
      const isKept = (): boolean =>
        lives.sandbox
          .processes()
          .some(
            ({ pid: other, command }) =>
              command.startsWith('statevisor-keeper') && Object.values(openDescriptors(other)).includes(pipe),
          );
      await waitFor('the pipe to be kept', isKept);
      const hide = () => renameSync(lives.sandbox.path('logs'), lives.sandbox.path('away'));
      const goOnWithLogs = async (): Promise<void> => {
        await lives.kill();
        renameSync(lives.sandbox.path('away'), lives.sandbox.path('logs'));
        await lives.start();
      };
      hide();
      await tell('one');
      await lives.daemon.waitForLog(/logs\/teller\.log.*ENOENT/);
      await tell('two');
      await goOnWithLogs();
      expect((await lives.waitForState('teller', 'RUNNING')).pid).toBe(pid);
      await lives.daemon.waitForFile('logs/teller.log', 'two\n');
      await lives.next();
      hide();
      await tell('three');
      await waitFor('the second refusal', () => lives.daemon.log().split('ENOENT').length > 2);
      sendSignal(pid, 'SIGKILL');
      await lives.waitForState('teller', 'EXITED');
      await goOnWithLogs();
      const text = await lives.daemon.waitForFile('logs/teller.log', 'three\n');
      expect(text).toBe('one\ntwo\nthree\n');
    },
    { oursOnly: true },
  );

  scenario(
    'that may not be opened keeps its program from starting until it may, and no other',
    async () => {
      await using daemon = await startDaemon({
        config: bystander + echo('teller', 'stdout_logfile=%(here)s/logs/teller.log\nautostart=false\nstartretries=20'),
        shell: 'mkdir -p logs/teller.log; exec "$0" "$@"',
      });
      const seen = await witness(daemon);
      await expect(seen.call('startProcess', 'teller')).rejects.toThrow(/SPAWN_ERROR/);
      expect((await seen.info('teller')).spawnerr).toMatch(/^unknown error making dispatchers for 'teller': E[A-Z]+$/);
      await seen.expectService();
      rmSync(daemon.sandbox.path('logs/teller.log'), { recursive: true });
      await seen.waitForState('teller', 'RUNNING');
      await seen.expectNothingLeft({ descriptors: 3 });
    },
    { oursOnly: true },
  );
});

/** Changes a limit of a running process, as `prlimit` writes it. */
function limit(pid: number, option: string): void {
  execFileSync('prlimit', ['--pid', String(pid), option]);
}
