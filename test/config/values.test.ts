import { describe, expect, test } from 'vitest';
import {
  autorestart,
  boolean,
  byteSize,
  existingDirectory,
  exitCodes,
  filePath,
  inetAddress,
  integer,
  list,
  logFormat,
  logfile,
  logLevel,
  name,
  objectReference,
  octal,
  owner,
  privateDirectory,
  signal,
  url,
  user,
  type ValueType,
} from '../../src/config/values.ts';
import { fakeHost } from './fake-host.ts';

const host = fakeHost();

/** Texts with what they mean, and texts with Supervisor's reason against them. */
function describeType<T>(
  type: ValueType<T>,
  accepted: readonly [string, T][],
  refused: readonly [string, string][],
): void {
  describe(type.name, () => {
    test.each(accepted)('%j is %j', (text, value) => {
      expect(type.parse(text, host)).toEqual({ kind: 'parsed', value });
    });
    test.each(refused)('%j is refused: %s', (text, reason) => {
      expect(type.parse(text, host)).toEqual({ kind: 'refused', reason });
    });
  });
}

const notInteger = (text: string): [string, string] => [text, `invalid literal for int() with base 10: '${text}'`];

describeType(
  integer,
  [
    ['0', 0],
    ['12', 12],
    ['+3', 3],
    ['-1', -1],
    ['-0', 0],
    ['007', 7],
    [' 12 ', 12],
    ['1_000', 1000],
  ],
  ['abc', '', '1.5', '0x10', '1__0', '_1', '1_', '- 1', '1 2']
    .map(notInteger)
    .concat([['\x1c1', "invalid literal for int() with base 10: '\\x1c1'"]]),
);

describeType(
  boolean,
  [
    ['yes', true],
    ['True', true],
    ['ON', true],
    ['1', true],
    ['no', false],
    ['FALSE', false],
    ['off', false],
    ['0', false],
  ],
  [
    ['Maybe', "not a valid boolean value: 'Maybe'"],
    ['', "not a valid boolean value: ''"],
    ["it's", `not a valid boolean value: "it's"`],
  ],
);

describeType(
  autorestart,
  [
    ['true', 'always'],
    ['1', 'always'],
    ['Off', 'never'],
    ['Unexpected', 'unexpected'],
  ],
  [['Maybe', "invalid 'autorestart' value 'maybe'"]],
);

describeType(
  byteSize,
  [
    ['0', 0],
    ['5KB', 5120],
    ['5 kb', 5120],
    ['50MB', 52428800],
    ['1gb', 1073741824],
    ['-1KB', -1024],
  ],
  [
    ['5xb', "invalid literal for int() with base 10: '5xb'"],
    ['5K', "invalid literal for int() with base 10: '5k'"],
    ['1.5MB', "invalid literal for int() with base 10: '1.5'"],
    ['5B', "invalid literal for int() with base 10: '5b'"],
    ['1TB', "invalid literal for int() with base 10: '1tb'"],
    ['MB', "invalid literal for int() with base 10: ''"],
    ['', "invalid literal for int() with base 10: ''"],
  ],
);

describeType(
  signal,
  [
    ['TERM', { name: 'SIGTERM', number: 15 }],
    ['sigterm', { name: 'SIGTERM', number: 15 }],
    [' hup ', { name: 'SIGHUP', number: 1 }],
    ['9', { name: 'SIGKILL', number: 9 }],
    ['CLD', { name: 'SIGCHLD', number: 17 }],
    ['RTMIN', { name: 'SIGRTMIN', number: 34 }],
    ['64', { name: 'SIGRTMAX', number: 64 }],
  ],
  [
    ['FOO', "value 'FOO' is not a valid signal name"],
    ['', "value '' is not a valid signal name"],
    ['99', "value '99' is not a valid signal number"],
    ['35', "value '35' is not a valid signal number"],
    ['-1', "value '-1' is not a valid signal number"],
    // Supervisor takes these, and could not stop a program with them.
    ['0', "value '0' is not a valid signal number"],
    ['SIG_IGN', "value 'SIG_IGN' is not a valid signal name"],
  ],
);

describeType(
  exitCodes,
  [
    ['0', [0]],
    ['0,2', [0, 2]],
    ['0, 2 ,255', [0, 2, 255]],
    ['', []],
  ],
  ['0,256', '-1', 'a', '0,', ','].map((text) => [text, `not a valid list of exit codes: '${text}'`]),
);

describeType(
  octal,
  [
    ['022', 0o22],
    ['0o22', 0o22],
    ['0O17', 0o17],
    ['0700', 0o700],
    ['0_7', 7],
    ['-7', -7],
  ],
  ['9', '', '0b1', '0x7', '08'].map((text) => [text, `${text} can not be converted to an octal type`]),
);

describeType(
  user,
  [
    ['root', { name: 'root', uid: 0, gid: 0 }],
    ['65534', { name: 'nobody', uid: 65534, gid: 65533 }],
  ],
  [
    ['nosuch', 'Invalid user name nosuch'],
    ['', 'Invalid user name '],
    ['98765', 'Invalid user id 98765'],
    ['-1', 'Invalid user id -1'],
  ],
);

describeType(
  owner,
  [
    ['nobody', { uid: 65534, gid: null }],
    ['nobody:nogroup', { uid: 65534, gid: 65534 }],
    ['0:0', { uid: 0, gid: 0 }],
  ],
  ['nosuch', 'root:nosuch', ':root', 'root:', 'root:root:root'].map((text) => [
    text,
    `Invalid user:group definition ${text}`,
  ]),
);

describeType(
  existingDirectory,
  [
    ['/tmp', '/tmp'],
    ['~', '/home/me'],
    ['~/', '/home/me/'],
  ],
  [
    ['/nope', '/nope is not an existing directory'],
    ['~nosuch', '~nosuch is not an existing directory'],
    ['', ' is not an existing directory'],
  ],
);

describeType(
  filePath,
  [
    ['/tmp/x.log', '/tmp/x.log'],
    ['x.log', 'x.log'],
    ['~/x.log', '/home/me/x.log'],
    ['', ''],
    ['/x', '/x'],
  ],
  [
    ['/nope/x.log', 'The directory named as part of the path /nope/x.log does not exist'],
    ['a/x.log', 'The directory named as part of the path a/x.log does not exist'],
  ],
);

describeType(
  privateDirectory,
  [
    ['/run/mine', '/run/mine'],
    ['~/run', '/home/me/run'],
    ['/nope/run', '/nope/run'],
  ],
  [['', 'is empty']],
);

describeType(
  logfile,
  [
    ['AUTO', { kind: 'auto' }],
    ['auto', { kind: 'auto' }],
    ['NONE', { kind: 'none' }],
    ['off', { kind: 'none' }],
    ['Syslog', { kind: 'syslog' }],
    ['', { kind: 'file', path: '' }],
    ['/tmp/x', { kind: 'file', path: '/tmp/x' }],
  ],
  [['/nope/x', 'The directory named as part of the path /nope/x does not exist']],
);

describeType(
  logLevel,
  [
    ['info', 'info'],
    ['DEBUG', 'debug'],
    ['blather', 'blather'],
  ],
  [
    ['Loud', "bad logging level name 'Loud'"],
    ['warning', "bad logging level name 'warning'"],
  ],
);

describeType(
  logFormat,
  [
    ['classic', 'classic'],
    ['JSON', 'json'],
  ],
  [['xml', "bad log format name 'xml'"]],
);

describeType(
  list,
  [
    ['', []],
    ['a', ['a']],
    [' a , b', ['a', 'b']],
    ['a,,', ['a', '', '']],
  ],
  [],
);

describeType(
  name,
  [
    ['web', 'web'],
    [' y ', 'y'],
    ['', ''],
    ['a.b-%(x)s', 'a.b-%(x)s'],
  ],
  [
    ['x y', "Invalid name: 'x y' because of character: ' '"],
    ['x:y', "Invalid name: 'x:y' because of character: ':'"],
    ['a/b', "Invalid name: 'a/b' because of character: '/'"],
    [' a/b c', "Invalid name: ' a/b c' because of character: ' '"],
  ],
);

describeType(
  inetAddress,
  [
    ['9001', { host: '', port: 9001 }],
    ['*:9001', { host: '', port: 9001 }],
    [':9001', { host: '', port: 9001 }],
    ['Host:80', { host: 'host', port: 80 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ],
  [
    ['abc', "not a valid port number: 'abc' "],
    ['0', "not a valid port number: '0' "],
    ['', "not a valid port number: '' "],
    ['h:abc', "invalid literal for int() with base 10: 'abc'"],
    ['h:', "no port number specified in ''"],
    ['h:99999', '99999 is above upper bound (65535)'],
    ['h:99999999999999999999', '99999999999999999999 is above upper bound (65535)'],
    ['h:0', '0 is below lower bound (1)'],
  ],
);

describeType(
  url,
  ['http://localhost:9001', 'unix:///tmp/x.sock', 'unix://x', 'http:x', 'http:///', 'a:/'].map((text) => [text, text]),
  ['foo', '', 'http:', 'http://', 'http://?x', '1a:b', ':a', 'a b://c'].map((text) => [
    text,
    `value '${text}' is not a URL`,
  ]),
);

describeType(
  objectReference,
  ['supervisor.rpcinterface:make_main_rpcinterface', 'a', 'a.b : c.d'].map((text) => [text, text]),
  ['', 'a:', 'a b', 'a:b\nc=d'].map((text) => [text, `${text} cannot be resolved`]),
);

test('a long reference that is none is refused at once', () => {
  const text = `a${' '.repeat(65_536)}'`;
  expect(objectReference.parse(text, host)).toEqual({ kind: 'refused', reason: `${text} cannot be resolved` });
});
