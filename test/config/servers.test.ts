import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/config/problem.ts';
import { errorOf, only, problemsOf, specOf, withSupervisord } from './load-text.ts';

const serverOf = (...lines: readonly string[]) => only(specOf(withSupervisord(...lines)).servers);

describe('a control socket', () => {
  test('has the permissions of its section, or Supervisor’s', () => {
    expect(serverOf('[unix_http_server]', 'file=%(here)s/../app/s.sock')).toEqual({
      kind: 'unix',
      section: 'unix_http_server',
      path: '/srv/app/s.sock',
      mode: 0o700,
      owner: null,
      credentials: null,
      anonymousRole: 'admin',
    });
    const lines = ['file=~/s', 'chmod=0777', 'chown=nobody:nogroup', 'username=%(ENV_HOME)s', 'password={SHA}00'];
    expect(serverOf('[unix_http_server:two]', ...lines)).toEqual({
      kind: 'unix',
      section: 'unix_http_server:two',
      path: '/home/me/s',
      mode: 0o777,
      owner: { uid: 65534, gid: 65534 },
      credentials: { username: '/home/me', password: '{SHA}00' },
      anonymousRole: 'admin',
    });
  });

  test.each([
    [[], 'section [unix_http_server] has no file value'],
    [['file=x', 'chmod=9'], 'Invalid chmod value 9'],
    [['file=x', 'chown=nosuch:nosuch'], 'Invalid sockchown value nosuch:nosuch'],
    [
      ['file=x', 'username=u'],
      'Section [unix_http_server] contains incomplete authentication: If a username or a password is specified, ' +
        'both the username and password must be specified',
    ],
    [
      ['file=%(host_node_name)s'],
      "Format string '%(host_node_name)s' for 'unix_http_server.file' contains names ('host_node_name') " +
        'which cannot be expanded. Available names: ENV_HOME, here',
    ],
    [
      ['file=x', 'username=%(here)s'],
      "Format string '%(here)s' for 'unix_http_server.username' contains names ('here') " +
        'which cannot be expanded. Available names: ENV_HOME',
    ],
  ])('with %j is refused', (lines, message) => {
    expect(errorOf(withSupervisord('[unix_http_server]', ...lines))).toBe(message);
  });
});

describe('a TCP server', () => {
  test('listens where its section says', () => {
    expect(serverOf('[inet_http_server]', 'port=*:9001', 'username=u', 'password=')).toEqual({
      kind: 'inet',
      section: 'inet_http_server',
      host: '',
      port: 9001,
      credentials: { username: 'u', password: '' },
      anonymousRole: 'admin',
      allowUnauthenticated: false,
      tls: null,
    });
  });

  test.each([
    [[], 'section [inet_http_server] has no port value'],
    [['port=abc'], "not a valid port number: 'abc' "],
    [['port=h:99999'], '99999 is above upper bound (65535)'],
  ])('with %j is refused', (lines, message) => {
    expect(errorOf(withSupervisord('[inet_http_server]', ...lines))).toBe(message);
  });
});

describe('a TCP server that other machines can reach', () => {
  const open = (...lines: readonly string[]) => withSupervisord('[inet_http_server]', ...lines);

  test.each([
    '9001',
    '*:9001',
    ':9001',
    '0.0.0.0:9001',
    '10.0.0.1:9001',
    '[::]:9001',
    'some.host:9001',
    'localhost.evil.example:1',
  ])('is refused without a password: port=%s', (port) => {
    expect(errorOf(open(`port=${port}`))).toMatch(
      /^\[inet_http_server\] would let everybody who can reach .*:\d+ control this machine: set username and password, or listen on 127\.0\.0\.1, or set allow_unauthenticated=true$/,
    );
    expect(errorOf(open(`port=${port}`, 'username=', 'password='))).toMatch(/would let everybody/);
  });

  test.each([
    [['port=*:1', 'username=u', 'password=p']],
    [['port=*:1', 'allow_unauthenticated=true']],
    [['port=*:1', '[user:alice]', 'password=p']],
    [['port=*:1', 'tls_certificate=c', 'tls_key=c', 'tls_client_ca=c']],
    [['port=127.0.0.1:1']],
    [['port=127.1.2.3:1']],
    [['port=localhost:1']],
    [['port=LOCALHOST:1']],
    [['port=::1:1']],
  ])('is accepted with %j', (lines) => {
    expect(specOf(open(...lines), { files: { '/srv/app/c': 'PEM' } }).servers).toHaveLength(1);
  });
});

describe('a TCP server that speaks TLS', () => {
  const files = { '/srv/app/c.pem': 'PEM', '/srv/app/k.pem': 'PEM', '/srv/app/broken.pem': 'BROKEN' };
  const lines = (...more: readonly string[]) => withSupervisord('[inet_http_server]', 'port=127.0.0.1:1', ...more);

  test('knows its files by their whole paths', () => {
    const both = ['tls_certificate=%(here)s/c.pem', 'tls_key=k.pem'];
    expect(only(specOf(lines(...both), { files }).servers)).toMatchObject({
      tls: { certificate: '/srv/app/c.pem', key: '/srv/app/k.pem', clientCa: null },
    });
    expect(only(specOf(lines(...both, 'tls_client_ca=c.pem'), { files }).servers)).toMatchObject({
      tls: { clientCa: '/srv/app/c.pem' },
    });
  });

  test.each([
    [['tls_certificate=c.pem'], 'Section [inet_http_server] needs both tls_certificate and tls_key'],
    [['tls_key=k.pem'], 'Section [inet_http_server] needs both tls_certificate and tls_key'],
    [['tls_client_ca=c.pem'], 'Section [inet_http_server] needs both tls_certificate and tls_key'],
    [['tls_certificate=c.pem', 'tls_key=nope.pem'], 'nope.pem cannot be read'],
    [
      ['tls_certificate=broken.pem', 'tls_key=k.pem'],
      '[inet_http_server] cannot speak TLS: PEM routines:no start line',
    ],
  ])('with %j is refused', (more, message) => {
    expect(problemsOf(lines(...more), { files }).map((problem) => problem.message)).toContainEqual(
      expect.stringContaining(message),
    );
  });
});

describe('users', () => {
  test('have a password and a role, which is view unless it is said', () => {
    const text = withSupervisord('[user:alice]', 'password=a', '[user:bob]', 'password={SHA}00', 'role=Admin');
    expect(specOf(text).users).toEqual([
      { username: 'alice', password: 'a', role: 'view' },
      { username: 'bob', password: '{SHA}00', role: 'admin' },
    ]);
  });

  test.each([
    [['[user:a]'], 'section [user:a] has no password value'],
    [['[user:a]', 'password='], 'section [user:a] has an empty password'],
    [['[user:]', 'password=x'], 'section [user:] names no user'],
    [['[user:a:b]', 'password=x'], 'section [user:a:b] names no user'],
    [['[user:a]', 'password=x', 'role=root'], "bad role name 'root'"],
    [
      ['[user:a]', 'password=x', '[unix_http_server]', 'file=f', 'username=a', 'password=y'],
      'a of section [unix_http_server] is also a [user:a]: one name, one password',
    ],
  ])('of %j are refused', (lines, message) => {
    expect(errorOf(withSupervisord(...lines))).toBe(message);
  });
});

describe('a message about a mistake', () => {
  test.each([
    ['[user:a]', 'password=hunter2%', 'role=x'],
    ['[unix_http_server]', 'file=f', 'username=u', 'password=%(hunter2)s'],
    ['[unix_http_server]', 'file=f', 'password=hunter2'],
    ['[inet_http_server]', 'port=1', 'username=u', 'password=hunter2%d'],
    ['[program:x]', 'command=/bin/cat', 'environment=A="hunter2",B'],
  ])('keeps secrets to itself: %s', (...lines) => {
    const problems = problemsOf(withSupervisord(...lines));
    expect(problems.map(describeProblem).join('\n')).not.toContain('hunter2');
    const messages = problems.filter(({ key }) => key === 'password').map(({ message }) => message);
    expect(messages.join('\n')).not.toContain('hunter2');
  });
});

describe('servers', () => {
  test('are known by the start of their section’s name, those on TCP first', () => {
    const lines = [
      '[unix_http_server]',
      'file=a',
      '[inet_http_server]',
      'port=127.0.0.1:1',
      '[unix_http_server2]',
      'file=b',
    ];
    expect(specOf(withSupervisord(...lines)).servers.map(({ section }) => section)).toEqual([
      'inet_http_server',
      'unix_http_server',
      'unix_http_server2',
    ]);
  });
});

describe('namespaces of control methods', () => {
  test('are listed with their factories', () => {
    const lines = ['[rpcinterface:a]', 'supervisor.rpcinterface_factory=m.n:f', 'other=%(ENV_HOME)s'];
    expect(specOf(withSupervisord(...lines)).rpcInterfaces).toEqual([{ name: 'a', factory: 'm.n:f' }]);
  });

  test.each([
    ['x=1', 'section [rpcinterface:a] does not specify a supervisor.rpcinterface_factory'],
    ['supervisor.rpcinterface_factory=a b', 'a b cannot be resolved within [rpcinterface:a]'],
    [
      'supervisor.rpcinterface_factory=m:f\nx=%(here)s',
      "Format string '%(here)s' for 'rpcinterface:a.x' contains names ('here') which cannot be expanded. Available names: ENV_HOME",
    ],
  ])('with %j are refused', (lines, message) => {
    expect(errorOf(withSupervisord('[rpcinterface:a]', lines))).toBe(message);
  });
});
