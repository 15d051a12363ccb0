/** curl, over the unix socket and over TCP: status, headers that matter, and bodies. */
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { type Side, sideBySide } from '../side-by-side.ts';
import { command, until, untilFile } from '../steps.ts';

const call = (method: string) => `<methodCall><methodName>${method}</methodName></methodCall>`;
const shown = '\\n%{http_code} %{content_type} %header{www-authenticate}\\n';

/** curl without its own progress; how to reach the server comes from the side. */
const curl = (reach: (side: Side) => readonly string[], path: string, ...args: readonly string[]) =>
  command(['curl', path, ...args].join(' '), (side) => {
    const [where = '', ...how] = reach(side);
    return ['/usr/bin/curl', '-s', '-S', '-m', '20', '-w', shown, ...how, ...args, `${where}${path}`];
  });

const unix = ({ sandbox }: Side): readonly string[] => [
  'http://localhost',
  '--unix-socket',
  sandbox.path('supervisor.sock'),
];
const tcp = ({ port }: Side): readonly string[] => [`http://127.0.0.1:${port}`];

/** What a page answers and where it sends the browser; how it looks is its own. */
const order = (path: string) =>
  command(`curl ${path}`, ({ sandbox }) => [
    '/usr/bin/curl',
    ...['-s', '-S', '-m', '20', '-o', '/dev/null', '-w', '%{http_code} %header{location}\\n'],
    ...['--unix-socket', sandbox.path('supervisor.sock'), `http://localhost${path}`],
  ]);

describe('curl', () => {
  for (const [name, reach] of Object.entries({ 'the unix socket': unix, TCP: tcp })) {
    sideBySide(`calls methods and fails as it should over ${name}`, {
      needs: ['curl'],
      config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\n[program:a]\ncommand=${fixture('echo-stdin')}
startsecs=0\nstdout_logfile=%(here)s/a.out`,
      steps: [
        until('a', 'RUNNING'),
        untilFile('a.out', 'ready'),
        curl(reach, '/RPC2', '-H', 'Content-Type: text/xml', '--data-binary', call('supervisor.getState')),
        curl(reach, '/RPC2', '--data-binary', call('supervisor.nothing')),
        curl(reach, '/RPC2', '-0', '--data-binary', call('supervisor.getIdentification')),
        curl(reach, '/RPC2/more', '--data-binary', call('supervisor.getAPIVersion')),
        curl(reach, '/RPC2'),
        curl(reach, '/RPC2', '--data-binary', 'nonsense'),
        curl(reach, '/nothing'),
        curl(reach, '/logtail/nothing'),
        curl(reach, '/logtail/a/nothing'),
      ],
    });
  }

  sideBySide('follows logs', {
    needs: ['curl'],
    config: `[program:a]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/a.out
stderr_logfile=%(here)s/a.err\n[program:b]\ncommand=${fixture('forever')}\nautostart=false\nstdout_logfile=NONE`,
    steps: [
      until('a', 'RUNNING'),
      untilFile('a.out', 'ready'),
      curl(unix, '/logtail/a', '-N', '-m', '2'),
      curl(unix, '/logtail/a/stdout', '-N', '-m', '2'),
      curl(unix, '/logtail/a/stderr', '-N', '-m', '2'),
      curl(unix, '/logtail/b', '-N', '-m', '2'),
      curl(unix, '/logtail/a', '-I'),
      curl(unix, '/mainlogtail', '-I'),
    ],
  });

  sideBySide('gives the orders of the web page', {
    needs: ['curl'],
    config: `[program:a]\ncommand=${fixture('forever')}\nstartsecs=1\nstdout_logfile=%(here)s/a.out`,
    steps: [
      until('a', 'RUNNING'),
      ...['stop', 'stop', 'start', 'restart', 'clearlog', 'nothing'].map((action) =>
        order(`/index.html?processname=a&action=${action}`),
      ),
      order('/index.html?action=stopall'),
      order('/index.html?action=restartall'),
      order('/index.html?action=refresh'),
      order('/index.html?processname=nothing&action=stop'),
      order('/nothing.html'),
    ],
  });

  sideBySide('logs in with the password', {
    needs: ['curl'],
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\nusername=user\npassword=word
[program:a]\ncommand=${fixture('forever')}\nstartsecs=0`,
    steps: [
      until('a', 'RUNNING'),
      curl(tcp, '/RPC2', '--data-binary', call('supervisor.getState')),
      curl(tcp, '/RPC2', '-u', 'user:wrong', '--data-binary', call('supervisor.getState')),
      curl(tcp, '/RPC2', '-u', 'user:word', '--data-binary', call('supervisor.getState')),
      curl(tcp, '/nothing', '-u', 'user:word'),
      curl(tcp, '/nothing'),
    ],
  });
});
