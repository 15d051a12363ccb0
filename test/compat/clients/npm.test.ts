/** The clients `supervisord` and `xmlrpc` of the npm registry: what they make of the answers of both daemons. */
import { connect } from 'supervisord';
import { describe } from 'vitest';
import xmlrpc from 'xmlrpc';
import { fixture } from '../../helpers/sandbox.ts';
import { type Side, type Step, sideBySide } from '../side-by-side.ts';
import { step, until, untilFile } from '../steps.ts';

const programs = `[group:team]\nprograms=a,b\n[program:a]\ncommand=${fixture('echo-stdin')}\nstartsecs=0
stdout_logfile=%(here)s/a.out\n[program:b]\ncommand=${fixture('forever')}\nstartsecs=1\nautostart=false`;

const moments = new Set(['pid', 'start', 'stop', 'now']);

/** As text, so that it can be masked and compared. */
const shown = (error: unknown, value: unknown): string => {
  const text = error instanceof Error ? { ...error, message: error.message } : error;
  return JSON.stringify({ error: text, value }, (key, item) => (moments.has(key) && item !== 0 ? 'N' : item));
};

type Caller = (side: Side, method: string, params: readonly unknown[]) => Promise<string>;

/** `supervisord`, which has a function for each method, on an address. */
const bySupervisord =
  (address: (side: Side) => string): Caller =>
  (side, method, params) =>
    new Promise((resolve) => {
      const client = connect(address(side));
      const name = method.slice(method.indexOf('.') + 1);
      client[name]?.(...params, (error: unknown, value: unknown) => resolve(shown(error, value)));
    });

/** `xmlrpc`, with a password where the side's server wants one. */
const byXmlrpc =
  (address: (side: Side) => Parameters<typeof xmlrpc.createClient>[0]): Caller =>
  (side, method, params) =>
    new Promise((resolve) => {
      xmlrpc.createClient(address(side)).methodCall(method, params, (error, value) => resolve(shown(error, value)));
    });

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ['supervisor.getState'],
  ['supervisor.getSupervisorVersion'],
  ['supervisor.getAllProcessInfo'],
  ['supervisor.getProcessInfo', 'team:a'],
  ['supervisor.getProcessInfo', 'nothing'],
  ['supervisor.startProcess', 'team:b'],
  ['supervisor.startProcess', 'team:b'],
  ['supervisor.stopProcess', 'team:b'],
  ['supervisor.readProcessStdoutLog', 'team:a', 0, 5],
  ['supervisor.tailProcessStdoutLog', 'team:a', 0, 5],
  ['supervisor.sendProcessStdin', 'team:a', 'grüße\n'],
  ['supervisor.signalProcess', 'team:b', 'HUP'],
  ['supervisor.clearProcessLogs', 'team:a'],
  ['system.listMethods'],
  ['system.multicall', [{ methodName: 'supervisor.getState', params: [] }]],
];

const made = (by: Caller): readonly Step[] =>
  calls.map(([method, ...params]) => step(`${method} ${params.join(' ')}`, (side) => by(side, method, params)));

const settled = [until('a', 'RUNNING'), untilFile('a.out', 'ready')];

describe('clients from npm', () => {
  sideBySide('supervisord over TCP', {
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\n${programs}`,
    steps: [...settled, ...made(bySupervisord(({ port }) => `http://127.0.0.1:${port}`))],
  });

  sideBySide('supervisord over the unix socket', {
    config: programs,
    steps: [...settled, ...made(bySupervisord(({ sandbox }) => `unix://${sandbox.path('supervisor.sock')}`))],
  });

  sideBySide('xmlrpc over TCP with a password', {
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\nusername=user\npassword=word\n${programs}`,
    steps: [
      ...settled,
      ...made(
        byXmlrpc(({ port }) => ({
          host: '127.0.0.1',
          port,
          path: '/RPC2',
          basic_auth: { user: 'user', pass: 'word' },
        })),
      ),
      step('without the password', (side) =>
        byXmlrpc(({ port }) => ({ host: '127.0.0.1', port, path: '/RPC2' }))(side, 'supervisor.getState', []),
      ),
    ],
  });

  sideBySide('xmlrpc over the unix socket', {
    config: programs,
    steps: [
      ...settled,
      ...made(byXmlrpc(({ sandbox }) => ({ socketPath: sandbox.path('supervisor.sock'), path: '/RPC2' }))),
    ],
  });
});
