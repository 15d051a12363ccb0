import { describe, expect, it } from 'vitest';
import { type PageHandler, readFields } from '../../../src/server/http/page.ts';
import { serveHttp } from './serve-http.ts';

const close = 'Connection: close';

/** Shows what it was asked. */
const mirror: PageHandler = ({ method, path, fields }) =>
  path === '/unknown'
    ? null
    : {
        status: 200,
        headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache' },
        body: JSON.stringify([method, path, Object.fromEntries(fields)]),
      };

describe('a page', () => {
  it('gets method, decoded path, and the fields of query and form', async () => {
    await using http = await serveHttp({ pages: mirror });
    const asked = await http.ask(['GET /t%61il.html?processname=g%3Ap&limit=10&x= HTTP/1.1', close]);
    expect(JSON.parse(asked.body)).toEqual(['GET', '/tail.html', { processname: 'g:p', limit: '10' }]);
    expect(asked.head.slice(3)).toEqual([
      'Content-Type: text/plain',
      'Cache-Control: no-cache',
      `Content-Length: ${asked.body.length}`,
    ]);
    const sent = await http.ask(['POST /index.html?a=1&b=2 HTTP/1.1', close], 'b=3&c=%C3%A4+');
    expect(JSON.parse(sent.body)).toEqual(['POST', '/index.html', { a: '1', b: '3', c: 'ä ' }]);
  });

  it.each([
    ['GET /unknown HTTP/1.1', 404],
    ['DELETE / HTTP/1.1', 400],
    ['POST / HTTP/1.1', 411],
  ])('%s is answered with %d', async (line, status) => {
    await using http = await serveHttp({ pages: mirror });
    expect((await http.ask([line, close])).status).toBe(status);
  });

  it('has no body for HEAD', async () => {
    await using http = await serveHttp({ pages: mirror });
    const { status, body } = await http.ask(['HEAD / HTTP/1.1', close]);
    expect([status, body]).toEqual([200, '']);
  });

  it('that fails, or gives headers that cannot be sent, costs nothing but its own request', async () => {
    const pages: PageHandler = ({ path }) => {
      if (path === '/fails') throw new Error('a defect');
      return { status: 301, headers: { Location: 'a\nb' }, body: '' };
    };
    await using http = await serveHttp({ pages });
    expect((await http.ask(['GET /fails HTTP/1.1', close])).status).toBe(500);
    expect((await http.ask(['GET /other HTTP/1.1', close])).head).toEqual(['']);
    expect(http.lines).toEqual([
      expect.stringMatching(/^CRIT GET \/fails: Error: a defect/),
      expect.stringMatching(/^CRIT GET \/other: TypeError/),
    ]);
    expect((await http.ask(['GET /ok.html HTTP/1.1', close])).body).toBe('OK');
  });

  it('does not exist as long as nobody makes pages, except the health check', async () => {
    await using http = await serveHttp();
    expect((await http.ask(['GET / HTTP/1.1', close])).status).toBe(404);
    expect((await http.ask(['POST / HTTP/1.1', close], 'a=b')).status).toBe(400);
    const healthy = await http.ask(['GET /ok.html HTTP/1.1', close]);
    expect([healthy.head[3], healthy.body]).toEqual(['Content-Type: text/plain', 'OK']);
  });

  it('is shown to visitors from other sites, but changes nothing for them', async () => {
    await using http = await serveHttp({ pages: mirror });
    const foreign = 'Sec-Fetch-Site: cross-site';
    expect((await http.ask(['GET /index.html HTTP/1.1', close, foreign])).status).toBe(200);
    expect((await http.ask(['GET /index.html?action=stopall HTTP/1.1', close, foreign])).status).toBe(403);
    expect((await http.ask(['POST /index.html HTTP/1.1', close, foreign], 'a=b')).status).toBe(403);
    expect(http.lines).toHaveLength(2);
  });

  it('is told that somebody has to agree when a browser hides which page led there, and gets no form that came so', async () => {
    const asked: boolean[] = [];
    const pages: PageHandler = (request) => {
      asked.push(request.needsConfirmation);
      return mirror(request);
    };
    await using http = await serveHttp({ pages });
    const browser = 'User-Agent: Mozilla/5.0 (X11)';
    await http.ask(['GET /index.html?action=stopall HTTP/1.1', close, browser]);
    await http.ask(['GET /index.html HTTP/1.1', close, browser]);
    await http.ask(['GET /index.html?action=stopall HTTP/1.1', close, browser, 'Host: a', 'Referer: http://a/']);
    await http.ask(['GET /index.html?action=stopall HTTP/1.1', close, 'User-Agent: curl/8.5.0']);
    expect(asked).toEqual([true, false, false, false]);
    expect((await http.ask(['POST /index.html HTTP/1.1', close, browser], 'action=stopall')).status).toBe(403);
    const call = ['POST /RPC2 HTTP/1.1', close, browser, 'Content-Type: text/plain'];
    expect((await http.ask(call, '<methodCall/>')).status).toBe(403);
    expect(asked).toHaveLength(4);
  });
});

it("repeated fields count as in Supervisor: the query's first, the body's last, and the body wins", () => {
  expect(Object.fromEntries(readFields('a=1&a=2&b=1', 'b=2&b=3&c='))).toEqual({ a: '1', b: '3' });
});
