import { expect, it } from 'vitest';
import type { Credentials } from '../../../src/model/program-spec.ts';
import { createAccess } from '../../../src/server/access.ts';
import { authorize } from '../../../src/server/http/authorization.ts';
import { createLoginGate, defaultLoginLimits } from '../../../src/server/login-gate.ts';
import { inetServer } from '../serve.ts';
import { serveHttp } from './serve-http.ts';

const plain = { username: 'user', password: 'pass:word' };
const hashed = { username: 'user', password: '{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d' };
const peer = { name: '10.0.0.7:50123', source: '10.0.0.7', transport: 'tcp', certificate: null } as const;
const kindOf = (credentials: Credentials | null, header: string | undefined): string => {
  const gate = createLoginGate({ warn: () => {} }, defaultLoginLimits, () => 0);
  return authorize(
    createAccess(inetServer({ credentials }), () => [], gate),
    header,
    peer,
  ).kind;
};
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

it.each([
  ['no credentials are configured', null, undefined],
  ['the username is empty', { username: '', password: '' }, undefined],
  ['the password is right', plain, basic('user:pass:word')],
  ['the scheme is in small letters', plain, basic('user:pass:word').replace('Basic', 'basic')],
  ['its SHA-1 is stored', hashed, basic('user:thepassword')],
  ['it is not ASCII', { username: 'ü', password: 'é' }, basic('ü:é')],
])('lets a request pass when %s', (_what, credentials, header) => {
  expect(kindOf(credentials, header)).toBe('accepted');
});

it.each([
  ['without a header', plain, undefined, 'missing'],
  ['with an empty one', plain, '', 'missing'],
  ['with a wrong password', plain, basic('user:pass'), 'wrong'],
  ['with a wrong user', plain, basic('root:pass:word'), 'wrong'],
  ['with no colon', plain, basic('user'), 'missing'],
  ['with another scheme', plain, basic('user:pass:word').replace('Basic', 'Digest'), 'missing'],
  ['with no base64', plain, 'Basic ???', 'missing'],
  ['with the hash for a password', hashed, basic('user:82ab876d1387bfafe46cc1c8a2ef074eae50cb1d'), 'wrong'],
])('refuses a request %s', (_what, credentials, header, kind) => {
  expect(kindOf(credentials, header)).toBe(kind);
});

it.each(['/', '/ok.html', '/nothing', '/logtail/x', '/mainlogtail', '/RPC2'])(
  'protects every address of the server: %s',
  async (path) => {
    await using http = await serveHttp({ credentials: plain });
    const answer = await http.ask([`GET ${path} HTTP/1.1`, 'Host: x']);
    expect(answer.head.map((line) => line.replace(/^Date: .* GMT$/, 'Date: now'))).toEqual([
      'HTTP/1.1 401 Unauthorized',
      'Server: Medusa/1.12',
      'Date: now',
      'Connection: close',
      'WWW-Authenticate: Basic realm="default"',
      'Content-Length: 137',
      'Content-Type: text/html',
    ]);
    expect(answer.body).toContain('<p>Message: Unauthorized.');
  },
);

it('answers a large body without a password with 401, not with a broken connection', async () => {
  await using http = await serveHttp({ credentials: plain });
  const answer = await http.ask(['POST /RPC2 HTTP/1.1', 'Host: x'], 'x'.repeat(3_000_000));
  expect(answer.status).toBe(401);
  expect(http.lines).toEqual([]);
});

it('serves who has the password', async () => {
  await using http = await serveHttp({ credentials: plain });
  const answer = await http.call('supervisor.getPID', '', [`Authorization: ${basic('user:pass:word')}`]);
  expect(answer.body).toContain('<value><int>4242</int></value>');
});
