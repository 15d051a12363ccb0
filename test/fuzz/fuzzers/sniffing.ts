/**
 * The point where the server finds out what a connection speaks, and everything behind it: bytes in random pieces through
 * a real socket to the real server, with all its methods and pages, over processes that only exist in memory.
 */

import { connect } from 'node:net';
import { encodeMessage } from '../../../src/protocol/codec.ts';
import { preface } from '../../../src/protocol/preface.ts';
import { defaultHttpLimits } from '../../../src/server/http/http-limits.ts';
import type { PageHandler } from '../../../src/server/http/page.ts';
import { createPages } from '../../../src/web/pages.ts';
import type { FakeGroup } from '../../commands/fake-control.ts';
import { groupOf, lone } from '../../commands/fake-control.ts';
import { callText, type ServedHttp, serveHttp } from '../../server/http/serve-http.ts';
import { request } from '../../server/serve.ts';
import { expectSame, expectThat, type Fuzzer, type Target } from '../fuzzer.ts';
import { splitAtRandom } from '../mutation.ts';
import { type Random, randomOf, several } from '../random.ts';
import { anyMessage, messageTokens } from './msgpack-grammar.ts';
import { nextTurn, settled } from './unsettled.ts';
import { anyCall, anyParams, xmlTokens } from './xml-grammar.ts';

const methods = [
  'getState',
  'getAllProcessInfo',
  'startProcess',
  'stopProcess',
  'startAllProcesses',
  'signalProcess',
  'readLog',
  'tailProcessStdoutLog',
  'sendProcessStdin',
  'getProcessInfo',
  'reloadConfig',
  'shutdown',
  'sendRemoteCommEvent',
  'nope',
] as const;

const paths = [
  '/',
  '/index.html?action=stop&processname=web',
  '/index.html?action=startall',
  '/tail.html?processname=web&limit=10',
  '/RPC2',
  '/logtail/web',
  '/logtail/web/stdout',
  '/mainlogtail',
  '/ok.html',
  '/../../etc/passwd',
  '/%2e%2e/%00',
  '/stylesheets/supervisor.css',
  '//a',
  '*',
  'http://x/RPC2',
  '',
  '/?a=%ff&b',
  '/%',
] as const;

const headers = [
  'Host: localhost',
  'Connection: close',
  'Connection: keep-alive',
  'Content-Length: 3',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 99999999999999',
  'Transfer-Encoding: chunked',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'Authorization: Basic dTpw',
  'Authorization: Basic !',
  'Origin: http://evil.example',
  'Sec-Fetch-Site: cross-site',
  'If-Modified-Since: now',
  'X: \u00e9',
  ' folded',
  'Cookie: a=b',
  'Content-Type: application/x-www-form-urlencoded',
] as const;

function anyHttp(random: Random): string {
  if (random.chance(0.3)) return callText(`supervisor.${random.pick(methods)}`, anyParams(random, 3).slice(8, -9));
  const body = random.chance(0.3)
    ? anyCall(random)
    : random.pick(['', 'abc', '5\r\nabcde\r\n0\r\n\r\n', 'action=stop&processname=web']);
  return [
    `${random.pick(['GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'CONNECT', 'TRACE'])} ${random.pick(paths)} HTTP/${random.pick(['1.1', '1.1', '1.0', '0.9', '2.0', '9'])}`,
    ...several(random, 3, () => random.pick(headers)),
    ...(random.chance(0.6) ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    '',
    body,
  ].join(random.chance(0.95) ? '\r\n' : '\n');
}

const anyBytes = (random: Random): Uint8Array => {
  const httpFirst = random.chance(0.6);
  const parts = several(random, 3, () => (httpFirst ? Buffer.from(anyHttp(random)) : anyMessage(random)));
  return Buffer.concat([
    ...(random.chance(0.2) ? [preface.subarray(0, 1 + random.below(preface.length + 8))] : []),
    ...parts,
  ]);
};

export const sniffingFuzzer: Fuzzer = {
  name: 'sniffing',
  seeds: [
    callText('supervisor.getState'),
    callText('supervisor.getState') + callText('supervisor.getAllProcessInfo'),
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ok.html HTTP/1.1\r\n\r\n',
    'GET /logtail/web HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    'POST /index.html HTTP/1.1\r\nContent-Length: 27\r\n\r\naction=stop&processname=web',
    'POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<a/>\n\r\n0\r\n\r\n',
    Buffer.concat([preface, encodeMessage(request(0, 'session.hello', 'fuzz', 1))]),
    Buffer.concat(methods.map((method, id) => encodeMessage(request(id, `supervisor.${method}`, 'web')))),
    encodeMessage(request(1, 'subscribe.processes')),
  ],
  tokens: [
    ...headers.map((header) => `\r\n${header}`),
    ...paths,
    '\r\n\r\n',
    'GET ',
    'POST ',
    ' HTTP/1.1\r\n',
    '0\r\n\r\n',
    preface,
    ...messageTokens,
    ...xmlTokens.slice(0, 60),
  ],
  generate: anyBytes,
  maxBytes: 32 * 1024,
  shortRun: 250,
  open: openTarget,
};

interface Daemon {
  readonly http: ServedHttp;
  readonly groups: readonly FakeGroup[];
}

async function openTarget(): Promise<Target> {
  let daemon = await startDaemon();
  let checked = 0;
  return {
    check: async (input) => {
      checked += 1;
      try {
        const whole = await exchange(daemon, [input]);
        const split = await exchange(daemon, splitAtRandom(randomOf(input), input));
        compare(input, split, whole);
        if (checked % 20 === 0) await expectAlive(daemon);
        return whole.outcome;
      } catch (error) {
        // The next input deserves a daemon that is well.
        await daemon.http[Symbol.asyncDispose]();
        daemon = await startDaemon();
        throw error;
      }
    },
    close: async () => daemon.http[Symbol.asyncDispose](),
  };
}

/** In pieces it is answered as at once. */
function compare(input: Uint8Array, split: Exchange, whole: Exchange): void {
  if (split.wasCutOff) {
    expectThat(whole.answer.startsWith(split.answer), 'until it is cut off it is answered as at once');
  } else if (input.length > defaultHttpLimits.headerBytes) {
    // Whether a head is too long or broken first, depends on the pieces.
    expectSame(split.answer.replace(finalRefusal, ''), whole.answer.replace(finalRefusal, ''), 'answered as at once');
  } else if (/transfer-encoding/i.test(Buffer.from(input).toString('latin1'))) {
    // A request that needs no body may have been answered before its body turned out to be none.
    const answered = whole.answer.replace(finalRefusal, '');
    expectThat(split.answer.startsWith(answered), 'as far as it is answered it is answered as at once');
  } else {
    expectSame(split.answer, whole.answer, 'in pieces it is answered as at once');
  }
}

const finalRefusal = /HTTP\/1\.1 4\d\d [^\r]*\r\nConnection: close\r\n[\s\S]*$/;

async function startDaemon(): Promise<Daemon> {
  const groups = [lone('web', 'RUNNING'), groupOf('pool', { a: 'STOPPED', b: 'FATAL' })];
  for (const process of groups.flatMap(({ members }) => members)) {
    process.startScript = ['STARTING', 'RUNNING'];
    process.stopScript = ['STOPPING', 'STOPPED'];
  }
  let pages: PageHandler = () => null;
  const http = await serveHttp({
    groups,
    pages: (request) => pages(request),
    limits: { refusalMs: 10_000 },
  });
  pages = createPages({ control: http.bench.control, version: '1.2.3', hostName: 'host' });
  return { http, groups };
}

interface Exchange {
  readonly answer: string;
  readonly outcome: string;
  /** The server had ended the connection before it was sent everything, and some of its answer may be lost. */
  readonly wasCutOff: boolean;
}

/** Sends the pieces and nothing more, and reads until the server ends the connection. */
async function exchange(daemon: Daemon, pieces: readonly Uint8Array[]): Promise<Exchange> {
  reset(daemon);
  const { http, groups } = daemon;
  const chunks: Buffer[] = [];
  const socket = connect({ path: http.served.path, allowHalfOpen: true });
  socket.on('data', (chunk) => chunks.push(chunk));
  let wasCutOff = false;
  socket.on('error', () => {
    wasCutOff = true;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await nextTurn();
  }
  socket.end();
  await settled('the end of the connection', closed);
  const defects = [...http.lines, ...http.served.logLines].filter((line) => /^CRIT| failed: /.test(line));
  expectThat(defects.length === 0, `the log tells of a defect: ${defects[0]}`);
  const processes = groups.flatMap(({ members }) => members);
  await settled(
    'the end of subscriptions',
    until(() => processes.every((process) => process.listenerCount === 0)),
  );
  const answer = Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^Date: .*$/gm, 'Date: now');
  return { answer, outcome: outcomeOf(answer), wasCutOff };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

/** The same daemon for every exchange. */
function reset({ http, groups }: Daemon): void {
  const { control } = http.bench;
  for (const list of [http.lines, http.served.logLines, control.asked, control.lines]) list.length = 0;
  for (const process of groups.flatMap(({ members }) => members)) {
    process.enter(process.name === 'web' ? 'RUNNING' : 'STOPPED');
    process.signals.length = 0;
    process.written.length = 0;
  }
}

async function expectAlive(daemon: Daemon): Promise<void> {
  const { answer } = await exchange(daemon, [Buffer.from('GET /ok.html HTTP/1.0\r\n\r\n')]);
  expectThat(answer.endsWith('OK'), 'the server goes on serving');
}

/** The statuses of HTTP, or what the first messages are. */
function outcomeOf(answer: string): string {
  const statuses = answer.match(/^HTTP\/1\.1 \d+/gm)?.map((line) => line.slice(9)) ?? [];
  if (statuses.length > 0)
    return `${statuses.slice(0, 4).join(' ')} ${/<name>faultString.*?<string>([A-Z_]+)/s.exec(answer)?.[1] ?? ''}`;
  const faults = answer.match(/[A-Z]{3,}_[A-Z_]+|session\.closing|UNAUTHORIZED/g) ?? [];
  return answer === '' ? 'nothing' : `${answer.charCodeAt(0)} ${[...new Set(faults)].slice(0, 3).join(' ')}`;
}
