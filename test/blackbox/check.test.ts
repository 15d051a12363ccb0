/** `supervisord --test` and `-t`: whether a configuration is valid, without a daemon. */
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { fixture, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const valid = `[supervisord]\nuser=root\n[group:g]\nprograms=a\n[program:a]\n${forever}
[program:b]\n${forever}\nnumprocs=2\nprocess_name=%(process_num)d\nstartsec=1`;
const wrong = '[program:none]\nstartsecs=soon\nnumprocs=0x\n[program:other]\ncommand=x\nstopsignal=NOPE';
const hint = '-t checks when only -c stands beside it; --strip_ansi starts and strips escape codes\n';
const oursOnly = { oursOnly: true };

describe('a check', () => {
  scenario(
    'of a valid configuration counts what is in it, shows the warnings, and starts and writes nothing',
    async () => {
      await using sandbox = new Sandbox({ files: valid });
      const before = readdirSync(sandbox.folder, { recursive: true });
      const { configuration } = sandbox;
      const stdout = `${configuration}: valid: 2 groups, 3 processes, 1 server, 1 warning; nothing was started\n`;
      const { length: line } = sandbox.read('supervisord.conf').split('\n');
      const warning =
        `Warning: key startsec of section [program:b] is not known and is ignored (${configuration}, line ${line}); ` +
        'did you mean startsecs?\n';
      expect(await sandbox.supervisord('--test', '-c', configuration)).toEqual({ stdout, stderr: warning, status: 0 });
      expect(await sandbox.supervisord('-t', '-c', configuration)).toEqual({
        stdout,
        stderr: hint + warning,
        status: 0,
      });
      expect(readdirSync(sandbox.folder, { recursive: true })).toEqual(before);
    },
    oursOnly,
  );

  scenario(
    'of an invalid configuration prints all that is wrong, as a start does, and exits with 2',
    async () => {
      await using sandbox = new Sandbox({ files: wrong });
      const start = await sandbox.supervisord('-n', '-c', sandbox.configuration);
      const check = await sandbox.supervisord('--test', '-c', sandbox.configuration);
      expect(check).toEqual(start);
      expect(check).toMatchObject({ stdout: '', status: 2 });
      const lines = check.stderr.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^Error: /);
      expect(lines.at(-1)).toBe(`For help, use ${supervisordPath} -h`);
      const places = lines.slice(1, -1).map((text) => /\[[^\]]+\] \w+/.exec(text)?.[0]);
      expect(places).toEqual([
        '[program:none] startsecs',
        '[program:none] numprocs',
        '[program:none] command',
        '[program:other] stopsignal',
      ]);
      expect(await sandbox.supervisord('-tc', sandbox.configuration)).toEqual({
        ...check,
        stderr: hint + check.stderr,
      });
    },
    oursOnly,
  );

  scenario(
    'of a file that is not there exits with 2',
    async () => {
      await using sandbox = new Sandbox({ files: '' });
      const { stderr, status } = await sandbox.supervisord('--test', '-c', 'nope.conf');
      expect({ line: stderr.split('\n')[0], status }).toEqual({
        line: 'Error: could not find config file nope.conf',
        status: 2,
      });
    },
    oursOnly,
  );

  scenario(
    'is made with --test whatever stands beside it',
    async () => {
      await using sandbox = new Sandbox({ files: valid });
      const { stdout, status } = await sandbox.supervisord('-n', '--test', '-e', 'debug', '-c', sandbox.configuration);
      expect(stdout).toContain('nothing was started');
      expect(status).toBe(0);
      expect(sandbox.has('supervisord.log')).toBe(false);
    },
    oursOnly,
  );
});

describe('-t with other flags, and --strip_ansi', () => {
  for (const flags of [['-n', '-t'], ['-tn'], ['-t', '-e', 'info', '-n'], ['--strip_ansi', '-n']]) {
    scenario(`${flags.join(' ')} starts the daemon and strips escape codes`, async () => {
      await using sandbox = new Sandbox({
        files: `[program:bold]\ncommand=printf '\\033[1mbold\\033[0m\\n'\nstartsecs=0\nautorestart=false
stdout_logfile=%(here)s/out`,
      });
      const command = sandbox.startSupervisord(...flags, '-c', sandbox.configuration);
      await waitFor('the output', () => sandbox.read('out') === 'bold\n');
      await waitFor('the pid file', () => sandbox.has('supervisord.pid'));
      command.signal('SIGTERM');
      expect((await command.ended()).status).toBe(0);
    });
  }

  scenario('--strip_ansi alone starts the daemon in the background', async () => {
    await using sandbox = new Sandbox({ files: `[program:any]\n${forever}` });
    expect((await sandbox.supervisord('--strip_ansi', '-c', sandbox.configuration)).status).toBe(0);
    await waitFor('the program', () => sandbox.read('supervisord.log').includes("spawned: 'any'"));
    expect((await sandbox.ctl('shutdown')).status).toBe(0);
    await waitFor('the end', () => sandbox.processes().length === 0);
  });
});
