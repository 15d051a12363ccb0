import { describe, expect, it } from 'vitest';
import { hintsFor } from '../../../src/cli/control/hint.ts';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { ConnectionProblem, type ConnectionProblemKind } from '../../../src/client/control-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import { fakeSession } from './fake-session.ts';

const url = 'unix:///run/s.sock';
const codes = {
  refused: 'ECONNREFUSED',
  'no-such-file': 'ENOENT',
  'no-permission': 'EACCES',
  unauthorized: null,
  untrusted: null,
  broken: null,
} as const;
const problem = (kind: ConnectionProblemKind, code: string | null = codes[kind]) =>
  new ConnectionProblem(kind, 'what happened', code);

const raw = (className: string, text: string) => `error: <class '${className}'>, ${text}: file: supervisorctl line: 1`;
const rawLines = {
  refused: raw('ConnectionRefusedError', '[Errno 111] Connection refused'),
  'no-such-file': raw('FileNotFoundError', '[Errno 2] No such file or directory'),
  'no-permission': raw('PermissionError', '[Errno 13] Permission denied'),
  unauthorized: `Server requires authentication\n${raw('xmlrpc.client.ProtocolError', '<ProtocolError for 127.0.0.1/RPC2: 401 Unauthorized>')}`,
  untrusted: raw('ssl.SSLError', 'what happened'),
  broken: raw('http.client.RemoteDisconnected', 'Remote end closed connection without response'),
} as const;

const kinds = Object.keys(codes) as readonly ConnectionProblemKind[];
const checking = [
  'tail x',
  'maintail',
  'start x',
  'stop x',
  'restart x',
  'signal HUP x',
  'clear x',
  'fg x',
  'pid',
  'version',
];
const notChecking = ['avail', 'reread', 'update', 'add x', 'remove x', 'reload'];

/** What an action prints and ends with when it asks first whether there is a server. */
const checked = {
  ...rawLines,
  refused: `${url} refused connection`,
  'no-such-file': `${url} no such file`,
} as const;
const checkedStatus = {
  refused: 4,
  'no-such-file': 7,
  'no-permission': 1,
  unauthorized: 1,
  untrusted: 1,
  broken: 1,
} as const;

const run = async (line: string, refusal: Error) => {
  const session = fakeSession({ unreachable: () => refusal });
  await runLine(session.context, line);
  return { stdout: session.stdout(), status: session.context.exitStatus, stderr: session.stderr() };
};

describe('a server that cannot be reached', () => {
  const rows = kinds.flatMap((kind) => [
    ...checking.map((line) => ({ kind, line, expected: checked[kind], status: checkedStatus[kind] })),
    { kind, line: 'status', expected: checked[kind], status: kind === 'refused' || kind === 'no-such-file' ? 4 : 1 },
    ...notChecking.map((line) => ({ kind, line, expected: rawLines[kind], status: 1 })),
  ]);

  it.each(rows)('($kind) makes "$line" print one line for scripts, and end with $status', async (row) => {
    const { stdout, status, stderr } = await run(row.line, problem(row.kind));
    expect(stdout).toBe(`${row.expected}\n`);
    expect(status).toBe(row.status);
    expect(stderr.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/^hint: /),
      `hint: the address ${url} is that of [supervisorctl]; ` +
        'the configuration file read was /etc/supervisord.conf (-c names another)',
    ]);
  });

  it.each([
    ['refused', `ERROR: ${url} refused connection (already shut down?)`],
    ['no-such-file', `ERROR: ${url} no such file (already shut down?)`],
    ['no-permission', rawLines['no-permission']],
  ] as const)('(%s) makes "shutdown" wonder', async (kind, expected) => {
    const { stdout, status } = await run('shutdown', problem(kind));
    expect(stdout).toBe(`${expected}\n`);
    expect(status).toBe(1);
  });

  it.each([
    ['ECONNRESET', 'ConnectionResetError', '[Errno 104] Connection reset by peer'],
    ['EPIPE', 'BrokenPipeError', '[Errno 32] Broken pipe'],
    ['ENOTFOUND', 'socket.gaierror', '[Errno -2] Name or service not known'],
    ['ETIMEDOUT', 'TimeoutError', '[Errno 110] Connection timed out'],
  ])('(%s) is named as Python names it', async (code, className, text) => {
    expect((await run('status', problem('broken', code))).stdout).toBe(`${raw(className, text)}\n`);
  });

  it('may also be one without our methods, or with others', async () => {
    const { stdout, status } = await run('version', Fault.of('UNKNOWN_METHOD'));
    expect(stdout).toBe(
      'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses ' +
        'to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration ' +
        'file (see sample.conf).\n',
    );
    expect(status).toBe(3);
    const session = fakeSession({ answers: { getVersion: '2.0' } });
    await runLine(session.context, 'pid');
    expect(session.stdout()).toBe(
      'Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, ' +
        'but the remote version is 2.0.\n',
    );
    expect(session.context.exitStatus).toBe(5);
  });

  it('that is stopping answers with a fault everywhere, and the hint says so', async () => {
    const { stdout, status, stderr } = await run('start x', Fault.of('SHUTDOWN_STATE'));
    expect(stdout).toBe(`${raw('xmlrpc.client.Fault', "<Fault 6: 'SHUTDOWN_STATE'>")}\n`);
    expect(status).toBe(1);
    expect(stderr).toBe('hint: supervisord is stopping or restarting; try again in a moment\n');
  });
});

describe('a hint', () => {
  const origin = (kind: 'option' | 'configuration' | 'default' | 'typed', configFile: string | null = null) =>
    hintsFor(problem('no-such-file'), url, { kind, configFile })[1];

  it('says what to check', () => {
    const first = (kind: ConnectionProblemKind, code?: string | null) =>
      hintsFor(problem(kind, code), url, { kind: 'option', configFile: null })[0];
    expect(kinds.map((kind) => first(kind, codes[kind]))).toEqual([
      `nobody listens at ${url}: supervisord is not running, or it uses another address`,
      'there is no socket /run/s.sock: supervisord is not running, or it uses another socket',
      'this user may not open /run/s.sock: see chmod and chown in [unix_http_server], or become a user who may',
      'username and password are missing or wrong: give them in [supervisorctl], or with -u and -p',
      `no trust between here and ${url}: tls_ca in [supervisorctl] names the authorities to believe`,
      `the connection to ${url} failed: what happened`,
    ]);
    expect(first('refused', null)).toBe('what happened');
  });

  it('says where the address comes from', () => {
    expect(origin('option')).toBe(`the address ${url} was given with -s; no configuration file was found`);
    expect(origin('option', 'a.conf')).toBe(
      `the address ${url} was given with -s; the configuration file read was a.conf`,
    );
    expect(origin('typed', 'a.conf')).toBe(
      `the address ${url} was given to "open"; the configuration file read was a.conf`,
    );
    expect(origin('configuration', 'a.conf')).toBe(
      `the address ${url} is that of [supervisorctl]; the configuration file read was a.conf (-c names another)`,
    );
    expect(origin('default')).toBe(
      `the address ${url} is the default; no configuration file was found (-c names one, -s gives an address)`,
    );
  });

  it('is not given for what explains itself', () => {
    expect(hintsFor(Fault.of('BAD_NAME'), url, { kind: 'default', configFile: null })).toEqual([]);
    expect(hintsFor(new Error('a bug'), url, { kind: 'default', configFile: null })).toEqual([]);
  });

  it('is the stack for a mistake of our own, whose line scripts see as any other', async () => {
    const { stdout, stderr, status } = await run('pid', new TypeError('undefined is not a function'));
    expect(stdout).toBe(`${raw('RuntimeError', 'undefined is not a function')}\n`);
    expect(stderr).toMatch(/^TypeError: undefined is not a function\n\s+at /);
    expect(status).toBe(1);
  });
});
