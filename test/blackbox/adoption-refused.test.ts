/** Where going on with programs would be unsafe, or nothing can be known of them: refused, or ended and started anew. */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { createJournal } from '../../src/journal/journal.ts';
import { headerPositions } from '../../src/journal/layout.ts';
import { readJournal, type SlotRecord } from '../../src/journal/read-journal.ts';
import { processFacts } from '../../src/os/process-identity.ts';
import { gone, Lives } from '../helpers/lives.ts';
import { isAlive, openDescriptors, sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const sleeper = (name: string, ...more: readonly string[]): string =>
  [`[program:${name}]`, `command=${fixture('forever')}`, 'startsecs=0', ...more, ''].join('\n');

const runningPid = async (lives: Lives, name: string): Promise<number> =>
  (await lives.waitForState(name, 'RUNNING')).pid;

const journalPath = (lives: Lives): string => lives.sandbox.path('run/journal');

/** Puts other facts into the journal of a daemon that was killed. */
function forge(lives: Lives, changed: (entry: SlotRecord) => SlotRecord, bootId?: string): void {
  const directory = lives.sandbox.path('run');
  const reading = readJournal(directory);
  if (reading.kind !== 'read') throw new Error('there is no journal');
  const { header, records, reservedSlots } = reading;
  const journal = createJournal({
    directory,
    header: { ...header, bootId: bootId ?? header.bootId },
    continued: { records: records.map(changed), reservedSlots },
    onFailure: (reason) => {
      throw new Error(reason);
    },
    onRecovery: () => {},
  });
  journal.close();
}

describe('a daemon does not start', () => {
  scenario(
    'beside another one with the same runtime directory, which notices nothing',
    async () => {
      await using lives = await Lives.begin(sleeper('steady'));
      const pid = await runningPid(lives, 'steady');
      const other = lives.sandbox
        .read('supervisord.conf')
        .replaceAll('supervisor.sock', 'other.sock')
        .replace('supervisord.pid', 'other.pid')
        .replace('supervisord.log', 'other.log');
      lives.sandbox.write('other.conf', other);
      const refused = await lives.sandbox.supervisord('-n', '-c', lives.sandbox.path('other.conf'));
      expect(refused.status).toBe(2);
      const { pid: daemonPid, sandbox } = lives.daemon;
      expect(refused.stderr).toContain(
        `Error: Another supervisord (pid ${daemonPid}) is already running with the runtime directory ${sandbox.path('run')}.`,
      );
      expect(await runningPid(lives, 'steady')).toBe(pid);
      await lives.next();
      expect(await runningPid(lives, 'steady')).toBe(pid);
    },
    oursOnly,
  );

  scenario(
    'beside another one whose runtime directory was deleted and not made again yet, which notices nothing',
    async () => {
      await using lives = await Lives.begin(sleeper('steady'));
      const pid = await runningPid(lives, 'steady');
      await waitFor('a keeper', () => lives.sandbox.processes().some(({ command }) => command.includes('keeper')));
      const other = lives.sandbox
        .read('supervisord.conf')
        .replaceAll(/(supervisor\.sock|supervisord\.(?:pid|log))/g, 'other-$1');
      lives.sandbox.write('other.conf', other);
      lives.daemon.signal('SIGSTOP');
      rmSync(lives.sandbox.path('run'), { recursive: true });
      const refused = await lives.sandbox.supervisord('-n', '-c', lives.sandbox.path('other.conf'));
      lives.daemon.signal('SIGCONT');
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(
        `another supervisord (pid ${lives.daemon.pid}) looks after these programs already`,
      );
      await waitFor('the journal', () => lives.sandbox.has('run/journal'));
      await lives.next();
      expect(await runningPid(lives, 'steady')).toBe(pid);
    },
    oursOnly,
  );

  scenario(
    'but not for locks that a dead daemon has left to a process it was just starting: those are waited for',
    async () => {
      await using lives = await Lives.begin(sleeper('steady'));
      const pid = await runningPid(lives, 'steady');
      await lives.kill();
      const locked = await lives.sandbox.shell(
        'exec 8<run 9<>supervisord.pid; flock -n 8 && flock -n 9 && { sleep 2 >/dev/null 2>&1 & }',
      );
      expect(locked).toMatchObject({ status: 0, stderr: '' });
      await lives.start();
      expect(await runningPid(lives, 'steady')).toBe(pid);
    },
    oursOnly,
  );

  scenario(
    'with the journal of a later version, whose programs run on',
    async () => {
      await using lives = await Lives.begin(sleeper('steady'));
      const pid = await runningPid(lives, 'steady');
      await lives.kill();
      const bytes = readFileSync(journalPath(lives));
      const later = Buffer.from(bytes);
      for (const position of headerPositions) later.writeUInt32LE(99, position + 8);
      writeFileSync(journalPath(lives), later);
      const refused = await lives.launch().ended();
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(/Error: cannot take over from the last supervisord: .*written by a later version/);
      expect(isAlive(pid)).toBe(true);
      writeFileSync(journalPath(lives), bytes);
      await lives.start();
      expect(await runningPid(lives, 'steady')).toBe(pid);
    },
    oursOnly,
  );
});

describe('a damaged journal', () => {
  const damages: Readonly<Record<string, (path: string) => void>> = {
    'was cut off': (path) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
    'holds garbage': (path) => writeFileSync(path, Buffer.from('this is no journal at all\n'.repeat(500))),
    'is empty': (path) => writeFileSync(path, ''),
    'was deleted': (path) => rmSync(path),
  };
  for (const [what, damage] of Object.entries(damages)) {
    scenario(
      `that ${what} costs the programs their past: they are ended, once, and start anew`,
      async () => {
        await using lives = await Lives.begin(
          `${sleeper('one')}${sleeper('two')}[program:forks]\ncommand=${fixture('forks')}\nstartsecs=0\nstopasgroup=true\n`,
        );
        const pids = await Promise.all(['one', 'two', 'forks'].map((name) => runningPid(lives, name)));
        await waitFor('the child', () => lives.programs(/^sleep 86400/).length === 3);
        await lives.kill();
        damage(journalPath(lives));
        await lives.start();
        for (const name of ['one', 'two', 'forks']) expect(pids).not.toContain(await runningPid(lives, name));
        expect(pids.map(isAlive)).toEqual([false, false, false]);
        await waitFor('the new child', () => lives.programs(/^sleep 86400/).length === 3);
        const about = lives.daemon.messages().filter((message) => /journal in .*run/.test(message));
        expect(about).toHaveLength(1);
        await lives.next();
        for (const name of ['one', 'two', 'forks']) await runningPid(lives, name);
        expect(lives.daemon.messages().filter((message) => /^INFO adopted/.test(message))).toHaveLength(3);
      },
      oursOnly,
    );
  }

  scenario(
    'costs only the programs whose records it hits; others run on',
    async () => {
      await using lives = await Lives.begin(sleeper('hit') + sleeper('spared'));
      const [hit, spared] = [await runningPid(lives, 'hit'), await runningPid(lives, 'spared')];
      await lives.kill();
      const bytes = readFileSync(journalPath(lives));
      const at = bytes.indexOf('"hit"');
      expect(at).toBeGreaterThan(0);
      bytes.write('HIT', at + 1);
      writeFileSync(journalPath(lives), bytes);
      await lives.start();
      expect(await runningPid(lives, 'spared')).toBe(spared);
      expect(await runningPid(lives, 'hit')).not.toBe(hit);
      expect(isAlive(hit)).toBe(false);
      expect(lives.programs(/^sleep 86400/)).toHaveLength(2);
    },
    oursOnly,
  );

  scenario(
    'lets even those be ended that programs have left behind, with their pipes open',
    async () => {
      await using lives = await Lives.begin(
        `[program:leaves]\ncommand=/bin/sh -c 'sleep 86400 & echo "child $!"; exit 0'\nstartsecs=0\nautorestart=false
stdout_logfile=%(here)s/leaves.log`,
      );
      const child = Number(/child (\d+)/.exec(await lives.daemon.waitForFile('leaves.log', /child \d+\n/))?.[1]);
      await lives.waitForState('leaves', 'EXITED');
      await lives.kill();
      rmSync(journalPath(lives));
      await lives.start();
      await gone(child);
      await lives.waitForState('leaves', 'EXITED');
      for (const { pid } of lives.programs(/^sleep 86400/)) sendSignal(pid, 'SIGKILL');
    },
    oursOnly,
  );
});

describe('the runtime directory', () => {
  scenario(
    'that somebody deletes while the daemon runs is made again, and nothing is forgotten',
    async () => {
      await using lives = await Lives.begin(
        `[program:reader]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/reader.log\n${sleeper('ended')}`,
      );
      await lives.daemon.waitForFile('reader.log', 'ready');
      const pid = await runningPid(lives, 'reader');
      await runningPid(lives, 'ended');
      rmSync(lives.sandbox.path('run'), { recursive: true });
      await lives.daemon.waitForLog('was removed; it is made again');
      await waitFor('the journal', () => lives.sandbox.has('run/journal'));
      await lives.call('supervisor.stopProcess', 'ended');
      await lives.next();
      expect(await runningPid(lives, 'reader')).toBe(pid);
      expect((await lives.info('ended')).statename).toBe('STOPPED');
      await lives.call('supervisor.sendProcessStdin', 'reader', 'hello\n');
      await lives.daemon.waitForFile('reader.log', 'got hello');
      await lives.daemon.ctl('restart', 'reader');
      await lives.call('supervisor.sendProcessStdin', 'reader', 'again\n');
      await lives.daemon.waitForFile('reader.log', 'got again');
      const { pid: second } = await lives.info('reader');
      await lives.next();
      expect(await runningPid(lives, 'reader')).toBe(second);
    },
    oursOnly,
  );

  scenario(
    'that somebody deletes while no daemon lives has its programs ended before they are started anew, and no others',
    async () => {
      await using lives = await Lives.begin(sleeper('one') + sleeper('two', 'stdout_logfile=NONE'));
      const before = [await runningPid(lives, 'one'), await runningPid(lives, 'two')];
      const isKept = (pid: number): boolean => {
        const keepers = lives.sandbox.processes().filter(({ command }) => command.startsWith('statevisor-keeper'));
        const kept = new Set(keepers.flatMap((keeper) => Object.values(openDescriptors(keeper.pid))));
        return Object.values(openDescriptors(pid)).some((name) => name.includes('/run/') && kept.has(name));
      };
      await waitFor('the pipes to be kept', () => before.every(isKept));
      await lives.kill();
      rmSync(lives.sandbox.path('run'), { recursive: true });
      await lives.start();
      for (const name of ['one', 'two']) expect(before).not.toContain(await runningPid(lives, name));
      expect(before.filter(isAlive)).toEqual([]);
      expect(lives.programs(/^sleep 86400/)).toHaveLength(2);
      for (const pid of before) expect(lives.daemon.log()).toContain(`ending a program (pid ${pid}), which`);
      expect(lives.daemon.log()).toMatch(/WARN the journal in .*: it is gone, but programs .* run/);
      const after = [await runningPid(lives, 'one'), await runningPid(lives, 'two')];
      await lives.next();
      expect([await runningPid(lives, 'one'), await runningPid(lives, 'two')]).toEqual(after);
    },
    oursOnly,
  );

  const unsafe: Readonly<Record<string, (path: string, lives: Lives) => unknown>> = {
    'is a symbolic link': (path) => symlinkSync('tmp', path),
    'is open to others': async (_, lives) => await lives.sandbox.shell('mkdir -m 0755 run'),
    'is a file': (path) => writeFileSync(path, ''),
  };
  for (const [what, make] of Object.entries(unsafe)) {
    scenario(
      `that ${what} is not used: one warning, and programs live as long as the daemon`,
      async () => {
        await using lives = new Lives(sleeper('steady'));
        await make(lives.sandbox.path('run'), lives);
        await lives.start();
        await runningPid(lives, 'steady');
        const warnings = lives.daemon.messages().filter((message) => /will not survive/.test(message));
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toMatch(/^WARN programs will not survive this supervisord: .*\/run is /);
        expect((await lives.daemon.ctl('upgrade')).stdout).toMatch(/^ERROR: not upgraded, .*no runtime directory/);
      },
      oursOnly,
    );
  }

  scenario(
    'that belongs to another user is not used either',
    async () => {
      await using lives = new Lives(sleeper('steady'));
      await lives.sandbox.shell('mkdir -m 0700 run && chown nobody run');
      await lives.start();
      await runningPid(lives, 'steady');
      expect(lives.daemon.log()).toMatch(/programs will not survive this supervisord: .*\/run belongs to user 65534/);
    },
    { oursOnly: true, asRoot: true },
  );
});

describe('a process number that was used again', () => {
  for (const what of ['at another time', 'in another life of the system'] as const) {
    scenario(
      `${what} is neither adopted nor signalled`,
      async () => {
        await using lives = await Lives.begin(sleeper('steady'));
        const pid = await runningPid(lives, 'steady');
        const { stdout } = await lives.sandbox.shell('sleep 43210 >/dev/null 2>&1 & echo $!');
        const stranger = Number(stdout);
        const { startTicks } = processFacts(stranger) ?? { startTicks: 0 };
        await lives.kill();
        sendSignal(pid, 'SIGKILL');
        await gone(pid);
        const isOtherBoot = what === 'in another life of the system';
        const mark = { pid: stranger, startTicks: isOtherBoot ? startTicks : startTicks - 1 };
        forge(
          lives,
          ({ slot, record }) => ({ slot, record: { ...record, ...mark } }),
          isOtherBoot ? '00000000-0000-4000-8000-000000000000' : undefined,
        );
        await lives.start();
        expect(await runningPid(lives, 'steady')).not.toBe(stranger);
        expect((await lives.daemon.ctl('stop', 'steady')).stdout).toBe('steady: stopped\n');
        expect(isAlive(stranger)).toBe(true);
        sendSignal(stranger, 'SIGKILL');
        await gone(stranger);
      },
      oursOnly,
    );
  }
});
