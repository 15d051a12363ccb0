import { appendFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeLog, groupOf, lone } from '../../commands/fake-control.ts';
import { type RawPeer, until } from '../serve.ts';
import { parseAnswer, type ServedHttp, serveHttp } from './serve-http.ts';

interface Tailing extends AsyncDisposable {
  readonly http: ServedHttp;
  readonly path: string;
  readonly log: FakeLog;
  /** Adds to the log as the daemon does: to the file, then to those who listen. */
  write(text: string): void;
  open(target: string, version?: string): Promise<RawPeer>;
}

async function tailing(text: string): Promise<Tailing> {
  const group = groupOf('g', { p: 'RUNNING' });
  const http = await serveHttp({ groups: [group] });
  const path = join(http.served.folder, 'p.log');
  writeFileSync(path, text);
  const log = group.members[0]!.stdout;
  log.path = path;
  return {
    http,
    path,
    log,
    write: (added) => {
      appendFileSync(path, added);
      log.emit(added);
    },
    open: async (target, version = 'HTTP/1.1') => {
      const peer = await http.peer();
      peer.socket.write(`GET ${target} ${version}\r\nHost: x\r\n\r\n`);
      return peer;
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const bodyOf = (peer: RawPeer): string => parseAnswer(peer.text()).body;

describe('/logtail', () => {
  it('sends its headers and the last 1024 bytes at once', async () => {
    await using tail = await tailing('x'.repeat(5000) + 'y'.repeat(1024));
    const peer = await tail.open('/logtail/g:p');
    await until('the end of the file', () => bodyOf(peer) === chunk('y'.repeat(1024)));
    expect(parseAnswer(peer.text()).head.filter((line) => !line.startsWith('Date'))).toEqual([
      'HTTP/1.1 200 OK',
      'Server: Medusa/1.12',
      expect.stringMatching(/^Last-Modified: .* GMT$/),
      'Content-Type: text/plain;charset=utf-8',
      'X-Content-Type-Options: nosniff',
      'X-Accel-Buffering: no',
      'Transfer-Encoding: chunked',
    ]);
    peer.socket.destroy();
  });

  it('sends its headers at once when the log is empty', async () => {
    await using tail = await tailing('');
    const peer = await tail.open('/logtail/g%3Ap/stdout');
    await until('the head', () => peer.text().endsWith('\r\n\r\n'));
    peer.socket.destroy();
  });

  it('goes on with what is written, one chunk for what comes at once', async () => {
    await using tail = await tailing('before\n');
    const peer = await tail.open('/logtail/g:p');
    await until('the file', () => bodyOf(peer) === chunk('before\n'));
    tail.write('one\n');
    tail.write('two\n');
    await until('what was added', () => bodyOf(peer) === chunk('before\n') + chunk('one\ntwo\n'));
    peer.socket.destroy();
  });

  it('says when the file was truncated, though nothing was written', async () => {
    await using tail = await tailing('before\n');
    const peer = await tail.open('/logtail/g:p');
    await until('the file', () => bodyOf(peer) === chunk('before\n'));
    truncateSync(tail.path);
    await until('the message', () => bodyOf(peer).endsWith(chunk('==> File truncated <==\n')));
    tail.write('after\n');
    await until('what was added', () => bodyOf(peer).endsWith(chunk('after\n')));
    peer.socket.destroy();
  });

  it('goes on with the new file after a clearing, without a message', async () => {
    await using tail = await tailing('before\n');
    const peer = await tail.open('/logtail/g:p');
    await until('the file', () => bodyOf(peer) === chunk('before\n'));
    unlinkSync(tail.path);
    writeFileSync(tail.path, '');
    tail.write('after\n');
    await until('what was added', () => bodyOf(peer) === chunk('before\n') + chunk('after\n'));
    peer.socket.destroy();
  });

  it('gives clients of HTTP/1.0 their data as well, bare', async () => {
    await using tail = await tailing('before\n');
    const peer = await tail.open('/logtail/g:p', 'HTTP/1.0');
    await until('the file', () => bodyOf(peer) === 'before\n');
    tail.write('one\n');
    await until('what was added', () => bodyOf(peer) === 'before\none\n');
    peer.socket.destroy();
  });

  it('stops to listen when the peer leaves', async () => {
    await using tail = await tailing('');
    const peer = await tail.open('/logtail/g:p');
    await until('a listener', () => tail.log.listenerCount === 1);
    peer.socket.destroy();
    await until('no listener', () => tail.log.listenerCount === 0);
  });

  it('stops to listen when the peer sends no more, as one does that leaves', async () => {
    await using tail = await tailing('');
    const peer = await tail.open('/logtail/g:p');
    await until('a listener', () => tail.log.listenerCount === 1);
    peer.socket.end();
    await until('closed', peer.closed);
    expect(tail.log.listenerCount).toBe(0);
    const hasty = await tail.http.peer();
    hasty.socket.end('GET /logtail/g:p HTTP/1.1\r\n\r\n');
    await until('closed', hasty.closed);
    expect(tail.log.listenerCount).toBe(0);
  });

  it('ends properly when the server closes', async () => {
    await using tail = await tailing('x');
    const peer = await tail.open('/logtail/g:p');
    await until('the file', () => bodyOf(peer) === chunk('x'));
    await tail.http.served.server.close();
    await until('closed', peer.closed);
    expect(bodyOf(peer)).toBe(`${chunk('x')}0\r\n\r\n`);
    expect(tail.log.listenerCount).toBe(0);
  });

  it('leaves in the file what a slow peer does not read', async () => {
    await using tail = await tailing('');
    const peer = await tail.open('/logtail/g:p', 'HTTP/1.0');
    await until('a listener', () => tail.log.listenerCount === 1);
    peer.socket.pause();
    const piece = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 200; count += 1) {
      tail.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Had it been read meanwhile, it would still come.
    truncateSync(tail.path);
    tail.write('after\n');
    peer.socket.resume();
    await until('what was added', () => bodyOf(peer).endsWith('==> File truncated <==\nafter\n'));
    expect(bodyOf(peer).length).toBeLessThan(20 * piece.length);
    peer.socket.destroy();
  });

  it('sends a slow peer everything in the end', async () => {
    await using tail = await tailing('');
    const peer = await tail.open('/logtail/g:p', 'HTTP/1.0');
    await until('a listener', () => tail.log.listenerCount === 1);
    peer.socket.pause();
    const pieces = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`)
      .join('')
      .repeat(10);
    tail.write(pieces);
    await new Promise((resolve) => setImmediate(resolve));
    peer.socket.resume();
    await until('everything', () => bodyOf(peer).length === pieces.length);
    expect(bodyOf(peer) === pieces).toBe(true);
    peer.socket.destroy();
  });

  it.each([
    ['GET /logtail/nope HTTP/1.1', 404],
    ['GET /logtail/p HTTP/1.1', 404],
    ['GET /logtail/g:* HTTP/1.1', 404],
    ['GET /logtail/g:p/stderr HTTP/1.1', 404],
    ['GET /logtail/g:p/other HTTP/1.1', 404],
    ['GET /logtail HTTP/1.1', 404],
    ['GET /mainlogtail HTTP/1.1', 404],
    ['POST /logtail/g:p HTTP/1.1', 400],
    ['HEAD /mainlogtail HTTP/1.1', 400],
  ])('answers %s with %d', async (line, status) => {
    await using tail = await tailing('x');
    expect((await tail.http.ask([line, 'Connection: close'])).status).toBe(status);
  });

  it('answers 404 when the file is missing', async () => {
    await using tail = await tailing('x');
    unlinkSync(tail.path);
    expect((await tail.http.ask(['GET /logtail/g:p HTTP/1.1', 'Connection: close'])).status).toBe(404);
  });
});

describe('/mainlogtail', () => {
  it("follows the daemon's own log", async () => {
    await using http = await serveHttp({ groups: [lone('p')] });
    const log = http.bench.control.mainLog;
    log.path = join(http.served.folder, 'main.log');
    writeFileSync(log.path, 'line\n');
    const peer = await http.peer();
    peer.socket.write('GET /mainlogtail HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('the file', () => peer.text().endsWith(chunk('line\n')));
    expect(peer.text()).not.toContain('X-Accel-Buffering');
    peer.socket.destroy();
  });
});
