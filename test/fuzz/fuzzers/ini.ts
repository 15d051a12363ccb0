/** The ini dialect, from bytes to a whole configuration, compared with Python's parser. */

import { translate } from '../../../src/config/dialect.ts';
import { formatProblems } from '../../../src/config/load.ts';
import { Sections } from '../../../src/config/sections.ts';
import { decodeText } from '../../../src/config/text-file.ts';
import { load } from '../../config/load-text.ts';
import { classOf, expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { type PythonOracle, withoutExotic } from '../python.ts';
import { type Random, several } from '../random.ts';

const sectionNames = [
  'supervisord',
  'program:a',
  'program:b',
  'group:g',
  'include',
  'unix_http_server',
  'inet_http_server',
  'eventlistener:e',
  'fcgi-program:f',
  'rpcinterface:supervisor',
  'supervisorctl',
  'DEFAULT',
  'a.b',
  ' x ',
  '__proto__',
  'constructor',
] as const;

const keys = [
  'command',
  'process_name',
  'numprocs',
  'numprocs_start',
  'priority',
  'autostart',
  'startsecs',
  'exitcodes',
  'stopsignal',
  'user',
  'stdout_logfile',
  'stdout_logfile_maxbytes',
  'environment',
  'directory',
  'umask',
  'programs',
  'events',
  'buffer_size',
  'socket',
  'files',
  'file',
  'port',
  'chmod',
  'chown',
  'username',
  'password',
  'logfile',
  'loglevel',
  'minfds',
  'nodaemon',
  'identifier',
  'x',
  'X[]',
  '__proto__',
  'toString',
  'a b',
] as const;

const values = [
  '/bin/cat',
  '%(program_name)s',
  '%(process_num)02d',
  '%(here)s/x',
  '%(ENV_HOME)s',
  '%(none)s',
  '100%',
  '%%',
  '1',
  '0',
  '-1',
  '4',
  '10',
  '022',
  'true',
  'no',
  'TERM',
  '50MB',
  'AUTO',
  'NONE',
  'syslog',
  '/tmp/log',
  '/none/log',
  'A="b",C=d',
  "A='%(process_num)d'",
  'a,b',
  '*:9001',
  '127.0.0.1:9001',
  'root:nogroup',
  'nobody',
  'EVENT',
  'TICK_5,PROCESS_STATE',
  'unix:///tmp/s',
  'tcp://localhost:1',
  '/etc/*.conf',
  'a ; comment',
  'a;b',
  'a #b',
  '"',
  '[x]',
  '=',
  ':',
  '',
  '999999999999999999999',
  '\u0130\u2028é',
] as const;

function anyLine(random: Random): string {
  switch (random.below(12)) {
    case 0:
    case 1:
      return `[${random.pick(sectionNames)}]${random.pick(['', '', '', ' ; x', 'x', ']'])}`;
    case 2:
      return random.pick(['', ' ', '; x', '# x', '  ; x', '\t']);
    case 3:
      return `${random.pick([' ', '\t', '    ', '\u00a0'])}${random.pick(values)}`;
    case 4:
      return random.pick(['x', '=1', '[', ']', '[]', ':', '\ufeff']);
    default:
      return `${random.pick(['', '', '', ' '])}${random.pick(keys)}${random.pick(['=', ' = ', ':', ' : ', ' '])}${random.pick(values)}`;
  }
}

const generate = (random: Random): string =>
  [
    ...(random.chance(0.8) ? ['[supervisord]'] : []),
    ...several(random, 4, () => anyLine(random)),
    ...several(random, 3, () =>
      [`[${random.pick(sectionNames)}]`, 'command=/bin/cat', ...several(random, 8, anyLine)].join('\n'),
    ),
  ].join(random.pick(['\n', '\n', '\n', '\r\n', '\r']));

export const iniFuzzer: Fuzzer = {
  name: 'ini',
  seeds: [
    '[supervisord]\nlogfile=/tmp/s.log ; the log\nminfds=1024\nenvironment=A="1",B=%(here)s\n\n[program:a]\ncommand=/bin/cat -u\n  /etc/hosts\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)02d\nstdout_logfile=/tmp/%(process_num)s.log\n',
    '[DEFAULT]\nx=1\n[supervisord]\n[group:g]\nprograms=a,b\npriority=5\n[program:a]\ncommand:a\nstopsignal=HUP\nexitcodes=0,2\n[program:b]\ncommand = b\nuser = nobody\numask=022\n',
    '[unix_http_server]\nfile=/tmp/s.sock\nchmod=0700\nchown=root:nogroup\nusername=u\npassword={SHA}aaf4c61d\n[inet_http_server]\nport=*:9001\n[supervisord]\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n[supervisorctl]\nserverurl=unix:///tmp/s.sock\n[include]\nfiles = a.conf *.ini\n',
    '[supervisord]\n[eventlistener:e]\ncommand=l\nevents=TICK_5,PROCESS_STATE\nbuffer_size=10\n[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/%(program_name)s.sock\nsocket_mode=0700\n',
  ],
  tokens: [
    ...sectionNames.map((name) => `\n[${name}]\n`),
    ...keys.map((key) => `\n${key}=`),
    ...values,
    '\r\n',
    '\n ',
    ' ;',
    ' #',
    '\ufeff',
    '\u2028',
    '\x1c',
    '\x85',
  ],
  generate,
  maxBytes: 64 * 1024,
  shortRun: 1500,
  open: ({ python }) => ({ check: (input) => check(input, python) }),
};

async function check(input: Uint8Array, python: PythonOracle | null): Promise<string> {
  const decoded = decodeText(input);
  if (decoded.kind === 'invalid') {
    expectThat(/^'utf-8' codec can't decode byte/.test(decoded.reason), `a reason as Python's: ${decoded.reason}`);
    return classOf(decoded.reason);
  }
  const { text } = decoded;
  const read = sectionsOf(text);
  expectSame(sectionsOf(`${text}\n; comment\n\n# comment`).content, read.content, 'comments at the end change nothing');
  if (read.message === null) {
    const again = rewritten(read.content);
    if (again !== null) expectSame(sectionsOf(again).content, read.content, 'written anew it reads the same');
  }
  if (python !== null) await compare(python, text, read);
  return `${read.mistakes} ${isLarge(text) ? 'large' : outcomeOfLoading(text)}`;
}

/** Tens of thousands of processes are allowed, and take seconds to be made. */
const isLarge = (text: string): boolean => /numprocs(?!_start)[\s=:+0_]*\d[\d_]{3,6}(?![\d_])/i.test(text);

type Content = readonly (readonly [string, readonly (readonly [string, string])[]])[];

interface Read {
  readonly content: Content;
  readonly message: string | null;
  readonly mistakes: string;
}

/** What the sections say themselves; DEFAULT is among them. */
function sectionsOf(text: string): Read {
  const translation = translate(text, 'a.conf');
  const sections = new Sections();
  sections.merge(translation, 'a.conf', false);
  const content = sections
    .names()
    .map((name) => [name, [...sections.ownEntries(name)].map(([key, { value }]) => [key, value] as const)] as const);
  const inherited = sections.keys('').map((key) => [key, sections.entry('', key)?.value ?? ''] as const);
  return {
    content: [...content, ['DEFAULT', inherited]],
    message: translation.message,
    mistakes: [...new Set(translation.mistakes.map(({ kind }) => kind))].sort().join(' '),
  };
}

/** The same content as another text; null where the dialect has no notation for it. */
function rewritten(content: Content): string | null {
  const lines: string[] = [];
  for (const [section, entries] of content) {
    lines.push(`[${section}]`);
    for (const [key, value] of entries) {
      // What only the layout of the file could express.
      if (/\s[;#]|^[;#]|\n\n|^\n/.test(value)) return null;
      if (key.startsWith('[') || /^[;#]|\s[;#]/.test(key)) return null;
      lines.push(`${key}= ${value.replaceAll('\n', '\n   ')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function outcomeOfLoading(text: string): string {
  const result = load(text);
  const withOtherLineEnds = load(text.replaceAll('\n', '\r\n'));
  if (result.kind === 'ok') {
    expectSame(withOtherLineEnds.kind, 'ok', 'line ends make no difference');
    return `ok ${result.spec.groups.length > 0} ${result.spec.servers.length} ${result.spec.notices.length > 0}`;
  }
  expectThat(result.problems.length > 0, 'what is invalid has a problem');
  for (const problem of result.problems)
    expectThat(problem.message !== '' && problem.reason !== '', 'a problem has words');
  expectThat(
    formatProblems(result.problems, 'supervisord').endsWith('\nFor help, use supervisord -h\n'),
    'problems can be shown',
  );
  return [...new Set(result.problems.map(({ key, reason }) => `${key} ${classOf(reason)}`))].slice(0, 2).join('; ');
}

async function compare(python: PythonOracle, text: string, read: Read): Promise<void> {
  // The one name that cannot be configured.
  if (/__proto__/i.test(text)) return;
  const answer = await python.ask({ ask: 'ini', text });
  if (answer.kind === 'refused') {
    expectSame(withoutExotic(read.message ?? ''), withoutExotic(answer.text), 'Python refuses it with the same words');
    return;
  }
  expectSame(read.message, null, 'Python accepts it');
  const { sections, defaults } = answer.answer as { readonly sections: Content; readonly defaults: Content[number][1] };
  const sorted = (content: Content): unknown =>
    content.map(([name, entries]) => [name, [...entries].sort(([a], [b]) => (a < b ? -1 : 1))]);
  expectSame(sorted(read.content), sorted([...sections, ['DEFAULT', defaults]]), 'Python reads the same');
}
