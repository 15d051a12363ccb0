import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../../src/commands/method.ts';
import { gate, ownName, until } from '../serve.ts';
import { callText, parseAnswer, parseAnswers, type ServedHttp, serveHttp } from './serve-http.ts';

async function expectAlive(http: ServedHttp): Promise<void> {
  expect((await http.ask(['GET /ok.html HTTP/1.1', 'Connection: close'])).body).toBe('OK');
}

describe('a peer that breaks HTTP', () => {
  it.each([
    ['no request line', 'GARBAGE\r\n\r\n', 400],
    ['an unknown verb', 'FETCH / HTTP/1.1\r\n\r\n', 400],
    ['a header without name', 'GET / HTTP/1.1\r\n: x\r\n\r\n', 400],
    ['two lengths', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a length and chunks', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['a length that is no number', 'POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, 431],
  ])('gets an error page and causes one log line: %s', async (_what, text, status) => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write(text);
    await until('closed', peer.closed);
    expect(parseAnswer(peer.text()).status).toBe(status);
    expect(http.lines).toEqual([
      expect.stringContaining(`WARN closed the connection of ${ownName}: it sent no valid HTTP (`),
    ]);
    await expectAlive(http);
  });

  it('in the middle of a connection loses it after what was asked before', async () => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write(callText('supervisor.getPID'));
    await until('an answer', () => peer.text().endsWith('>\n'));
    peer.socket.write('\0\0\0\0');
    await until('closed', peer.closed);
    expect(http.lines).toHaveLength(1);
    expect(parseAnswers(peer.text()).map(({ status }) => status)).toEqual([200, 400]);
  });

  it('is answered what it asked before, even if all of it comes at once', async () => {
    await using http = await serveHttp();
    for (const rubbish of ['\0\0', 'CONNECT a:1 HTTP/1.1\r\n\r\n']) {
      const peer = await http.peer();
      peer.socket.write(callText('supervisor.getPID') + callText('supervisor.getPID') + rubbish);
      await until('closed', peer.closed);
      expect(parseAnswers(peer.text()).map(({ status }) => status)).toEqual([200, 200, 400]);
    }
  });

  it('is answered what it asked, although it sends more behind the last request there was to be', async () => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write('GET /ok.html HTTP/1.1\r\nConnection: close\r\n\r\nmore');
    await until('closed', peer.closed);
    expect(parseAnswer(peer.text())).toMatchObject({ status: 200, body: 'OK' });
    expect(http.lines).toEqual([]);
  });

  it('does not wait for an answer that takes its time', async () => {
    const wait = gate();
    const dispatch: Dispatch = async () => wait.opened;
    await using http = await serveHttp({ dispatch, limits: { closeGraceMs: 50 } });
    const peer = await http.peer();
    peer.socket.write(`${callText('supervisor.getPID')}\0`);
    await until('closed', peer.closed);
    wait.open();
    await expectAlive(http);
  });

  it('loses its connection when it wants a tunnel', async () => {
    await using http = await serveHttp();
    const peer = await http.peer();
    peer.socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('closed', peer.closed);
    await expectAlive(http);
  });

  it('costs nothing but its connection when it leaves in the middle', async () => {
    await using http = await serveHttp();
    for (const text of ['POST /RPC2 HTTP/1.1\r\nContent-', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 100\r\n\r\n<a']) {
      const peer = await http.peer();
      peer.socket.end(text);
      await until('closed', peer.closed);
    }
    const peer = await http.peer();
    peer.socket.write(callText('supervisor.getPID'), () => peer.socket.destroy());
    await until('closed', peer.closed);
    expect(http.lines).toEqual([]);
    await expectAlive(http);
  });
});

describe('a peer that takes its time', () => {
  it('with the headers is shown out', async () => {
    await using http = await serveHttp({ limits: { headerMs: 50 } });
    const peer = await http.peer();
    peer.socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    await until('closed', peer.closed);
    await expectAlive(http);
  });

  it('between requests is shown out in the end', async () => {
    await using http = await serveHttp({ limits: { idleMs: 50 } });
    const peer = await http.peer();
    peer.socket.write(callText('supervisor.getPID'));
    await until('closed', peer.closed);
    expect(parseAnswer(peer.text()).status).toBe(200);
  });

  it('to read is shown out, and its requests are not worked on meanwhile', async () => {
    let asked = 0;
    const dispatch: Dispatch = async () => {
      asked += 1;
      return 'x'.repeat(4_000_000);
    };
    await using http = await serveHttp({ dispatch, limits: { stalledMs: 100 } });
    const peer = await http.peer();
    peer.socket.pause();
    for (let count = 0; count < 500; count += 1) peer.socket.write(callText('large'));
    await until('the first', () => asked === 1);
    await expectAlive(http);
    // Nobody reads: sooner or later a write fails.
    const chatter = setInterval(() => peer.socket.write('GET'), 5);
    await until('closed', peer.closed);
    clearInterval(chatter);
    expect(asked).toBe(1);
  });
});

describe('many requests at once', () => {
  it('are all answered, in order, few at a time', async () => {
    let running = 0;
    let most = 0;
    const dispatch: Dispatch = async (name) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return name;
    };
    await using http = await serveHttp({ dispatch });
    const peer = await http.peer();
    const names = Array.from({ length: 2000 }, (_, index) => `call${index}`);
    peer.socket.write(names.map((name) => callText(name)).join(''));
    await until('all answers', () => peer.text().includes('>call1999<') && peer.text().endsWith('>\n'));
    expect(parseAnswers(peer.text()).map(({ body }) => /call\d+/.exec(body)?.[0])).toEqual(names);
    expect(most).toBe(1);
    peer.socket.destroy();
  });

  it('leave only some of their connections open, those used last', async () => {
    await using http = await serveHttp({ limits: { idleConnections: 2 } });
    const peers = await Promise.all(Array.from({ length: 4 }, () => http.peer()));
    for (const peer of [...peers, peers[2]!]) {
      const before = peer.text();
      peer.socket.write(callText('supervisor.getPID'));
      await until('an answer', () => peer.text() !== before && peer.text().endsWith('>\n'));
    }
    await until('two are closed', () => peers.filter((peer) => peer.closed()).length === 2);
    expect(peers.map((peer) => peer.closed())).toEqual([true, true, false, false]);
    for (const peer of peers) peer.socket.destroy();
  });

  it('over many connections do not exceed the limit', async () => {
    await using http = await serveHttp({ serverLimits: { connections: 3 } });
    const peers = await Promise.all(Array.from({ length: 6 }, () => http.peer()));
    for (const peer of peers) peer.socket.write(callText('supervisor.getPID'));
    await until('three are refused', () => peers.filter((peer) => peer.closed()).length === 3);
    await until('three are served', () => peers.filter((peer) => peer.text().endsWith('>\n')).length === 3);
    for (const peer of peers) peer.socket.destroy();
  });
});
