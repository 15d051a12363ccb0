/** What programs write, and what becomes of it: files, their names, rotation, and that not one byte is lost. */
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture, Sandbox } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const once = 'startsecs=0\nautorestart=false';

/** The lines `1` to `count` as `seq` prints them. */
function numbersTo(count: number): string {
  return `${Array.from({ length: count }, (_, index) => index + 1).join('\n')}\n`;
}

describe('where output goes', () => {
  scenario('standard output and standard error go to files of their own', async () => {
    await using daemon = await startDaemon({
      config: `[program:both]
command=/bin/sh -c "echo to out; echo to err >&2; printf 'no newline at the end'"
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err
${once}`,
    });
    expect(await daemon.waitForFile('out', 'end')).toBe('to out\nno newline at the end');
    expect(await daemon.waitForFile('err', '\n')).toBe('to err\n');
  });

  scenario('redirect_stderr puts both in the order they were written', async () => {
    await using daemon = await startDaemon({
      config: `[program:both]
command=/bin/sh -c "for n in 1 2 3 4 5; do echo out $n; echo err $n >&2; done; echo end"
stdout_logfile=%(here)s/out
redirect_stderr=true
${once}`,
    });
    const lines = [1, 2, 3, 4, 5].flatMap((number) => [`out ${number}`, `err ${number}`]);
    expect(await daemon.waitForFile('out', 'end\n')).toBe(`${lines.join('\n')}\nend\n`);
  });

  scenario('bytes are kept as they are', async () => {
    await using daemon = await startDaemon({
      config: `[program:raw]\ncommand=printf '\\377\\000\\303(\\033[31mred\\r\\n\\344end'\nstdout_logfile=%(here)s/out\n${once}`,
    });
    await daemon.waitForFile('out', 'end');
    expect(readFileSync(daemon.sandbox.path('out')).toString('latin1')).toBe('\xff\0\xc3(\x1b[31mred\r\n\xe4end');
  });

  scenario('a log file is appended to, never started anew', async () => {
    const sandbox = new Sandbox({
      files: {
        'supervisord.conf': `[program:says]\ncommand=echo second\nstdout_logfile=%(here)s/out\n${once}`,
        out: 'first\n',
      },
    });
    await using _ = sandbox;
    await using daemon = await startDaemon({ sandbox });
    expect(await daemon.waitForFile('out', 'second')).toBe('first\nsecond\n');
    expect((await daemon.ctl('start', 'says')).stdout).toBe('says: started\n');
    await waitFor('a third line', () => sandbox.read('out') === 'first\nsecond\nsecond\n');
  });

  scenario('without a name the files are made in childlogdir, for the owner alone, even if nothing runs', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nidentifier=lab\n[program:idle]\ncommand=${fixture('forever')}\nautostart=false
[program:active]\ncommand=echo hello\n${once}`,
    });
    await daemon.waitForStatus('active', 'EXITED');
    const files = readdirSync(daemon.sandbox.path('childlog')).sort();
    expect(files.map((name) => name.replace(/-[a-z0-9_]{8}\.log$/, '-RANDOM.log'))).toEqual([
      'active-stderr---lab-RANDOM.log',
      'active-stdout---lab-RANDOM.log',
      'idle-stderr---lab-RANDOM.log',
      'idle-stdout---lab-RANDOM.log',
    ]);
    for (const name of files) {
      expect(statSync(daemon.sandbox.path(`childlog/${name}`)).mode & 0o777).toBe(0o600);
    }
    expect(daemon.sandbox.read(`childlog/${files[1]}`)).toBe('hello\n');
    expect((await daemon.ctl('tail', 'active')).stdout).toBe('hello\n\n');
  });

  scenario('such files of an earlier run are removed at the start, others are not', async () => {
    const strangers = ['childlog/x-stdout---other-12345678.log', 'childlog/notes.log'];
    const own = ['childlog/x-stdout---supervisor-abcdefgh.log', 'childlog/x-stderr---supervisor-abcdefgh.log.3'];
    const files = Object.fromEntries([...strangers, ...own].map((name) => [name, 'old\n']));
    const sandbox = new Sandbox({ files: { 'supervisord.conf': '', ...files } });
    await using _ = sandbox;
    await using daemon = await startDaemon({ sandbox });
    await waitFor('the removal', () => !own.some((name) => sandbox.has(name)));
    await daemon.ctl('pid');
    expect(strangers.map((name) => sandbox.has(name))).toEqual([true, true]);
    expect(daemon.isAlive()).toBe(true);
  });

  scenario('nocleanup keeps them', async () => {
    const sandbox = new Sandbox({
      files: { 'supervisord.conf': '', 'childlog/x-stdout---supervisor-abcdefgh.log': 'old\n' },
    });
    await using _ = sandbox;
    await using daemon = await startDaemon({ sandbox, args: ['-k'] });
    expect(sandbox.has('childlog/x-stdout---supervisor-abcdefgh.log')).toBe(true);
    expect(daemon.isAlive()).toBe(true);
  });

  scenario('NONE writes no file, and there is nothing to tail', async () => {
    await using daemon = await startDaemon({
      config: `[program:mute]\ncommand=echo unheard\nstdout_logfile=NONE\nstderr_logfile=none\n${once}`,
    });
    await daemon.waitForStatus('mute', 'EXITED');
    expect(readdirSync(daemon.sandbox.path('childlog'))).toEqual([]);
    expect(await daemon.ctl('tail', 'mute')).toEqual({ stdout: 'mute: ERROR (no log file)\n', stderr: '', status: 1 });
  });

  scenario('/dev/stdout is the standard output of the daemon', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nsilent=true
[program:loud]\ncommand=/bin/sh -c "echo heard; echo also heard >&2"
stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0
stderr_logfile=/dev/stderr\nstderr_logfile_maxbytes=0\n${once}`,
      // A real pipe: what Node gives as standard output cannot be opened by name.
      shell: '"$0" "$@" 2>&1 | cat',
    });
    await waitFor('the lines on standard output', () => {
      const lines = new Set(daemon.command.stdout.split('\n'));
      return lines.has('heard') && lines.has('also heard');
    });
    await daemon.waitForStatus('loud', 'EXITED');
  });

  scenario('the log of the daemon itself can be /dev/stdout', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nlogfile=/dev/stdout\nlogfile_maxbytes=0\n[program:any]\ncommand=echo\n${once}`,
      shell: '"$0" "$@" 2>&1 | cat',
    });
    await waitFor('its lines on standard output', () => daemon.command.stdout.includes('INFO exited: any'));
  });

  scenario('strip_ansi takes the colours out', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nstrip_ansi=true
[program:colourful]\ncommand=printf '\\033[31mred\\033[0m and \\033[1;32mgreen\\033[m\\n'\nstdout_logfile=%(here)s/out\n${once}`,
    });
    expect(await daemon.waitForFile('out', '\n')).toBe('red and green\n');
  });

  scenario(
    'strip_ansi finds a colour that is written in two pieces',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nstrip_ansi=true
[program:colourful]
command=/bin/sh -c "printf '\\033[3'; sleep 0.3; printf '1mred\\n'"
stdout_logfile=%(here)s/out\n${once}`,
      });
      expect(await daemon.waitForFile('out', '\n')).toBe('red\n');
    },
    { oursOnly: true },
  );

  scenario('SIGUSR2 makes the daemon open all log files anew', async () => {
    await using daemon = await startDaemon({
      config: `[program:talks]\ncommand=${fixture('says-signals')}\nstdout_logfile=%(here)s/out\nstartsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    renameSync(daemon.sandbox.path('out'), daemon.sandbox.path('out.old'));
    renameSync(daemon.sandbox.path('supervisord.log'), daemon.sandbox.path('supervisord.log.old'));
    daemon.signal('SIGUSR2');
    await waitFor('new files', () => daemon.sandbox.has('out') && daemon.sandbox.has('supervisord.log'));
    await daemon.ctl('signal', 'HUP', 'talks');
    expect(await daemon.waitForFile('out', 'got HUP')).toBe('got HUP\n');
    expect(daemon.sandbox.read('out.old')).toBe('ready\n');
    expect(daemon.sandbox.read('supervisord.log.old')).toMatch(
      /WARN received SIGUSR2 indicating log reopen request\n.*INFO supervisord logreopen\n$|INFO received SIGUSR2 indicating log reopen request\n.*INFO supervisord logreopen\n$/,
    );
    await daemon.ctl('stop', 'talks');
    expect(daemon.log()).toMatch(/stopped: talks/);
  });
});

describe('rotation', () => {
  scenario('files are rotated to .1, .2 … and no line is lost or out of order', async () => {
    const count = 200_000;
    await using daemon = await startDaemon({
      config: `[program:floods]
command=${fixture('floods', count)}
stdout_logfile=%(here)s/logs-out
stdout_logfile_maxbytes=100KB
stdout_logfile_backups=30
${once}`,
    });
    await daemon.waitForStatus('floods', 'EXITED');
    await daemon.waitForLog('exited: floods');
    const names = readdirSync(daemon.sandbox.folder).filter((name) => name.startsWith('logs-out'));
    const oldestFirst = names.sort((one, other) => backupNumber(other) - backupNumber(one));
    expect(oldestFirst.length).toBeGreaterThan(5);
    expect(oldestFirst.map(backupNumber)).toEqual(oldestFirst.map((_, index) => oldestFirst.length - 1 - index));
    expect(oldestFirst.map((name) => daemon.sandbox.read(name)).join('')).toBe(`${numbersTo(count)}end\n`);
    for (const name of oldestFirst.slice(0, -1)) {
      expect(statSync(daemon.sandbox.path(name)).size).toBeGreaterThanOrEqual(100 * 1024);
    }
  });

  scenario('no more than the configured number of backups is kept', async () => {
    await using daemon = await startDaemon({
      config: `[program:floods]
command=${fixture('floods', 200_000)}
stdout_logfile=%(here)s/logs-out
stdout_logfile_maxbytes=100KB
stdout_logfile_backups=2
${once}`,
    });
    await daemon.waitForStatus('floods', 'EXITED');
    const names = readdirSync(daemon.sandbox.folder).filter((name) => name.startsWith('logs-out'));
    expect(names.sort()).toEqual(['logs-out', 'logs-out.1', 'logs-out.2']);
  });

  scenario('with no backups the file starts anew', async () => {
    await using daemon = await startDaemon({
      config: `[program:floods]
command=${fixture('floods', 200_000)}
stdout_logfile=%(here)s/logs-out
stdout_logfile_maxbytes=100KB
stdout_logfile_backups=0
${once}`,
    });
    await daemon.waitForStatus('floods', 'EXITED');
    const names = readdirSync(daemon.sandbox.folder).filter((name) => name.startsWith('logs-out'));
    expect(names).toEqual(['logs-out']);
    expect(statSync(daemon.sandbox.path('logs-out')).size).toBeLessThan(400 * 1024);
  });

  scenario('with maxbytes=0 nothing is rotated', async () => {
    const count = 300_000;
    await using daemon = await startDaemon({
      config: `[program:floods]
command=${fixture('floods', count)}
stdout_logfile=%(here)s/logs-out
stdout_logfile_maxbytes=0
${once}`,
    });
    await daemon.waitForStatus('floods', 'EXITED');
    expect(readdirSync(daemon.sandbox.folder).filter((name) => name.startsWith('logs-out'))).toEqual(['logs-out']);
    expect(daemon.sandbox.read('logs-out')).toBe(`${numbersTo(count)}end\n`);
  });

  scenario('the last words of a program that ends at once are kept', async () => {
    await using daemon = await startDaemon({
      config: `[program:brief]
command=/bin/sh -c "echo last words; echo last error >&2; kill -KILL $$"
process_name=%(program_name)s_%(process_num)02d
numprocs=10
stdout_logfile=%(here)s/%(process_num)d.out
stderr_logfile=%(here)s/%(process_num)d.err
${once}`,
    });
    for (let number = 0; number < 10; number += 1) {
      await daemon.waitForStatus(`brief:brief_0${number}`, 'EXITED');
      expect(daemon.sandbox.read(`${number}.out`)).toBe('last words\n');
      expect(daemon.sandbox.read(`${number}.err`)).toBe('last error\n');
    }
  });

  scenario('what a program writes while it is being stopped is kept', async () => {
    await using daemon = await startDaemon({
      config: `[program:thorough]
command=/bin/sh -c "trap 'seq 1 50000; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
stdout_logfile=%(here)s/out
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    await daemon.ctl('stop', 'thorough');
    expect(daemon.sandbox.read('out')).toBe(`ready\n${numbersTo(50_000)}`);
  });

  scenario('a shutdown keeps what programs write meanwhile', async () => {
    await using daemon = await startDaemon({
      config: `[program:thorough]
command=/bin/sh -c "trap 'seq 1 50000; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
stdout_logfile=%(here)s/out
startsecs=0`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGTERM');
    await daemon.waitForEnd();
    expect(daemon.sandbox.read('out')).toBe(`ready\n${numbersTo(50_000)}`);
  });

  scenario('a child of the program that keeps the output open does not hold up its end', async () => {
    await using daemon = await startDaemon({
      config: `[program:parent]
command=/bin/sh -c "(sleep 0.5; echo from the child; exec sleep 86400) & echo from the parent"
stdout_logfile=%(here)s/out
killasgroup=true
${once}`,
    });
    await daemon.waitForStatus('parent', 'EXITED');
    expect(daemon.sandbox.read('out')).toMatch(/^from the parent\n/);
    await daemon.sandbox.killExcept(daemon.pid);
  });
});

describe('the log of the daemon', () => {
  scenario('every line has time, level and message', async () => {
    await using daemon = await startDaemon({
      config: `[program:any]\ncommand=${fixture('exits', 1)}\n${once}`,
    });
    await daemon.waitForMessage('any', 'exited');
    for (const line of daemon.log().split('\n').slice(0, -1)) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (CRIT|ERRO|WARN|INFO) \S.*$/);
    }
    const known = daemon.messages().filter((message) => !message.includes('running as root'));
    expect(known).toEqual([
      "INFO RPC interface 'supervisor' initialized",
      "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
      'INFO supervisord started with pid N',
      "INFO spawned: 'any' with pid N",
      'INFO success: any entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
      'WARN exited: any (exit status 1; not expected)',
    ]);
  });

  scenario('loglevel=warn keeps what is less important out', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nloglevel=warn\n[program:any]\ncommand=${fixture('exits', 1)}\n${once}`,
    });
    await daemon.waitForMessage('any', 'exited');
    expect(daemon.log()).not.toContain(' INFO ');
  });

  scenario('with loglevel=debug the output of programs is in it too', async () => {
    await using daemon = await startDaemon({
      config: `[program:talks]\ncommand=echo hello from here\n${once}`,
      args: ['-e', 'debug'],
    });
    await daemon.waitForLog(/DEBG 'talks' stdout output:\nhello from here\n/);
  });

  scenario('with loglevel=debug it says that a child has ended', async () => {
    await using daemon = await startDaemon({
      config: `[program:short]\ncommand=${fixture('exits', 0)}\n${once}`,
      args: ['-e', 'debug'],
    });
    await daemon.waitForMessage('short', 'exited');
    await daemon.waitForLog(/ DEBG received SIGCHLD indicating a child quit\n/);
  });

  scenario('in the foreground it is shown on standard output too, unless silent', async () => {
    await using shown = await startDaemon({ config: '' });
    await shown.waitForLog('supervisord started');
    await waitFor('the log on standard output', () => shown.command.stdout === shown.log());
    await using silent = await startDaemon({ config: '', args: ['-s'] });
    await silent.waitForLog('supervisord started');
    await silent.ctl('shutdown');
    await silent.waitForEnd();
    expect((await silent.command.ended()).stdout).toBe('');
  });

  scenario('it is rotated like other logs', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nlogfile_maxbytes=1KB\nlogfile_backups=2
[program:busy]\ncommand=${fixture('exits', 0)}\nstartsecs=0\nautorestart=true`,
    });
    await waitFor('two backups', () => daemon.sandbox.has('supervisord.log.2'));
    await daemon.ctl('stop', 'busy');
    const names = readdirSync(daemon.sandbox.folder).filter((name) => name.startsWith('supervisord.log'));
    expect(names.sort()).toEqual(['supervisord.log', 'supervisord.log.1', 'supervisord.log.2']);
    expect(statSync(daemon.sandbox.path('supervisord.log.1')).size).toBeGreaterThanOrEqual(1024);
  });

  scenario(
    'a full or unwritable log of one program does not stop others',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:full]\ncommand=${fixture('floods', 1000)}\nstdout_logfile=/dev/full\nstdout_logfile_maxbytes=0\n${once}
[program:fine]\ncommand=echo fine\nstdout_logfile=%(here)s/out\n${once}\npriority=1000`,
      });
      await daemon.waitForFile('out', 'fine');
      await daemon.waitForStatus('full', 'EXITED');
      expect(daemon.isAlive()).toBe(true);
    },
    { oursOnly: true },
  );
});

function backupNumber(name: string): number {
  return Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);
}
