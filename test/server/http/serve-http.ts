/** A control server that speaks HTTP, over fake processes, on a socket in a folder of its own. */

import { createDispatch, createMethods } from '../../../src/commands/index.ts';
import type { Dispatch } from '../../../src/commands/method.ts';
import type { Credentials, UserAccount } from '../../../src/model/program-spec.ts';
import { createHttpHandler, type PageHandler } from '../../../src/server/http/http-handler.ts';
import { defaultHttpLimits, type HttpLimits } from '../../../src/server/http/http-limits.ts';
import type { ServerLimits } from '../../../src/server/limits.ts';
import { type Bench, createBench, type FakeGroup } from '../../commands/fake-control.ts';
import { type RawPeer, rawPeer, recordingLog, type Served, serve, until } from '../serve.ts';

export interface ServedHttp extends AsyncDisposable {
  readonly served: Served;
  readonly bench: Bench;
  /** What the HTTP side logged, as `LEVEL message`. */
  readonly lines: string[];
  peer(): Promise<RawPeer>;
  /** Sends one request, given by its lines, and returns all that comes until the server ends the connection. */
  ask(head: readonly string[], body?: string): Promise<Answer>;
  /** The same for a call. */
  call(method: string, params?: string, head?: readonly string[]): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: readonly string[];
  readonly body: string;
}

export interface ServeHttpOptions {
  readonly groups?: readonly FakeGroup[];
  readonly dispatch?: Dispatch;
  readonly credentials?: Credentials | null;
  readonly users?: () => readonly UserAccount[];
  readonly pages?: PageHandler;
  readonly limits?: Partial<HttpLimits>;
  readonly serverLimits?: Partial<ServerLimits>;
}

export async function serveHttp(options: ServeHttpOptions = {}): Promise<ServedHttp> {
  const { groups = [], credentials = null, users = () => [], pages } = options;
  const bench = createBench(...groups);
  const lines: string[] = [];
  const dispatch = options.dispatch ?? createDispatch(createMethods(), bench.control);
  const served = await serve({
    dispatch,
    credentials,
    users,
    http: createHttpHandler({
      dispatch,
      control: bench.control,
      log: recordingLog(lines),
      limits: { ...defaultHttpLimits, ...options.limits },
      ...(pages === undefined ? {} : { loadPages: async () => pages }),
    }),
    ...(options.serverLimits === undefined ? {} : { limits: options.serverLimits }),
  });
  const ask = async (head: readonly string[], body = ''): Promise<Answer> => {
    const peer = await rawPeer(served.path);
    peer.socket.write([...head, ...lengthOf(head, body), body].join('\r\n'));
    await until('the end of the connection', peer.closed);
    return parseAnswer(Buffer.from(peer.text(), 'latin1').toString());
  };
  return {
    served,
    bench,
    lines,
    peer: () => rawPeer(served.path),
    ask,
    call: (method, params = '', head = []) =>
      ask(['POST /RPC2 HTTP/1.1', 'Host: localhost', 'Connection: close', ...head], callXml(method, params)),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** A body is announced unless the test does it. */
const lengthOf = (head: readonly string[], body: string): readonly string[] =>
  body === '' || head.some((line) => /^(content-length|transfer-encoding):/i.test(line))
    ? ['']
    : [`Content-Length: ${Buffer.byteLength(body)}`, ''];

export const callXml = (method: string, params = ''): string =>
  `<methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;

/** A whole request that leaves the connection open. */
export const callText = (method: string, params = ''): string => {
  const body = callXml(method, params);
  return `POST /RPC2 HTTP/1.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

export const stringParam = (text: string): string => `<param><value>${text}</value></param>`;

export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end).split('\r\n');
  return { status: Number(head[0]?.split(' ')[1]), head, body: text.slice(end + 4) };
}

/** The bodies of several responses behind each other that all have a length. */
export function parseAnswers(text: string): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = text; rest.includes('\r\n\r\n'); ) {
    const { status, head, body } = parseAnswer(rest);
    const length = Number(head.find((line) => line.startsWith('Content-Length: '))?.slice(16));
    answers.push({ status, head, body: body.slice(0, length) });
    rest = body.slice(length);
  }
  return answers;
}
