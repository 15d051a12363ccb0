/** Configurations and command lines that are refused: what is printed, and the exit status. */
import { describe, expect } from 'vitest';
import type { CommandResult } from '../../helpers/command.ts';
import { againstOriginal, type Commands, originalCommands, Sandbox, testedCommands } from '../../helpers/sandbox.ts';
import { scenarioWith } from '../debian.ts';
import { masked } from '../side-by-side.ts';

const program = '[program:a]\ncommand=/bin/true\n';

/** Text added to a configuration that is right otherwise; each has one mistake. */
const mistakes: Readonly<Record<string, string>> = {
  'a program without a command': '[program:a]\nautostart=true',
  'a number that is none': `${program}numprocs=many`,
  'several processes of one name': `${program}numprocs=2`,
  'a boolean that is none': `${program}autostart=perhaps`,
  'a policy of restarts that is none': `${program}autorestart=sometimes`,
  'a signal that is none': `${program}stopsignal=SOMETHING`,
  'a size that is none': `${program}stdout_logfile_maxbytes=10XB`,
  'exit codes that are none': `${program}exitcodes=0,x`,
  'an umask that is none': `${program}umask=99`,
  'a user that is none': `${program}user=nosuchuser`,
  'an environment without values': `${program}environment=A`,
  'an expression that names nothing': `${program}directory=%(nothing)s`,
  'an expression that never ends': `${program}directory=%(here`,
  'a percent sign alone': `${program}directory=/tmp/%`,
  'killing the group without stopping it': `${program}stopasgroup=true\nkillasgroup=false`,
  'a log in a folder that is none': `${program}stdout_logfile=/nonexistent/folder/x.log`,
  'a name with a colon': '[program:a:b]\ncommand=/bin/true',
  'a name with a blank': '[program:a b]\ncommand=/bin/true',
  'a group of nobody': '[group:g]\nprograms=nobody',
  'a listener without events': '[eventlistener:l]\ncommand=/bin/true',
  'a listener of events that are none': '[eventlistener:l]\ncommand=/bin/true\nevents=NONSENSE',
  'a listener with a buffer of nothing': '[eventlistener:l]\ncommand=/bin/true\nevents=EVENT\nbuffer_size=0',
  'a listener whose errors go to its standard output':
    '[eventlistener:l]\ncommand=/bin/true\nevents=EVENT\nredirect_stderr=true',
  'a FastCGI program without a socket': '[fcgi-program:f]\ncommand=/bin/true',
  'a FastCGI socket that is none': '[fcgi-program:f]\ncommand=/bin/true\nsocket=ftp://x',
  'a FastCGI socket with a mode that is none':
    '[fcgi-program:f]\ncommand=/bin/true\nsocket=unix:///tmp/x\nsocket_mode=999',
  'a line that is no key': `${program}nonsense`,
  'a section that never ends': `${program}[broken`,
  'a level that is none': '[supervisord]\nloglevel=loud',
  'a limit that is none': '[supervisord]\nminfds=lots',
  'a folder that is none': '[supervisord]\nchildlogdir=/nonexistent/folder',
  'a directory that is none': '[supervisord]\ndirectory=/nonexistent/folder',
  'a user of the daemon that is none': '[supervisord]\nuser=nosuchuser',
  'a log of the daemon in a folder that is none': '[supervisord]\nlogfile=/nonexistent/folder/x.log',
  'a server without a port': '[inet_http_server]\nusername=',
  'a port that is none': '[inet_http_server]\nport=127.0.0.1:none',
  'a user name without a password': '[inet_http_server]\nport=127.0.0.1:1\nusername=x',
  'a mode that is none': '[unix_http_server]\nfile=/tmp/x.sock\nchmod=rwx',
  'an owner that is none': '[unix_http_server]\nfile=/tmp/x.sock\nchown=nosuchuser:nogroup',
  'an include of nothing': '[include]',
  'an interface without a factory': '[rpcinterface:x]\na=b',
};

/** Command lines of the daemon; CONFIG stands for a configuration that is right. */
const commandLines: Readonly<Record<string, readonly string[]>> = {
  'an option that is none': ['-Z'],
  'an option without its argument': ['-c'],
  'a level that is none': ['-n', '-c', 'CONFIG', '-e', 'loud'],
  'a size that is none': ['-n', '-c', 'CONFIG', '-y', 'big'],
  'a word that is no option': ['-n', '-c', 'CONFIG', 'word'],
  'a file that is none': ['-n', '-c', '/no/such/file'],
  'an option twice': ['-n', '-c', 'CONFIG', '-u', 'root', '-u', 'root'],
  'a long option that could be several': ['--log'],
};

/** What we add to Supervisor's words: the place of every mistake, and what was expected there. */
const places = /^ {2}\S+supervisord\.conf:\d+: .*\n/gm;

async function refusal(commands: Commands, config: string, line: readonly string[]): Promise<CommandResult> {
  await using sandbox = new Sandbox({ files: config, commands });
  const words = line.map((word) => word.replace('CONFIG', sandbox.configuration));
  return masked(await sandbox.supervisord(...words), sandbox);
}

async function refusals(config: string, line: readonly string[]) {
  const [original, ours] = await Promise.all([
    refusal(originalCommands, config, line),
    refusal(testedCommands, config, line),
  ]);
  return { original, ours };
}

describe('configuration errors', () => {
  for (const [title, text] of Object.entries(mistakes)) {
    scenarioWith(
      ['supervisor'],
      `${title} is refused in the same words`,
      async () => {
        const { original, ours } = await refusals(text, ['-n', '-c', 'CONFIG']);
        expect({ ...ours, stderr: ours.stderr.replace(places, '') }).toEqual(original);
        if (!againstOriginal) expect(ours.stderr).toMatch(places);
      },
      { concurrent: false },
    );
  }
});

describe('command lines that are refused', () => {
  for (const [title, line] of Object.entries(commandLines)) {
    scenarioWith(
      ['supervisor'],
      `${title} is refused in the same words`,
      async () => {
        const { original, ours } = await refusals(program, line);
        expect(ours).toEqual(original);
      },
      { concurrent: false },
    );
  }
});
