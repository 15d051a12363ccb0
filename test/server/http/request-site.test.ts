import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../../src/model/program-spec.ts';
import { foreignHost, isSilentBrowser, mayBeForeignForm, otherSite } from '../../../src/server/http/request-site.ts';
import { inetServer, unixServer } from '../serve.ts';

describe('a request from a page of another site', () => {
  const host = 'sup.example.com:9001';

  it.each<[string, IncomingHttpHeaders]>([
    ['of a client that is no browser', { host }],
    ['of a client without Host', {}],
    ['that the browser calls same-origin', { host, 'sec-fetch-site': 'same-origin', origin: 'http://proxy' }],
    ['that the user typed', { host, 'sec-fetch-site': 'none' }],
    ['of our own page', { host, origin: 'http://sup.example.com:9001' }],
    ['of our own page, by its Referer', { host, referer: 'http://sup.example.com:9001/index.html?a=b' }],
    ['by a proxy that leaves the port out', { host: 'sup.example.com', origin: 'https://sup.example.com:8443' }],
    ['by a proxy that names itself', { host: '127.0.0.1:9001', 'x-forwarded-host': 'web', origin: 'https://web' }],
    ['with Host in capitals', { host: 'SUP.example.com:9001', origin: 'http://sup.example.com:9001' }],
  ])('is not one %s', (_what, headers) => {
    expect(otherSite(headers)).toBeNull();
  });

  it.each<[string, IncomingHttpHeaders]>([
    ['Sec-Fetch-Site: cross-site', { host, 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { host, 'sec-fetch-site': 'same-site', origin: 'http://sup.example.com:9001' }],
    ['Origin: http://evil.example', { host, origin: 'http://evil.example' }],
    ['Origin: null', { host, origin: 'null' }],
    ['Origin: http://sup.example.com:3000', { host, origin: 'http://sup.example.com:3000' }],
    ['Origin: http://evil', { host, origin: 'http://evil', referer: 'http://sup.example.com:9001/' }],
    ['Referer: http://evil.example/x', { host, referer: 'http://evil.example/x' }],
    ['Referer: nonsense', { host, referer: 'nonsense' }],
    ['Origin: http://a', { origin: 'http://a' }],
  ])('is recognised by %s', (why, headers) => {
    expect(otherSite(headers)).toBe(why);
  });
});

describe('a name in Host', () => {
  const open = inetServer({ host: 'sup.example.com' });
  const browser = { 'accept-language': 'en' };
  const judge = (headers: IncomingHttpHeaders, server: ServerSpec = open) =>
    foreignHost(headers, server, () => 'Web1.corp');

  it.each([
    'localhost:9001',
    'app.localhost',
    '127.0.0.1:9001',
    '[::1]:9001',
    '10.1.2.3',
    'sup.example.com:9001',
    'SUP.example.com.:9001',
    'web1.corp',
    'supervisor',
    'nas.local',
    'box.home.arpa',
  ])('is ours for browsers: %s', (host) => {
    expect(judge({ host, ...browser })).toBeNull();
  });

  it.each(['evil.example:9001', 'localhost.evil.example', '127.0.0.1.evil.example', 'sup.example.com.evil.example'])(
    'is foreign: %s',
    (host) => {
      expect(judge({ host, ...browser })).toBe(`Host: ${host}`);
      expect(judge({ host, 'user-agent': 'Mozilla/5.0 (X11)' })).toBe(`Host: ${host}`);
      expect(judge({ host, origin: `http://${host}` })).toBe(`Host: ${host}`);
    },
  );

  it('does not matter to clients that are no browsers, and on unix sockets', () => {
    const host = 'evil.example';
    expect(judge({ host, 'user-agent': 'Python-xmlrpc/3.11' })).toBeNull();
    expect(judge({ host, ...browser }, unixServer('/s'))).toBeNull();
  });
});

describe('a browser that says nothing about where a request comes from', () => {
  const browser = { host: 'sup:9001', 'user-agent': 'Mozilla/5.0 (X11)', 'accept-language': 'en' };

  it('is one that sends none of the three headers', () => {
    expect(isSilentBrowser(browser)).toBe(true);
    for (const header of ['sec-fetch-site', 'origin', 'referer']) {
      expect(isSilentBrowser({ ...browser, [header]: 'http://sup:9001' })).toBe(false);
    }
    expect(isSilentBrowser({ host: 'sup:9001', 'user-agent': 'curl/8.5.0', accept: '*/*' })).toBe(false);
    // What Node's own fetch sends.
    expect(isSilentBrowser({ host: 'sup:9001', 'user-agent': 'node', 'accept-language': '*' })).toBe(false);
  });

  it('may send a form without asking first, but no XML', () => {
    for (const type of ['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded', undefined]) {
      expect(mayBeForeignForm({ ...browser, ...(type && { 'content-type': type }) })).toBe(true);
    }
    expect(mayBeForeignForm({ ...browser, 'content-type': 'text/xml; charset=utf-8' })).toBe(false);
    expect(mayBeForeignForm({ 'user-agent': 'node', 'content-type': 'text/plain' })).toBe(false);
  });
});
