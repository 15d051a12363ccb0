import { describe, expect, it } from 'vitest';
import type { Dispatch, Session } from '../../../src/commands/method.ts';
import { lone } from '../../commands/fake-control.ts';
import { gate, ownName, until } from '../serve.ts';
import { callText, callXml, parseAnswers, serveHttp, stringParam } from './serve-http.ts';

const withoutDate = (head: readonly string[]): readonly string[] => head.filter((line) => !line.startsWith('Date: '));

const errorPage = (status: number, reason: string): string =>
  ['<head>', '<title>Error response</title>', '</head>', '<body>', '<h1>Error response</h1>']
    .concat(`<p>Error code ${status}.`, `<p>Message: ${reason}.`, '</body>', '')
    .join('\r\n');

describe('a call', () => {
  it('is answered with the headers and the layout of Supervisor', async () => {
    await using http = await serveHttp();
    const { head, body } = await http.call('supervisor.getAPIVersion');
    expect(head[2]).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(withoutDate(head)).toEqual([
      'HTTP/1.1 200 OK',
      'Server: Medusa/1.12',
      'Content-Type: text/xml',
      `Content-Length: ${body.length}`,
    ]);
    expect(body).toBe(
      "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>3.0</string></value>\n" +
        '</param>\n</params>\n</methodResponse>\n',
    );
  });

  it('that is refused is answered with a fault and 200', async () => {
    await using http = await serveHttp();
    const { status, body } = await http.call('supervisor.getProcessInfo', stringParam('nope'));
    expect(status).toBe(200);
    expect(body).toContain('<name>faultCode</name>\n<value><int>10</int></value>');
    expect(body).toContain('<value><string>BAD_NAME: nope</string></value>');
  });

  it('of a subscription is unknown, since HTTP cannot notify', async () => {
    await using http = await serveHttp();
    expect((await http.call('subscribe.processes')).body).toContain('UNKNOWN_METHOD');
    expect((await http.call('system.listMethods')).body).not.toContain('subscribe');
  });

  it('may come to any address that begins with /RPC2', async () => {
    await using http = await serveHttp();
    for (const path of ['/RPC2/', '/RPC2x', '/%52PC2?a=b', 'http://localhost/RPC2']) {
      const answer = await http.ask([`POST ${path} HTTP/1.1`, 'Connection: close'], callXml('supervisor.getPID'));
      expect(answer.body).toContain('<int>4242</int>');
    }
  });

  it('that fails from a defect is a 500 and logged with its request', async () => {
    const dispatch: Dispatch = async () => {
      throw new Error('out of order');
    };
    await using http = await serveHttp({ dispatch });
    const { status, body } = await http.call('a.b');
    expect([status, body]).toEqual([500, errorPage(500, 'Internal Server Error')]);
    expect(http.lines).toHaveLength(1);
    expect(http.lines[0]).toMatch(
      /^CRIT Handling XML-RPC request with data '<methodCall>.*' raised an unexpected exception: Error: out of order\n/,
    );
  });

  it('with a result that XML-RPC has no type for is a 500 as well', async () => {
    await using http = await serveHttp({ dispatch: async () => Symbol('x') });
    expect((await http.call('a.b')).status).toBe(500);
  });
});

describe('what is no call', () => {
  it.each([
    ['other verbs', ['PUT /RPC2 HTTP/1.1', 'Connection: close'], '', 400, 'Bad Request'],
    ['GET', ['GET /RPC2 HTTP/1.1', 'Connection: close'], '', 400, 'Bad Request'],
    ['a body without length', ['POST /RPC2 HTTP/1.1'], '', 411, 'Length Required'],
    ['a chunked body', ['POST /RPC2 HTTP/1.1', 'Transfer-Encoding: chunked'], '0\r\n\r\n', 411, 'Length Required'],
    [
      'a body that is too large',
      ['POST /RPC2 HTTP/1.1', 'Content-Length: 5000000'],
      '',
      413,
      'Request Entity Too Large',
    ],
  ])('gets an error page: %s', async (_what, head, body, status, reason) => {
    await using http = await serveHttp({ limits: { refusalMs: 50 } });
    const answer = await http.ask(head, body);
    expect([answer.status, answer.head[0], answer.body]).toEqual([
      status,
      `HTTP/1.1 ${status} ${reason}`,
      errorPage(status, reason),
    ]);
    expect(http.lines).toEqual([]);
  });

  it.each([
    ['<a', /^ERRO XML-RPC request data '<a' is invalid: unmarshallable \(it is not well-formed/],
    ['<a/>', /^ERRO XML-RPC request data '<a\/>' is invalid: no method name$/],
    ['x'.repeat(100_000), /^ERRO XML-RPC request data 'x{200}'… is invalid: unmarshallable/],
  ])('is logged in one line: %.10s', async (body, line) => {
    await using http = await serveHttp();
    const answer = await http.ask(['POST /RPC2 HTTP/1.1', 'Connection: close'], body);
    expect([answer.status, answer.body]).toEqual([400, errorPage(400, 'Bad Request')]);
    expect(http.lines).toEqual([expect.stringMatching(line)]);
  });

  it('is given up when it takes too long', async () => {
    await using http = await serveHttp({ limits: { bodyMs: 50, refusalMs: 50 } });
    const answer = await http.ask(['POST /RPC2 HTTP/1.1', 'Content-Length: 10'], '<a');
    expect(answer.status).toBe(408);
  });
});

describe('a connection', () => {
  it('of HTTP/1.1 stays open for the next request', async () => {
    await using http = await serveHttp();
    const peer = await http.peer();
    for (let count = 1; count <= 3; count += 1) {
      peer.socket.write(callText('supervisor.getPID'));
      await until('an answer', () => parseAnswers(peer.text()).length === count && peer.text().endsWith('>\n'));
    }
    expect(peer.closed()).toBe(false);
    peer.socket.destroy();
  });

  it.each([
    ['HTTP/1.0', [], true, undefined],
    ['HTTP/1.0', ['Connection: Keep-Alive'], false, 'Connection: Keep-Alive'],
    ['HTTP/1.1', ['Connection: close'], true, undefined],
    ['HTTP/1.1', [], false, undefined],
  ])('of %s with %j', async (version, headers, closes, named) => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write([`GET /ok.html ${version}`, ...headers, '', ''].join('\r\n'));
    await until('an answer', () => peer.text().endsWith('OK'));
    if (closes) await until('the end', peer.closed);
    else {
      peer.socket.write(`GET /ok.html ${version}\r\nConnection: close\r\n\r\n`);
      await until('the end', peer.closed);
      expect(parseAnswers(peer.text())).toHaveLength(2);
    }
    expect(parseAnswers(peer.text())[0]?.head.find((line) => line.startsWith('Connection'))).toBe(named);
  });

  it('answers requests in their order, each after the one before', async () => {
    const order: unknown[] = [];
    const wait = gate();
    const dispatch: Dispatch = async (name) => {
      order.push(`${name} begins`);
      if (name === 'slow') await wait.opened;
      order.push(`${name} ends`);
      return name;
    };
    await using http = await serveHttp({ dispatch });
    const peer = await http.peer();
    peer.socket.write(callText('slow') + callText('fast'));
    await until('the first begins', () => order.length === 1);
    wait.open();
    await until('both are answered', () => parseAnswers(peer.text()).length === 2 && peer.text().endsWith('>\n'));
    expect(order).toEqual(['slow begins', 'slow ends', 'fast begins', 'fast ends']);
    peer.socket.destroy();
  });

  it('that waits for a process does not keep others waiting', async () => {
    const group = lone('slow');
    await using http = await serveHttp({ groups: [group] });
    const waiting = await http.peer();
    waiting.socket.write(callText('supervisor.startProcess', stringParam('slow')));
    await until('the start', () => group.members[0]?.starts === 1);
    expect((await http.call('supervisor.getPID')).status).toBe(200);
    expect(waiting.text()).toBe('');
    group.members[0]?.enter('RUNNING');
    await until('an answer', () => waiting.text().includes('<boolean>1</boolean>'));
    waiting.socket.destroy();
  });

  it('that ends while its call waits gives the wait up', async () => {
    const sessions: Session[] = [];
    let released = 0;
    const dispatch: Dispatch = (_name, _params, session) => {
      sessions.push(session);
      session.onClose(() => {
        released += 1;
      });
      return new Promise(() => {});
    };
    await using http = await serveHttp({ dispatch });
    const peer = await http.peer();
    peer.socket.write(callText('wait'));
    await until('the call', () => sessions.length === 1);
    expect(sessions[0]?.notify).toBeUndefined();
    peer.socket.destroy();
    await until('the release', () => released === 1);
  });

  it('is answered when it sends no more, as a request that a script pipes into a socket', async () => {
    await using http = await serveHttp();
    // The first connection loads the server while the request and its end wait.
    for (let count = 0; count < 3; count += 1) {
      const peer = await http.peer();
      peer.socket.end(callText('supervisor.getPID') + callText('supervisor.getState'));
      await until('closed', peer.closed);
      expect(parseAnswers(peer.text()).map(({ status }) => status)).toEqual([200, 200]);
    }
  });

  it('that sends no more while its call waits gives the wait up soon', async () => {
    let released = 0;
    const dispatch: Dispatch = (_name, _params, session) => {
      session.onClose(() => {
        released += 1;
      });
      return new Promise(() => {});
    };
    await using http = await serveHttp({ dispatch, limits: { closeGraceMs: 50 } });
    const peer = await http.peer();
    peer.socket.end(callText('wait'));
    await until('the release', () => released === 1);
    await until('closed', peer.closed);
    expect(peer.text()).toBe('');
  });

  it('is left in peace between requests, and taken down with the server', async () => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write(callText('supervisor.getPID'));
    await until('an answer', () => peer.text().endsWith('>\n'));
    await http.served.server.close();
    await until('closed', peer.closed);
  });

  it('gets the answer to the call that takes the server down', async () => {
    const closing: Promise<void>[] = [];
    const dispatch: Dispatch = async () => {
      closing.push(http.served.server.close());
      return true;
    };
    await using http = await serveHttp({ dispatch });
    const { body } = await http.call('supervisor.shutdown');
    expect(body).toContain('<boolean>1</boolean>');
    await Promise.all(closing);
  });
});

describe('a page of another site', () => {
  it.each(['Origin: http://evil.example', 'Sec-Fetch-Site: cross-site', 'Referer: http://evil.example/'])(
    'cannot make calls: %s',
    async (header) => {
      await using http = await serveHttp();
      const answer = await http.call('supervisor.shutdown', '', [header]);
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('the request comes from another site');
      expect(http.bench.control.asked).toEqual([]);
      expect(http.lines).toEqual([
        expect.stringMatching(`^WARN refused 'POST /RPC2' of ${ownName}: a browser was led here by another site`),
      ]);
    },
  );
});
