import { describe, expect, test } from 'vitest';
import { errorOf, only, specOf, withSupervisord } from './load-text.ts';

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
    });
    const lines = ['file=~/s', 'chmod=0777', 'chown=nobody:nogroup', 'username=%(ENV_HOME)s', 'password={SHA}00'];
    expect(serverOf('[unix_http_server:two]', ...lines)).toEqual({
      kind: 'unix',
      section: 'unix_http_server:two',
      path: '/home/me/s',
      mode: 0o777,
      owner: { uid: 65534, gid: 65534 },
      credentials: { username: '/home/me', password: '{SHA}00' },
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
    expect(serverOf('[inet_http_server]', 'port=*:9001', 'username=', 'password=')).toEqual({
      kind: 'inet',
      section: 'inet_http_server',
      host: '',
      port: 9001,
      credentials: { username: '', password: '' },
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

describe('servers', () => {
  test('are known by the start of their section’s name, those on TCP first', () => {
    const lines = ['[unix_http_server]', 'file=a', '[inet_http_server]', 'port=1', '[unix_http_server2]', 'file=b'];
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
