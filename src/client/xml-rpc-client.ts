/**
 * The control client over XML-RPC, which is what an original Supervisor speaks: HTTP on a unix socket or on TCP. One
 * connection is kept for the calls, and every log that is followed has its own.
 */

import { Agent, type IncomingMessage, request } from 'node:http';
import { Fault } from '../model/errors.ts';
import { decodeXmlResponse } from '../protocol/xml-rpc-reader.ts';
import type { XmlLimits } from '../protocol/xml-rpc-tree.ts';
import { encodeXmlCall } from '../protocol/xml-rpc-writer.ts';
import { answerTooLong, connectionProblem, notXmlRpc, unauthorized } from './connection-problem.ts';
import { ConnectionProblem, type ControlClient, HttpRefusal, LogNotAvailable } from './control-client.ts';
import { describeEndpoint, type ServerAddress, urlOf } from './endpoint.ts';

/** Enough for the list of all processes of a huge configuration, and for a log that is read whole. */
const maxAnswerBytes = 256 * 1024 * 1024;
const answerLimits: XmlLimits = { maxDepth: 64, maxElements: 16_000_000 };

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

export function connectXmlRpc(address: ServerAddress): ControlClient {
  // Kept alive also for logs: Supervisor sends them as they grow only over a connection that is to be kept.
  const { dial } = address;
  const agent = Object.assign(new Agent({ keepAlive: true }), dial === undefined ? {} : { createConnection: dial });
  const place = describeEndpoint(address);
  const connection =
    'path' in address ? { socketPath: address.path, host: 'localhost' } : { host: address.host, port: address.port };
  const common = { 'User-Agent': 'statevisor', ...authorization(address) };

  /** Resolves with the beginning of a response whose status is 200. */
  function send({ method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({
        ...connection,
        agent,
        method,
        path,
        headers: { ...common, ...headers },
        ...(signal === undefined ? {} : { signal }),
      });
      // Also after the response: the error of a connection that was given up must not end the process.
      sent.on('error', (error) => reject(connectionProblem(error)));
      // Some answers are given to nobody, such as those that promise another protocol.
      sent.on('upgrade', (response, socket) => {
        socket.destroy();
        reject(refusal(response));
      });
      sent.on('close', () => reject(connectionProblem(new Error('socket hang up'))));
      sent.on('response', (response) => {
        if (response.statusCode === 200) {
          resolve(response);
        } else {
          response.destroy();
          reject(refusal(response));
        }
      });
      sent.end(body);
    });
  }

  function refusal({ statusCode, statusMessage }: IncomingMessage): ConnectionProblem {
    if (statusCode === 401) return unauthorized(place, 'Authorization' in common);
    return new HttpRefusal(place, statusCode ?? 0, statusMessage ?? '');
  }

  async function call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const body = encodeXmlCall(method, params);
    const headers = { 'Content-Type': 'text/xml', Accept: 'text/xml', 'Content-Length': body.length };
    const answer = await readWhole(await send({ method: 'POST', path: '/RPC2', headers, body }), place);
    const decoded = decodeXmlResponse(answer, answerLimits);
    switch (decoded.kind) {
      case 'result':
        return decoded.result;
      case 'fault':
        throw new Fault(decoded.fault.code, decoded.fault.message);
      case 'invalid':
        throw notXmlRpc(place, decoded.reason);
      default:
        return decoded satisfies never;
    }
  }

  async function followLog(options: Parameters<ControlClient['followLog']>[0]): Promise<void> {
    const { process, channel, onBytes, signal } = options;
    if (signal.aborted) return;
    let begun = false;
    try {
      const response = await send({ method: 'GET', path: logPath(process, channel), signal });
      begun = true;
      for await (const chunk of response) {
        if (signal.aborted) return;
        onBytes(chunk);
      }
    } catch (error) {
      // How a log ends that was being shown makes no difference, as in Supervisor.
      if (begun || signal.aborted) return;
      if (error instanceof HttpRefusal && error.status === 404) throw new LogNotAvailable(`no log at ${place}`);
      throw error;
    }
  }

  return {
    serverUrl: urlOf(address),
    call,
    followLog,
    subscribe: async () => {
      throw Fault.of('UNKNOWN_METHOD');
    },
    close: () => agent.destroy(),
  };
}

function authorization({ username, password }: ServerAddress): Readonly<Record<string, string>> {
  if (username === null || password === null) return {};
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** Group and process stay readable: the colon between them needs no escape. */
const logPath = (process: string | null, channel: string): string =>
  process === null ? '/mainlogtail' : `/logtail/${encodeURIComponent(process).replaceAll('%3A', ':')}/${channel}`;

async function readWhole(response: IncomingMessage, place: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxAnswerBytes) throw answerTooLong(place, maxAnswerBytes);
    }
  } catch (error) {
    throw error instanceof ConnectionProblem || !(error instanceof Error) ? error : connectionProblem(error);
  }
  return Buffer.concat(chunks);
}
