/** MessagePack messages: where one ends, and what it says, compared with a second reader that is slow and plain. */

import { decodeMessage, encodeMessage } from '../../../src/protocol/codec.ts';
import { createFrameReader, type FrameLimits } from '../../../src/protocol/frame.ts';
import type { Message } from '../../../src/protocol/messages.ts';
import { classOf, expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { splitAtRandom } from '../mutation.ts';
import { type Random, randomOf } from '../random.ts';
import { anyMessage, anyMessagePack, messageTokens } from './msgpack-grammar.ts';
import { readPlainly } from './plain-msgpack.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

const seeds: readonly Message[] = [
  { type: 'request', id: 1, method: 'session.hello', params: ['statevisor', 1] },
  {
    type: 'request',
    id: 0xffffffff,
    method: 'supervisor.startProcess',
    params: ['web', true, null, 1.5, { a: [1, -70000] }],
  },
  {
    type: 'response',
    id: 1,
    error: null,
    result: { server: 'statevisor', authenticated: true, bytes: Uint8Array.of(1, 2) },
  },
  { type: 'response', id: 2, error: { code: 10, message: 'BAD_NAME' }, result: null },
  { type: 'notification', method: 'log.bytes', params: [1, Buffer.from('line\n')] },
];

export const framesFuzzer: Fuzzer = {
  name: 'frames',
  seeds: [
    ...seeds.map(encodeMessage),
    Buffer.concat(seeds.map(encodeMessage)),
    hex('dc 00 04 00 cc 01 a1 61 90'),
    hex('93 02 d9 01 61 91 cf ff ff ff ff ff ff ff ff'),
  ],
  tokens: messageTokens,
  generate: (random) =>
    Buffer.concat(
      Array.from({ length: 1 + random.below(3) }, () =>
        random.chance(0.6) ? anyMessage(random) : anyMessagePack(random),
      ),
    ),
  maxBytes: 64 * 1024,
  shortRun: 4000,
  open: () => ({ check }),
};

/** Tight ones are met more often. */
const limitsOf = (random: Random): FrameLimits => ({
  maxBytes: random.pick([20, 100, 4096]),
  maxDepth: random.pick([2, 4, 8]),
  maxValues: random.pick([5, 30, 500]),
});

interface Reading {
  /** In hexadecimal notation. */
  readonly messages: readonly string[];
  readonly end: string;
}

function check(input: Uint8Array): string {
  const random = randomOf(input);
  const limits = limitsOf(random);
  const whole = readFrames([input], limits);
  for (let time = 0; time < 2; time += 1) {
    expectSame(readFrames(splitAtRandom(random, input), limits), whole, 'however it is split, it reads the same');
  }
  expectSame(whole, framesPlainly(input, limits), 'as the plain reader');
  const decoded = whole.messages.map((message) => checkMessage(hex(message), limits));
  // Bytes that no frame reader has seen, too.
  decodeMessage(input);
  expectThat(Object.keys(Object.prototype).length === 0 && !('polluted' in {}), 'no message changes all objects');
  return `${whole.end} ${[...new Set(decoded)].slice(0, 3).join(',')}`;
}

function readFrames(chunks: readonly Uint8Array[], limits: FrameLimits): Reading {
  const reader = createFrameReader(limits);
  const messages: string[] = [];
  let end = 'incomplete';
  for (const chunk of chunks) {
    reader.append(chunk);
    for (let frame = reader.next(); ; frame = reader.next()) {
      if (frame.kind !== 'message') {
        end = frame.kind === 'broken' ? frame.problem : reader.heldBytes === 0 ? 'complete' : 'incomplete';
        break;
      }
      expectThat(frame.bytes.length <= limits.maxBytes, 'no message exceeds the limit');
      messages.push(Buffer.from(frame.bytes).toString('hex'));
    }
    if (end === 'incomplete')
      expectThat(reader.heldBytes < limits.maxBytes + 16, 'no more is held than a message may have');
  }
  return { messages, end };
}

function framesPlainly(input: Uint8Array, limits: FrameLimits): Reading {
  const messages: string[] = [];
  let at = 0;
  for (;;) {
    const result = readPlainly(input.subarray(at), limits);
    if (result.kind === 'message') {
      messages.push(Buffer.from(input.subarray(at, at + result.length)).toString('hex'));
      at += result.length;
    } else if (result.kind === 'incomplete') {
      return { messages, end: at === input.length ? 'complete' : 'incomplete' };
    } else {
      return { messages, end: result.problem };
    }
  }
}

/** What one frame says; written anew it says the same. */
function checkMessage(bytes: Uint8Array, limits: FrameLimits): string {
  const decoded = decodeMessage(bytes);
  if (decoded.kind === 'invalid') return classOf(decoded.reason);
  const { message } = decoded;
  const plain = readPlainly(bytes, limits);
  expectThat(plain.kind === 'message', 'the plain reader reads it too');
  expectSame(withoutSign(fieldsOf(message)), withoutSign(plain.value), 'the plain reader reads the same');
  const again = decodeMessage(encodeMessage(message));
  expectThat(again.kind === 'message', 'written anew it is valid');
  expectSame(withoutSign(again.message), withoutSign(message), 'written anew it says the same');
  return message.type;
}

/** Negative zero is written as zero, and in four bytes also read as zero. */
const withoutSign = (value: unknown): unknown => {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutSign);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSign(member)]));
};

function fieldsOf(message: Message): readonly unknown[] {
  switch (message.type) {
    case 'request':
      return [0, message.id, message.method, message.params];
    case 'response':
      return [1, message.id, message.error, message.result];
    case 'notification':
      return [2, message.method, message.params];
    default:
      return message satisfies never;
  }
}
