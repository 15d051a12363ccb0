/** What a client makes of the answers of a hostile server, over MessagePack-RPC and over HTTP. */

import { describeFailure, isBug } from '../../../src/cli/control/failure.ts';
import { connectEither } from '../../../src/client/connect-either.ts';
import { ConnectionProblem, type ControlClient, LogNotAvailable } from '../../../src/client/control-client.ts';
import { connectMsgpack } from '../../../src/client/msgpack-client.ts';
import { connectXmlRpc } from '../../../src/client/xml-rpc-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import { encodeMessage } from '../../../src/protocol/codec.ts';
import { encodeXmlFault, encodeXmlResult } from '../../../src/protocol/xml-rpc-writer.ts';
import { response } from '../../server/serve.ts';
import { classOf, expectThat, type Fuzzer, type Target } from '../fuzzer.ts';
import { splitAtRandom } from '../mutation.ts';
import { type Random, randomOf, several } from '../random.ts';
import { startHostileServer } from './hostile-server.ts';
import { anyMessage, messageTokens } from './msgpack-grammar.ts';
import { settled } from './unsettled.ts';
import { anyResponse, xmlTokens } from './xml-grammar.ts';

const greeting = encodeMessage(response(0, { server: 'statevisor', version: '', protocol: 1, authenticated: true }));
const subscribed = encodeMessage(response(1, { subscription: 1 }));

const bytesOfLog = encodeMessage({ type: 'notification', method: 'log.bytes', params: [1, Buffer.from('line\n')] });
const closing = encodeMessage({ type: 'notification', method: 'session.closing', params: ['bye'] });
const missed = encodeMessage({ type: 'notification', method: 'missed', params: [3] });

export const msgpackClientFuzzer: Fuzzer = {
  name: 'msgpack-client',
  seeds: [
    encodeMessage(response(1, { state: 1 })),
    Buffer.concat([subscribed, bytesOfLog, missed, bytesOfLog, closing]),
    encodeMessage({ type: 'response', id: 1, error: { code: 10, message: 'BAD_NAME' }, result: null }),
    encodeMessage({ type: 'response', id: 1, error: { code: 401, message: 'UNAUTHORIZED' }, result: null }),
    Buffer.concat([greeting, closing]),
    'HTTP/1.1 400 Bad Request\r\n\r\n',
  ],
  tokens: [...messageTokens, greeting, subscribed, bytesOfLog, closing, missed],
  generate: (random) =>
    Buffer.concat(
      several(random, 5, () =>
        random.chance(0.3) ? random.pick([subscribed, bytesOfLog, closing, missed]) : anyMessage(random),
      ),
    ),
  maxBytes: 32 * 1024,
  shortRun: 400,
  // Mostly behind a greeting as it should be; the rest of the conversation is the input.
  open: () =>
    openTarget(
      (address) => connectMsgpack(address),
      (random, input) => (random.chance(0.8) ? [[greeting], input] : [input]),
    ),
};

const httpAnswer = (body: string | Uint8Array, head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n'): Uint8Array =>
  Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), Buffer.from(body)]);

const heads = [
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.0 200 OK\r\n',
  'HTTP/1.1 401 Unauthorized\r\n',
  'HTTP/1.1 404 Not Found\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n',
  'HTTP/1.1 302 Found\r\nLocation: /\r\n',
  'HTTP/1.1 204 No Content\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n',
  'HTTP/9.9 999 \x01\r\n',
] as const;
const fields = [
  'Content-Length: 5\r\n',
  'Content-Length: -1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Content-Encoding: gzip\r\n',
  'Connection: close\r\n',
  'X: y\r\n',
] as const;

export const xmlClientFuzzer: Fuzzer = {
  name: 'xml-client',
  seeds: [
    httpAnswer(encodeXmlResult([{ name: 'web', pid: 1 }])),
    httpAnswer(encodeXmlFault({ code: 10, message: 'BAD_NAME' })),
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nline\n\r\n0\r\n\r\n',
    'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    Buffer.concat([greeting, closing]),
  ],
  tokens: [...heads, ...fields, '\r\n\r\n', 'ffffffff\r\n', ...xmlTokens.slice(0, 60)],
  generate: (random: Random) =>
    random.chance(0.6)
      ? httpAnswer(anyResponse(random))
      : `${random.pick(heads)}${several(random, 3, () => random.pick(fields)).join('')}\r\n${anyResponse(random)}`,
  maxBytes: 32 * 1024,
  shortRun: 400,
  open: () =>
    openTarget(
      (address) => connectXmlRpc(address),
      (_random, input) => [input],
    ),
};

export const eitherClientFuzzer: Fuzzer = {
  ...xmlClientFuzzer,
  name: 'either-client',
  seeds: [...xmlClientFuzzer.seeds, ...msgpackClientFuzzer.seeds],
  tokens: [...xmlClientFuzzer.tokens, ...msgpackClientFuzzer.tokens],
  generate: (random) => random.pick([msgpackClientFuzzer, xmlClientFuzzer]).generate(random),
  shortRun: 200,
  open: () =>
    openTarget(
      (address) => connectEither(connectMsgpack(address), async () => connectXmlRpc(address)),
      (_random, input) => [input],
    ),
};

type Connect = (address: { readonly path: string; readonly username: null; readonly password: null }) => ControlClient;

/** The answers to the requests of one connection, each in pieces. */
type Script = (random: Random, input: readonly Uint8Array[]) => readonly (readonly Uint8Array[])[];

async function openTarget(connect: Connect, script: Script): Promise<Target> {
  const server = await startHostileServer();
  return {
    check: async (input) => {
      const random = randomOf(input);
      const follows = random.chance(0.4);
      server.answers = script(random, splitAtRandom(random, input));
      const client = connect({ path: server.path, username: null, password: null });
      try {
        return follows ? await followed(client) : await called(client);
      } finally {
        client.close();
      }
    },
    close: server.close,
  };
}

async function called(client: ControlClient): Promise<string> {
  try {
    const result = await settled('the result of a call', client.call('supervisor.getState'));
    return `result ${typeof result}`;
  } catch (error) {
    return refusalOf(error);
  }
}

async function followed(client: ControlClient): Promise<string> {
  let bytes = 0;
  let missed = 0;
  try {
    const following = client.followLog({
      process: 'web',
      channel: 'stdout',
      onBytes: (chunk) => {
        expectThat(chunk instanceof Uint8Array, 'a log is made of bytes');
        bytes += chunk.length;
      },
      onMissed: (count) => {
        expectThat(Number.isFinite(count), 'a number of pieces is a number');
        missed += 1;
      },
      signal: new AbortController().signal,
    });
    await settled('the end of a log', following);
    return `followed ${bytes > 0} ${missed > 0}`;
  } catch (error) {
    if (error instanceof LogNotAvailable) return 'no log';
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): string {
  if (isBug(error)) throw error;
  const { className, text } = describeFailure(error);
  expectThat(className !== '' && text !== '', 'a failure has words');
  if (error instanceof Fault) return 'fault';
  return error instanceof ConnectionProblem
    ? `${error.kind} ${error.code} ${classOf(error.message.replace(/\/\S+/g, ''))}`
    : className;
}
