/** What a program finds when it starts: its folder, user, limits, environment, descriptors; and why it may not start. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { environmentOf, openDescriptors, processStatus, workingDirectoryOf } from '../helpers/process-table.ts';
import { againstOriginal, Sandbox } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

/** A program that stays, under its own name, without a shell. */
const sleeper = 'command=sleep 86400\nstartsecs=0';

describe('what a program is given', () => {
  scenario('the working directory is that of the daemon, or the one of directory=', async () => {
    await using daemon = await startDaemon({
      config: `[program:here]\n${sleeper}\n[program:there]\n${sleeper}\ndirectory=%(here)s/childlog`,
    });
    await daemon.waitForStatus('there', 'RUNNING');
    expect(workingDirectoryOf(await daemon.pidOf('here'))).toBe(daemon.sandbox.folder);
    expect(workingDirectoryOf(await daemon.pidOf('there'))).toBe(daemon.sandbox.path('childlog'));
  });

  scenario('umask= sets the umask, and without it that of the daemon holds', async () => {
    const touch = (name: string) => `command=/bin/sh -c "umask; echo > $BLACKBOX_FOLDER/file-${name}"
startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/out-${name}`;
    await using daemon = await startDaemon({
      config: `[program:own]\n${touch('own')}\numask=077\n[program:inherited]\n${touch('inherited')}`,
      shell: 'umask 027; exec "$0" "$@"',
    });
    await daemon.waitForFile('out-own', '0077\n');
    await daemon.waitForFile('out-inherited', '0027\n');
    await daemon.waitForStatus('own', 'EXITED');
    await daemon.waitForStatus('inherited', 'EXITED');
    expect(statSync(daemon.sandbox.path('file-own')).mode & 0o777).toBe(0o600);
    expect(statSync(daemon.sandbox.path('file-inherited')).mode & 0o777).toBe(0o640);
  });

  scenario('the environment is the one of the daemon, and what says who supervises', async () => {
    await using daemon = await startDaemon({
      config: `[program:plain]\n${sleeper}`,
      env: { COLOUR: 'grün', EMPTY: '' },
    });
    await daemon.waitForStatus('plain', 'RUNNING');
    expect(environmentOf(await daemon.pidOf('plain'))).toEqual({
      ...daemon.sandbox.env,
      SUPERVISOR_ENABLED: '1',
      SUPERVISOR_SERVER_URL: `unix://${daemon.sandbox.path('supervisor.sock')}`,
      SUPERVISOR_PROCESS_NAME: 'plain',
      SUPERVISOR_GROUP_NAME: 'plain',
    });
  });

  scenario('environment= adds to and overrides the environment, a program above the daemon', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]
environment=BOTH="daemon",ONLY_DAEMON="käse, brot",INHERITED="overridden"
[group:team]
programs=player
[program:player]
${sleeper}
process_name=%(program_name)s_%(process_num)02d
numprocs=2
environment=BOTH="program",NUMBER="%(process_num)d",FROM="%(ENV_INHERITED)s",WHERE="%(here)s"`,
      env: { INHERITED: 'original' },
    });
    await daemon.waitForStatus('team:player_01', 'RUNNING');
    expect(environmentOf(await daemon.pidOf('team:player_01'))).toMatchObject({
      BOTH: 'program',
      ONLY_DAEMON: 'käse, brot',
      INHERITED: 'overridden',
      NUMBER: '1',
      FROM: 'overridden',
      WHERE: daemon.sandbox.folder,
      SUPERVISOR_PROCESS_NAME: 'player_01',
      SUPERVISOR_GROUP_NAME: 'team',
    });
  });

  scenario('standard input, output and error are pipes, and nothing else is open', async () => {
    await using daemon = await startDaemon({
      config: `[program:one]\n${sleeper}\n[program:two]\n${sleeper}\nredirect_stderr=true`,
    });
    await daemon.waitForStatus('two', 'RUNNING');
    const one = openDescriptors(await daemon.pidOf('one'));
    expect(Object.keys(one)).toEqual(['0', '1', '2']);
    const isPipe = /^pipe:|\/[^ ]*$/;
    for (const target of Object.values(one)) expect(target).toMatch(isPipe);
    expect(new Set(Object.values(one)).size).toBe(3);
    const two = openDescriptors(await daemon.pidOf('two'));
    expect(Object.keys(two)).toEqual(['0', '1', '2']);
    expect(two[2]).toBe(two[1]);
  });

  scenario('a program can open /dev/stdout and /dev/stderr', async () => {
    await using daemon = await startDaemon({
      config: `[program:opener]
command=/bin/sh -c "echo out > /dev/stdout && echo err > /dev/stderr && echo both"
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err
startsecs=0
autorestart=false`,
    });
    expect(await daemon.waitForFile('out', 'both')).toBe('out\nboth\n');
    expect(await daemon.waitForFile('err', 'err')).toBe('err\n');
  });

  scenario(
    'a program can open /dev/stdout and /dev/stderr as another user, too',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:opener]
command=/bin/sh -c "echo out > /dev/stdout && echo err > /dev/stderr && echo both"
user=nobody
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err
startsecs=0
autorestart=false`,
      });
      expect(await daemon.waitForFile('out', 'both')).toBe('out\nboth\n');
      expect(await daemon.waitForFile('err', 'err')).toBe('err\n');
    },
    // In the original the pipes belong to root.
    { oursOnly: true, asRoot: true },
  );

  scenario('no signal is blocked or ignored', async () => {
    await using daemon = await startDaemon({ config: `[program:plain]\n${sleeper}` });
    await daemon.waitForStatus('plain', 'RUNNING');
    const { SigBlk, SigIgn, SigCgt } = processStatus(await daemon.pidOf('plain'));
    // The original ignores SIGPIPE (13) and SIGXFSZ (25) in its programs, an accident of its language.
    const ignored = againstOriginal ? '0000000001001000' : '0000000000000000';
    expect({ SigBlk, SigIgn, SigCgt }).toEqual({
      SigBlk: '0000000000000000',
      SigIgn: ignored,
      SigCgt: '0000000000000000',
    });
  });

  scenario('the limits of open files are those the daemon was started with', async () => {
    await using daemon = await startDaemon({
      config: `[program:plain]\n${sleeper}`,
      shell: 'ulimit -Sn 1000; ulimit -Hn 3000; exec "$0" "$@"',
    });
    await daemon.waitForStatus('plain', 'RUNNING');
    expect(limitOfOpenFiles(await daemon.pidOf('plain'))).toEqual(['1000', '3000']);
    expect(daemon.log()).not.toContain('RLIMIT_NOFILE');
  });

  scenario('the limits of open files are the same for a daemon in the background', async () => {
    await using daemon = await startDaemon({
      config: `[program:plain]\n${sleeper}`,
      shell: 'ulimit -Sn 1500; ulimit -Hn 3000; exec "$0" "$@"',
      foreground: false,
    });
    await daemon.waitForStatus('plain', 'RUNNING');
    expect(limitOfOpenFiles(await daemon.pidOf('plain'))).toEqual(['1500', '3000']);
  });

  for (const foreground of [true, false]) {
    const where = foreground ? 'foreground' : 'background';

    scenario(`what a user has set for the allocator of memory reaches the programs (${where})`, async () => {
      for (const value of ['3', '']) {
        await using daemon = await startDaemon({
          config: `[program:plain]\n${sleeper}`,
          env: { MALLOC_ARENA_MAX: value },
          foreground,
        });
        await daemon.waitForStatus('plain', 'RUNNING');
        expect(environmentOf(await daemon.pidOf('plain')).MALLOC_ARENA_MAX).toBe(value);
        expect(environmentOf(daemon.pid).MALLOC_ARENA_MAX).toBe(value);
      }
    });

    scenario(
      `what is set for the daemon's own memory does not reach the programs (${where})`,
      async () => {
        await using daemon = await startDaemon({ config: `[program:plain]\n${sleeper}`, foreground });
        await daemon.waitForStatus('plain', 'RUNNING');
        expect(environmentOf(daemon.pid).MALLOC_ARENA_MAX).toBe('1');
        const names = Object.keys(environmentOf(await daemon.pidOf('plain')));
        expect(names.filter((name) => /MALLOC|STATEVISOR/.test(name))).toEqual([]);
      },
      { oursOnly: true },
    );
  }

  scenario('minfds raises the limit of open files', async () => {
    await using daemon = await startDaemon({
      config: `[supervisord]\nminfds=2000\n[program:plain]\n${sleeper}`,
      shell: 'ulimit -Sn 1000; ulimit -Hn 3000; exec "$0" "$@"',
    });
    await daemon.waitForStatus('plain', 'RUNNING');
    expect(limitOfOpenFiles(await daemon.pidOf('plain'))).toEqual(['2000', '3000']);
    expect(daemon.log()).toContain('INFO Increased RLIMIT_NOFILE limit to 2000');
  });

  scenario(
    'user= switches user, group and supplementary groups',
    async () => {
      const user = userWithGroups();
      await using daemon = await startDaemon({
        config: `[program:plain]\n${sleeper}\nuser=${user.name}`,
        shell: 'exec setpriv --groups 0,4,24 "$0" "$@"',
      });
      await daemon.waitForStatus('plain', 'RUNNING');
      const pid = await daemon.pidOf('plain');
      const { Uid, Gid, Groups } = processStatus(pid);
      expect(Uid?.split('\t')).toEqual(Array(4).fill(user.uid));
      expect(Gid?.split('\t')).toEqual(Array(4).fill(user.gid));
      expect(new Set(Groups?.trim().split(' '))).toEqual(new Set(user.groups));
      expect(environmentOf(pid).HOME).toBe(daemon.sandbox.env.HOME);
      expect(daemon.programs()).toHaveLength(1);
    },
    { asRoot: true },
  );

  scenario(
    'user= by number, and signals still reach the program',
    async () => {
      await using daemon = await startDaemon({
        config: `[program:plain]\ncommand=sleep 86400\nstartsecs=0\nuser=65534\nstdout_logfile=%(here)s/out`,
      });
      await daemon.waitForStatus('plain', 'RUNNING');
      expect(processStatus(await daemon.pidOf('plain')).Uid?.split('\t')[0]).toBe('65534');
      expect((await daemon.ctl('stop', 'plain')).stdout).toBe('plain: stopped\n');
      expect(daemon.messagesAbout('plain').at(-1)).toBe('WARN stopped: plain (terminated by SIGTERM)');
    },
    { asRoot: true },
  );

  scenario('the command is split like a shell would, but no shell reads it', async () => {
    await using daemon = await startDaemon({
      config: `[program:words]
command=printf '<%%s>' "a b" 'c"d' e\\ f $HOME * "q\\"q" x"y"'z'
stdout_logfile=%(here)s/out
startsecs=0
autorestart=false`,
    });
    expect(await daemon.waitForFile('out', '<xyz>')).toBe('<a b><c"d><e f><$HOME><*><q"q><xyz>');
  });

  scenario('a command is found in the PATH of its own environment', async () => {
    const sandbox = new Sandbox({
      files: {
        'supervisord.conf': `[program:tool]
command=own-tool
environment=PATH="%(here)s/tools:%(ENV_PATH)s"
stdout_logfile=%(here)s/out
startsecs=0
autorestart=false`,
        'tools/own-tool': '#!/bin/sh\necho found "$0"\n',
      },
    });
    await using _ = sandbox;
    chmodSync(sandbox.path('tools/own-tool'), 0o755);
    await using daemon = await startDaemon({ sandbox });
    expect(await daemon.waitForFile('out', 'found')).toBe(`found ${sandbox.path('tools/own-tool')}\n`);
  });
});

describe('what keeps a program from starting', () => {
  scenario('every reason has its own text and its own refusal', async () => {
    const sandbox = new Sandbox({
      files: {
        'supervisord.conf': `[program:missing]\ncommand=/no/such/command
[program:unfound]\ncommand=no-such-command-anywhere -x
[program:folder]\ncommand=%(here)s
[program:data]\ncommand=%(here)s/data.txt
[program:quoted]\ncommand=sleep "unclosed
[program:empty]\ncommand=`,
        'data.txt': 'not a program\n',
      },
    });
    await using _ = sandbox;
    await using daemon = await startDaemon({ sandbox });
    const texts = {
      missing: ["can't find command '/no/such/command'", 'no such file'],
      unfound: ["can't find command 'no-such-command-anywhere'", 'no such file'],
      folder: [`command at '${sandbox.folder}' is a directory`, 'file is not executable'],
      data: [`command at '${sandbox.path('data.txt')}' is not executable`, 'file is not executable'],
      quoted: [`can't parse command 'sleep "unclosed': No closing quotation`, 'file is not executable'],
      empty: ['command is empty', 'file is not executable'],
    } as const;
    for (const [name, [text, refusal]] of Object.entries(texts)) {
      expect((await daemon.waitForStatus(name, 'FATAL')).description).toBe(text);
      expect(daemon.log()).toContain(`INFO spawnerr: ${text}\n`);
      expect(await daemon.ctl('start', name)).toEqual({
        stdout: `${name}: ERROR (${refusal})\n`,
        stderr: '',
        status: 1,
      });
    }
  });

  scenario('a command that cannot be found is tried startretries times more', async () => {
    await using daemon = await startDaemon({ config: '[program:missing]\ncommand=/no/such/command\nstartretries=1' });
    await daemon.waitForStatus('missing', 'FATAL');
    expect(daemon.messages().filter((message) => /spawnerr|missing/.test(message))).toEqual([
      "INFO spawnerr: can't find command '/no/such/command'",
      "INFO spawnerr: can't find command '/no/such/command'",
      'INFO gave up: missing entered FATAL state, too many start retries too quickly',
    ]);
  });

  scenario('a bad directory= is said in the error log of the program', async () => {
    await using daemon = await startDaemon({
      config: `[program:lost]\ncommand=sleep 86400\ndirectory=/no/such/folder\nstderr_logfile=%(here)s/err\nstartretries=0\nstartsecs=20`,
    });
    expect((await daemon.waitForStatus('lost', 'FATAL')).description).toBe(
      'Exited too quickly (process log may have details)',
    );
    expect(daemon.sandbox.read('err')).toBe(
      "supervisor: couldn't chdir to /no/such/folder: ENOENT\nsupervisor: child process was not spawned\n",
    );
    expect(daemon.messagesAbout('lost')).toEqual([
      "INFO spawned: 'lost' with pid N",
      'WARN exited: lost (exit status 127; not expected)',
      'INFO gave up: lost entered FATAL state, too many start retries too quickly',
    ]);
  });

  scenario('with redirect_stderr the reason is in the output log', async () => {
    await using daemon = await startDaemon({
      config: `[program:lost]\ncommand=sleep 86400\ndirectory=/no/such/folder
stdout_logfile=%(here)s/out\nredirect_stderr=true\nstartretries=0\nstartsecs=20`,
    });
    await daemon.waitForStatus('lost', 'FATAL');
    expect(daemon.sandbox.read('out')).toContain("supervisor: couldn't chdir to /no/such/folder: ENOENT\n");
  });

  scenario('a file that the system cannot execute is said in the error log of the program', async () => {
    const sandbox = new Sandbox({
      files: {
        'supervisord.conf': `[program:odd]\ncommand=%(here)s/odd\nstderr_logfile=%(here)s/err\nstartretries=0\nstartsecs=20`,
        odd: 'echo no interpreter line\n',
      },
    });
    await using _ = sandbox;
    chmodSync(sandbox.path('odd'), 0o755);
    await using daemon = await startDaemon({ sandbox });
    await daemon.waitForStatus('odd', 'FATAL');
    expect(sandbox.read('err')).toBe(
      `supervisor: couldn't exec ${sandbox.path('odd')}: ENOEXEC\nsupervisor: child process was not spawned\n`,
    );
  });

  scenario('a log file that cannot be opened is a spawn error', async () => {
    await using daemon = await startDaemon({
      config: `[program:logless]\n${sleeper}\nstdout_logfile=%(here)s/childlog\nstartretries=0\nstartsecs=20`,
    });
    const { description } = await daemon.waitForStatus('logless', 'FATAL');
    expect(description).toBe("unknown error making dispatchers for 'logless': EISDIR");
    expect(daemon.programs()).toEqual([]);
  });

  scenario(
    'a directory or a file that is closed to the user of the program',
    async () => {
      const sandbox = new Sandbox({
        files: {
          'supervisord.conf': `[program:shut-out]
command=sleep 86400
startsecs=20
directory=%(here)s/closed
[program:not-theirs]
command=%(here)s/closed/tool
startsecs=20
[program:mode-700]
command=%(here)s/open/tool
startsecs=20
[program:let-in]
command=sleep 86400
directory=%(here)s/of-group`
            .split(/\n(?=\[)/)
            .map((section) => `${section}\nuser=nobody\nstderr_logfile=%(here)s/err-%(program_name)s\nstartretries=0\n`)
            .join(''),
          'closed/tool': '#!/bin/sh\necho never >&2\nsleep 86400\n',
          'open/tool': '#!/bin/sh\necho never >&2\nsleep 86400\n',
          'of-group/file': '',
        },
      });
      await using _ = sandbox;
      for (const [path, mode] of [
        ['.', 0o755],
        ['closed', 0o700],
        ['closed/tool', 0o755],
        ['open/tool', 0o700],
      ] as const) {
        chmodSync(sandbox.path(path), mode);
      }
      chownSync(sandbox.path('of-group'), 0, Number(idOf('nobody').gid));
      chmodSync(sandbox.path('of-group'), 0o750);
      await using daemon = await startDaemon({ sandbox });
      for (const [name, problem] of [
        ['shut-out', `couldn't chdir to ${sandbox.path('closed')}: EACCES`],
        ['not-theirs', `couldn't exec ${sandbox.path('closed/tool')}: EACCES`],
        ['mode-700', `couldn't exec ${sandbox.path('open/tool')}: EACCES`],
      ]) {
        await daemon.waitForStatus(name ?? '', 'FATAL');
        expect(sandbox.read(`err-${name}`)).toBe(`supervisor: ${problem}\nsupervisor: child process was not spawned\n`);
      }
      await daemon.waitForStatus('let-in', 'RUNNING');
      expect(workingDirectoryOf(await daemon.pidOf('let-in'))).toBe(sandbox.path('of-group'));
    },
    { asRoot: true },
  );

  scenario(
    'a daemon that is not root cannot run a program as another user',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nuser=nobody
logfile=%(here)s/childlog/supervisord.log
pidfile=%(here)s/supervisord.pid
[unix_http_server]
chown=nobody
[program:other]
command=sleep 86400
user=daemon
stderr_logfile=%(here)s/childlog/err
startretries=0`,
        shell: 'chmod 777 . childlog; exec "$0" "$@"',
      });
      await daemon.waitForStatus('other', 'FATAL');
      const { uid } = idOf('daemon');
      expect(daemon.sandbox.read('childlog/err')).toBe(
        `supervisor: couldn't setuid to ${uid}: Can't drop privilege as nonroot user\n` +
          'supervisor: child process was not spawned\n',
      );
    },
    { asRoot: true },
  );
});

interface UserFacts {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly groups: readonly string[];
}

function idOf(name: string): UserFacts {
  const id = (flag: string) => execFileSync('id', [flag, name], { encoding: 'utf8' }).trim();
  return { name, uid: id('-u'), gid: id('-g'), groups: id('-G').split(' ') };
}

/** A user of this machine, other than root, that has supplementary groups where there is one. */
function userWithGroups(): UserFacts {
  const names = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(':')[3]?.split(',') ?? [])
    .filter((name) => name !== '' && name !== 'root');
  return idOf(names[0] ?? 'nobody');
}

function limitOfOpenFiles(pid: number): readonly string[] {
  const line = readFileSync(`/proc/${pid}/limits`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('Max open files'));
  return line?.trim().split(/ +/).slice(3, 5) ?? [];
}
