/** Configuration files as the commands take them: what is accepted, what is refused, and in which words. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { environmentOf } from '../helpers/process-table.ts';
import { againstOriginal, Sandbox, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

const sleeper = 'command=sleep 86400\nstartsecs=0';

describe('what is refused', () => {
  const inSection = (name: string) => ` in section '${name}' (file: 'supervisord.conf')`;
  const mistakes: readonly (readonly [string, string])[] = [
    ['[program:x]\nstartsecs=1', `program section program:x does not specify a command${inSection('program:x')}`],
    [
      `[program:x]\n${sleeper}\nstartretries=abc`,
      `invalid literal for int() with base 10: 'abc'${inSection('program:x')}`,
    ],
    [`[program:x]\n${sleeper}\nautostart=maybe`, `not a valid boolean value: 'maybe'${inSection('program:x')}`],
    [`[program:x]\n${sleeper}\nautorestart=Maybe`, `invalid 'autorestart' value 'maybe'${inSection('program:x')}`],
    [`[program:x]\n${sleeper}\nstopsignal=FOO`, `value 'FOO' is not a valid signal name${inSection('program:x')}`],
    [`[program:x]\n${sleeper}\nexitcodes=0,256`, `not a valid list of exit codes: '0,256'${inSection('program:x')}`],
    [`[program:x]\n${sleeper}\numask=9`, `9 can not be converted to an octal type${inSection('program:x')}`],
    [`[program:x]\n${sleeper}\nuser=nosuch`, `Invalid user name nosuch${inSection('program:x')}`],
    [
      `[program:x]\n${sleeper}\nstdout_logfile_maxbytes=5XB`,
      `invalid literal for int() with base 10: '5xb'${inSection('program:x')}`,
    ],
    [
      `[program:x]\n${sleeper}\nstdout_logfile=/no/such/x.log`,
      `The directory named as part of the path /no/such/x.log does not exist${inSection('program:x')}`,
    ],
    [
      `[program:x]\n${sleeper}\nnumprocs=2`,
      `%(process_num) must be present within process_name when numprocs > 1${inSection('program:x')}`,
    ],
    [
      `[program:x]\n${sleeper}\nstopasgroup=true\nkillasgroup=false`,
      `Cannot set stopasgroup=true and killasgroup=false${inSection('program:x')}`,
    ],
    [
      `[program:x]\n${sleeper}\nenvironment=A=`,
      `Unexpected end of key/value pairs in value 'A='${inSection('program:x')}`,
    ],
    [`[program:a b]\n${sleeper}`, "Invalid name: 'a b' because of character: ' '"],
    ['[group:g]\nprograms=nosuch', '[group:g] names unknown program or fcgi-program nosuch'],
    ['[supervisord]\nloglevel=loud', "bad logging level name 'loud'"],
    ['[supervisord]\ndirectory=/no/such', '/no/such is not an existing directory'],
    ['[supervisord]\nchildlogdir=/no/such', '/no/such is not an existing directory'],
    ['[unix_http_server]\nchmod=9', 'Invalid chmod value 9'],
    ['[unix_http_server]\nchown=nosuch:nosuch', 'Invalid sockchown value nosuch:nosuch'],
    ['[include]', '.ini file has [include] section, but no files setting'],
    [
      '[unix_http_server]\nusername=anna',
      'Section [unix_http_server] contains incomplete authentication: If a username or a password is specified, both ' +
        'the username and password must be specified',
    ],
    [';raw\n[program:x]\ncommand=x', '.ini file does not include supervisord section'],
  ];

  scenario("every mistake has Supervisor's words and the exit status 2", async () => {
    await using sandbox = new Sandbox({ files: {} });
    for (const [text, message] of mistakes) {
      sandbox.write('supervisord.conf', text);
      const { stdout, stderr, status } = await sandbox.supervisord('-n', '-c', 'supervisord.conf');
      const lines = stderr.trimEnd().split('\n');
      expect({ text, stdout, status, first: lines[0], last: lines.at(-1) }).toEqual({
        text,
        stdout: '',
        status: 2,
        first: `Error: ${message}`,
        last: `For help, use ${supervisordPath} -h`,
      });
    }
  });

  scenario('an expression with an unknown name lists those that are known', async () => {
    await using sandbox = new Sandbox({ files: `[program:x]\ncommand=sleep %(nosuch)s` });
    const { stderr, status } = await sandbox.supervisord('-n', '-c', 'supervisord.conf');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^Error: Format string 'sleep %\(nosuch\)s' for 'program:x\.command' contains names \('nosuch'\) which cannot be expanded\. Available names: ENV_BLACKBOX_FOLDER, .*group_name, here, host_node_name, numprocs, process_num, program_name/,
    );
  });

  scenario(
    'all mistakes of a file are told at once, each with its place',
    async () => {
      await using sandbox = new Sandbox({
        files: {
          'supervisord.conf': ';raw\n[supervisord]\nlogfile=supervisord.log\nloglevel=loud\n[include]\nfiles=more.ini',
          'more.ini': `[program:x]\n${sleeper}\nstopsignal=FOO\nstartretries=3x\n`,
        },
      });
      const { stderr, status } = await sandbox.supervisord('-n', '-c', 'supervisord.conf');
      expect(status).toBe(2);
      const lines = stderr.trimEnd().split('\n');
      expect(lines[0]).toBe("Error: bad logging level name 'loud'");
      expect(lines.at(-1)).toBe(`For help, use ${supervisordPath} -h`);
      expect(lines.slice(1, -1)).toEqual([
        expect.stringMatching(/supervisord\.conf:4: \[supervisord\] loglevel = "loud": expected /),
        expect.stringMatching(/more\.ini:5: \[program:x\] startretries = "3x": expected /),
        expect.stringMatching(/more\.ini:4: \[program:x\] stopsignal = "FOO": expected /),
      ]);
    },
    { oursOnly: true },
  );

  scenario(
    'a misspelt key is named in the log',
    async () => {
      await using daemon = await startDaemon({ config: `[program:x]\n${sleeper}\nautorestrat=true` });
      await daemon.waitForLog(/WARN .*autorestrat.*\[program:x\].*autorestart/);
    },
    { oursOnly: true },
  );
});

describe('what is accepted', () => {
  scenario('comments, continuation lines, both separators and any case of keys', async () => {
    await using daemon = await startDaemon({
      config: `; a comment
# another
[program:odd] trailing text
Command : sleep 86400 ; not part of it
startsecs=0
EnvironMent = ONE="1",
  TWO="a;b",
  ; in between
  THREE="grüße"
unknown_key = is ignored`,
    });
    await daemon.waitForStatus('odd', 'RUNNING');
    expect(environmentOf(await daemon.pidOf('odd'))).toMatchObject({ ONE: '1', TWO: 'a;b', THREE: 'grüße' });
  });

  scenario('included files, in which here is their own folder', async () => {
    await using sandbox = new Sandbox({
      files: {
        'supervisord.conf': `[program:main]\n${sleeper}\nenvironment=HERE="%(here)s"\n[include]\nfiles=*.ini more/*.conf`,
        'a.ini': `[program:first]\n${sleeper}\nenvironment=HERE="%(here)s"`,
        'more/b.conf': `[program:second]\n${sleeper}\nenvironment=HERE="%(here)s"\n[program:main]\npriority=1`,
        'more/.hidden.conf': '[program:hidden]\ncommand=x',
      },
    });
    await using daemon = await startDaemon({ sandbox });
    await daemon.waitForStatus('second', 'RUNNING');
    expect(Object.keys(await daemon.status())).toEqual(['first', 'main', 'second']);
    const here = async (name: string) => environmentOf(await daemon.pidOf(name)).HERE;
    expect([await here('main'), await here('first'), await here('second')]).toEqual([
      sandbox.folder,
      sandbox.folder,
      sandbox.path('more'),
    ]);
    expect(daemon.messages()).toContain(`INFO Included extra file "${sandbox.path('more/b.conf')}" during parsing`);
    expect(daemon.messagesAbout('main')[0]).toBe("INFO spawned: 'main' with pid N");
    expect(daemon.messages().filter((message) => message.includes('spawned'))[0]).toContain("'main'");
  });

  scenario('several processes of a program, numbered as told', async () => {
    await using daemon = await startDaemon({
      config: `[program:many]\n${sleeper}\nprocess_name=%(program_name)s-%(process_num)03d\nnumprocs=3\nnumprocs_start=9`,
    });
    await daemon.waitForStatus('many:many-011', 'RUNNING');
    expect(Object.keys(await daemon.status())).toEqual(['many:many-009', 'many:many-010', 'many:many-011']);
  });

  scenario('expressions in sizes and numbers, and signals by number', async () => {
    await using daemon = await startDaemon({
      config: `[program:full]
command=sleep %(ENV_SECONDS)s
startsecs=%(ENV_NONE)s
stopsignal=12
exitcodes=
stdout_logfile_maxbytes= 1 kb
priority=-7`,
      env: { SECONDS: '86400', NONE: '0' },
    });
    await daemon.waitForStatus('full', 'RUNNING');
    await daemon.ctl('stop', 'full');
    expect(daemon.messagesAbout('full').at(-1)).toBe('WARN stopped: full (terminated by SIGUSR2)');
    expect((await daemon.ctl('avail')).stdout).toMatch(/^full +in use +auto +-7:-7\n$/);
    if (!againstOriginal) expect(daemon.command.stderr).toBe('');
  });
});
