/** Bodies of XML-RPC, calls as the server reads them and responses as the client does, compared with Python's readers. */

import { decodeXmlCall, decodeXmlResponse } from '../../../src/protocol/xml-rpc-reader.ts';
import { encodeXmlCall, encodeXmlFault, encodeXmlResult, replaceNotXml } from '../../../src/protocol/xml-rpc-writer.ts';
import { classOf, expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import type { PythonOracle } from '../python.ts';
import { anyCall, anyResponse, xmlTokens } from './xml-grammar.ts';

const limits = { maxDepth: 60, maxElements: 5000 };

const sample = {
  name: 'web',
  pid: 4711,
  on: true,
  off: false,
  load: 1.5,
  nothing: null,
  list: [1, 'a', []],
  text: 'é<&>"\u{1f600}',
};

export const xmlCallFuzzer: Fuzzer = {
  name: 'xml-call',
  seeds: [
    encodeXmlCall('supervisor.getState', []),
    encodeXmlCall('supervisor.startProcess', ['web', true, 1.5, -7]),
    encodeXmlCall('system.multicall', [[{ methodName: 'supervisor.getPID', params: [] }, sample]]),
    '<methodCall><methodName>a</methodName></methodCall>',
  ],
  tokens: xmlTokens,
  generate: anyCall,
  maxBytes: 64 * 1024,
  shortRun: 2500,
  open: ({ python }) => ({ check: (input) => checkCall(input, python) }),
};

async function checkCall(input: Uint8Array, python: PythonOracle | null): Promise<string> {
  const decoded = decodeXmlCall(input, limits);
  expectThat(!('polluted' in {}) && Object.keys(Object.prototype).length === 0, 'no document changes all objects');
  if (python !== null) await compareCall(python, input, decoded);
  if (decoded.kind !== 'call')
    return decoded.kind === 'invalid'
      ? classOf(decoded.reason.replace(/^has .* where/s, 'has another where'))
      : decoded.kind;
  if (decoded.params.every(hasNotation) && hasTextNotation(decoded.method)) {
    expectSame(
      decodeXmlCall(encodeXmlCall(decoded.method, decoded.params), limits),
      decoded,
      'written anew it says the same',
    );
  }
  return `call ${decoded.params.map(typeOf).join(' ').slice(0, 40)}`;
}

export const xmlResponseFuzzer: Fuzzer = {
  name: 'xml-response',
  seeds: [
    encodeXmlResult([sample, sample]),
    encodeXmlResult('text'),
    encodeXmlResult(Buffer.from('bytes')),
    encodeXmlFault({ code: 10, message: 'BAD_NAME: x' }),
    '<methodResponse><params><param><value>\x07\x1b[0m log</value></param></params></methodResponse>',
  ],
  tokens: xmlTokens,
  generate: anyResponse,
  maxBytes: 64 * 1024,
  shortRun: 2500,
  open: ({ python }) => ({ check: (input) => checkResponse(input, python) }),
};

async function checkResponse(input: Uint8Array, python: PythonOracle | null): Promise<string> {
  const decoded = decodeXmlResponse(input, limits);
  if (python !== null) await compareResponse(python, input, decoded);
  switch (decoded.kind) {
    case 'invalid':
      return classOf(decoded.reason.replace(/^has .* where/s, 'has another where'));
    case 'fault':
      if (hasNotation(Object.values(decoded.fault))) {
        expectSame(decodeXmlResponse(encodeXmlFault(decoded.fault), limits), decoded, 'written anew it says the same');
      }
      return 'fault';
    case 'result':
      if (hasNotation(decoded.result)) {
        expectSame(
          decodeXmlResponse(encodeXmlResult(decoded.result), limits),
          decoded,
          'written anew it says the same',
        );
      }
      return `result ${typeOf(decoded.result)}`;
    default:
      return decoded satisfies never;
  }
}

const hasTextNotation = (text: string): boolean => replaceNotXml(text) === text && !text.includes('\r');

/** Infinity has no notation, nor have control characters, and a carriage return would be read as a line end. */
function hasNotation(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value === 'string') return hasTextNotation(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => hasTextNotation(name) && hasNotation(member));
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'nil' : typeof value);

/** What Supervisor understands we understand in the same way, unless it is none of the documents that clients send. */
async function compareCall(
  python: PythonOracle,
  input: Uint8Array,
  ours: ReturnType<typeof decodeXmlCall>,
): Promise<void> {
  // Supervisor takes integers of this type for text.
  if (ours.kind !== 'call' || Buffer.from(input).includes('<i8')) return;
  const answer = await python.ask({ ask: 'call', text: Buffer.from(input).toString() });
  if (answer.kind !== 'answer') return;
  expectSame(
    { method: ours.method, params: ours.params.map(comparable) },
    inOurWords(answer.answer),
    'as Supervisor reads it',
  );
}

async function compareResponse(
  python: PythonOracle,
  input: Uint8Array,
  ours: ReturnType<typeof decodeXmlResponse>,
): Promise<void> {
  if (ours.kind === 'invalid') return;
  const answer = await python.ask({ ask: 'response', text: Buffer.from(input).toString() });
  if (answer.kind !== 'answer') return;
  if (ours.kind === 'fault') {
    expectSame(
      [ours.fault.code, ours.fault.message],
      (inOurWords(answer.answer) as { fault?: unknown }).fault,
      'the fault Python reads',
    );
  } else {
    expectSame(
      comparable(ours.result),
      ((inOurWords(answer.answer) as { result?: readonly unknown[] }).result ?? [])[0],
      'the result Python reads',
    );
  }
}

/** Members in the order of their names. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, comparable(member)]),
  );
}

function inOurWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOurWords);
  if (typeof value !== 'object' || value === null) return value;
  if ('number' in value) return Number(String(value.number).replace('inf', 'Infinity'));
  if ('bytes' in value) return Buffer.from(String(value.bytes), 'base64').toString();
  if ('map' in value) {
    const members = (value.map as [string, unknown][]).map(([name, member]) => [name, inOurWords(member)] as const);
    return comparable(Object.fromEntries(members));
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inOurWords(member)]));
}
