/**
 * The original client on our daemon, and our client on the original daemon: every action, typed and as arguments, gives
 * what the original pair gives.
 */
import { describe } from 'vitest';
import { fixture, originalCommands, testedCommands } from '../../helpers/sandbox.ts';
import { waitFor } from '../../helpers/wait.ts';
import { rpcCall } from '../rpc-call.ts';
import { type Comparison, sideBySide } from '../side-by-side.ts';
import { ctl, ended, inAnyOrder, step, typed, until } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=1`;

const config = `[group:team]\nprograms=a,b\n[program:a]\n${forever}\n[program:b]\n${forever}
[program:talks]\ncommand=${fixture('echo-stdin')}\nstartsecs=1
[program:rests]\n${forever}\nautostart=false
[program:fails]\ncommand=/no/such/file\nstartretries=0`;

const started = [until('a', 'RUNNING'), until('b', 'RUNNING'), until('talks', 'RUNNING'), until('fails', 'FATAL')];

const everyAction = [
  ...started,
  // Before the first order: of those our log tells besides.
  ctl('maintail', '-40'),
  ctl('status'),
  ctl('status', 'a'),
  ctl('pid', 'all'),
  typed('help', 'help start', 'version', 'avail', 'pid nope', 'status team:*', 'start fails', 'start rests', 'nope'),
  typed('signal CONT team:a', 'stop team:a', 'stop team:a', 'clear talks', 'clear nope', 'tail talks', 'tail nope'),
  typed(
    'remove rests',
    'stop rests',
    'remove rests',
    'add rests',
    'add rests',
    'start rests',
    'reread',
    'update',
    'open x',
    'quit',
  ),
  inAnyOrder(ctl('restart', 'team:*')),
  inAnyOrder(ctl('stop', 'all')),
  inAnyOrder(ctl('start', 'all')),
  inAnyOrder(ctl('clear', 'all')),
  ctl('stop', 'rests'),
  ctl('tail', '-2', 'talks', 'stderr'),
  ctl('reload'),
  until('talks', 'RUNNING', 3),
  ctl('shutdown'),
  ended,
];

/** `tail -f` and `fg` go on until they are interrupted. */
const following = [
  ...started,
  step('tail -f talks', async ({ sandbox }) => {
    const follower = sandbox.startCtl('tail', '-f', 'talks');
    await waitFor('what was written before', () => follower.stdout.includes('ready'));
    await sandbox.ctl('restart', 'talks');
    await waitFor('what was written after a restart', () => follower.stdout.split('ready').length > 2);
    follower.signal('SIGINT');
    const { stdout, status } = await follower.ended();
    return { stdout, status };
  }),
  step('fg talks', async ({ sandbox }) => {
    const foreground = sandbox.startCtl('fg', 'talks');
    await waitFor('what was written before', () => foreground.stdout.includes('ready'));
    foreground.write('hello\n');
    await waitFor('the answer', () => foreground.stdout.includes('got hello'));
    foreground.signal('SIGINT');
    await waitFor('its farewell', () => foreground.stdout.includes('Exiting foreground'));
    // The original ends only when the program says something more.
    await waitFor('its end', async () => {
      await rpcCall(sandbox.path('supervisor.sock'), 'supervisor.sendProcessStdin', ['talks', 'more\n']);
      return foreground.result;
    });
    const { stdout, status } = await foreground.ended();
    return { stdout: stdout.replace(/(?<=Exiting foreground\n)[\s\S]*/, ''), status };
  }),
];

const pairs: Readonly<Record<string, NonNullable<Comparison['commands']>>> = {
  'the original client on our daemon': {
    original: originalCommands,
    ours: { supervisord: testedCommands.supervisord, supervisorctl: originalCommands.supervisorctl },
  },
  'our client on the original daemon': {
    original: originalCommands,
    ours: { supervisord: originalCommands.supervisord, supervisorctl: testedCommands.supervisorctl },
  },
};

describe.each(Object.entries(pairs))('%s', (_pair, commands) => {
  sideBySide('takes every action', { config, commands, steps: everyAction });
  sideBySide('follows output', { config, commands, steps: following });
  sideBySide('reaches it over TCP with a password', {
    commands,
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\nusername=user\npassword=word
[supervisorctl]\nserverurl=http://127.0.0.1:${port}\n${config}`,
    steps: [
      ...started,
      ctl('-u', 'user', '-p', 'word', 'status'),
      ctl('-u', 'user', '-p', 'wrong', 'status'),
      ctl('status'),
    ],
  });
});
