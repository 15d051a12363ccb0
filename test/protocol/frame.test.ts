import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts';
import { createFrameReader, type Frame, type FrameLimits } from '../../src/protocol/frame.ts';
import type { Message } from '../../src/protocol/messages.ts';

const roomy: FrameLimits = { maxBytes: 1 << 20, maxDepth: 20, maxValues: 100_000 };

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Feeds the chunks and collects what comes out until the end or the first error. */
function read(chunks: readonly Uint8Array[], limits: FrameLimits = roomy) {
  const reader = createFrameReader(limits);
  const messages: string[] = [];
  let last: Frame = { kind: 'incomplete' };
  for (const chunk of chunks) {
    reader.append(chunk);
    for (last = reader.next(); last.kind === 'message'; last = reader.next()) {
      messages.push(Buffer.from(last.bytes).toString('hex'));
    }
  }
  return { messages, problem: last.kind === 'broken' ? last.problem : null, heldBytes: reader.heldBytes };
}

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 400 }),
    fc.array(tie('value'), { maxLength: 40 }),
    fc.dictionary(fc.string({ maxLength: 40 }), tie('value'), { maxKeys: 20 }),
  ),
})).value;

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('request' as const),
    id: fc.nat(),
    method: fc.string(),
    params: fc.array(value),
  }),
  fc.record({
    type: fc.constant('response' as const),
    id: fc.nat(),
    error: fc.oneof(fc.constant(null), fc.record({ code: fc.integer(), message: fc.string() })),
    result: value,
  }),
  fc.record({ type: fc.constant('notification' as const), method: fc.string(), params: fc.array(value) }),
);

/** Cuts the bytes at the given places, taken modulo the length. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index] ?? bytes.length));
}

describe('the frame reader', () => {
  it('gives the same messages for every split of the bytes', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 30 }), (messages, places) => {
        const encoded = messages.map(encodeMessage);
        const result = read(split(Buffer.concat(encoded), places));
        expect(result).toEqual({
          messages: encoded.map((bytes) => Buffer.from(bytes).toString('hex')),
          problem: null,
          heldBytes: 0,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same messages byte by byte', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 3 }), (messages) => {
        const bytes = Buffer.concat(messages.map(encodeMessage));
        const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(read(single)).toEqual(read([bytes]));
      }),
    );
  });

  it('answers any bytes with messages that decode and at most one clean error, whatever the split', () => {
    const arrayHeads = fc.constantFrom(0x93, 0x94, 0x90, 0xdc, 0xdd);
    const bytesLikeMessages = fc
      .tuple(arrayHeads, fc.uint8Array({ maxLength: 200 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest));
    const limits: FrameLimits = { maxBytes: 100, maxDepth: 5, maxValues: 40 };
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), bytesLikeMessages),
        fc.array(fc.nat(), { maxLength: 20 }),
        (bytes, places) => {
          const whole = read([bytes], limits);
          expect(read(split(bytes, places), limits).messages).toEqual(whole.messages);
          for (const text of whole.messages) {
            expect(text.length / 2).toBeLessThanOrEqual(limits.maxBytes);
            // Either a message or a reason: it never throws, and never reads past its bytes.
            expect(['message', 'invalid']).toContain(decodeMessage(hex(text)).kind);
          }
          if (whole.problem === null) expect(whole.heldBytes).toBeLessThanOrEqual(limits.maxBytes);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a number', '01', 'not-an-array'],
    ['a map', '80', 'not-an-array'],
    ['the first byte of a long text', 'db', 'not-an-array'],
    ['the answer of an HTTP server', '48545450', 'not-an-array'],
    ['fixext 1', '91 d4 00 00', 'extension-type'],
    ['fixext 16', '91 d8', 'extension-type'],
    ['ext 8', '92 01 c7 01 01 00', 'extension-type'],
    ['ext 32', '91 c9 00 00 00 00 01', 'extension-type'],
    ['the byte that MessagePack never uses', '91 c1', 'reserved-byte'],
    ['a string of four gigabytes', '91 db ff ff ff ff', 'too-large'],
    ['a binary of two megabytes', '91 c6 00 20 00 00', 'too-large'],
    ['an array of four billion values', 'dd ff ff ff ff', 'too-large'],
    ['a map of four billion pairs', '91 df ff ff ff ff', 'too-large'],
    ['more values than allowed', 'dc 00 05 01 01 01', 'too-large'],
    ['arrays in arrays', '91 91 91 91', 'too-deep'],
    ['maps in maps', '91 81 01 81 01 81 01 80', 'too-deep'],
  ] as const)('refuses %s', (_what, bytes, problem) => {
    const limits =
      problem === 'too-deep' ? { ...roomy, maxDepth: 3 } : { ...roomy, maxValues: bytes.startsWith('dc') ? 5 : 1e10 };
    expect(read([hex(bytes)], limits)).toMatchObject({ messages: [], problem });
  });

  it('allows a message of exactly the largest size and refuses one byte more', () => {
    const limits: FrameLimits = { maxBytes: 10, maxDepth: 2, maxValues: 10 };
    expect(read([hex('91 a8 6161616161616161')], limits)).toMatchObject({ messages: ['91a86161616161616161'] });
    expect(read([hex('91 a9 616161616161616161')], limits)).toMatchObject({ messages: [], problem: 'too-large' });
  });

  it('keeps the messages before a broken one', () => {
    expect(read([hex('92 01 02 91 c1 90')])).toMatchObject({ messages: ['920102'], problem: 'reserved-byte' });
  });

  it('stays broken', () => {
    const reader = createFrameReader(roomy);
    reader.append(hex('01'));
    expect(reader.next()).toEqual({ kind: 'broken', problem: 'not-an-array' });
    reader.append(hex('90'));
    expect(reader.next()).toEqual({ kind: 'broken', problem: 'not-an-array' });
  });

  it('takes new limits in the middle of a chunk', () => {
    const reader = createFrameReader({ maxBytes: 4, maxDepth: 2, maxValues: 10 });
    reader.append(hex('92 01 02 91 a8 6161616161616161'));
    expect(reader.next().kind).toBe('message');
    reader.setLimits(roomy);
    expect(reader.next()).toEqual({ kind: 'message', bytes: hex('91 a8 6161616161616161') });
  });

  it('never changes the bytes of a message it has given out', () => {
    const reader = createFrameReader(roomy);
    const given: { readonly bytes: Uint8Array; readonly copy: string }[] = [];
    for (let round = 0; round < 200; round += 1) {
      reader.append(hex('92 01 a2 61'));
      reader.append(Uint8Array.of(0x61 + (round % 20), 0x91));
      reader.append(Uint8Array.of(round % 100));
      for (let frame = reader.next(); frame.kind === 'message'; frame = reader.next()) {
        given.push({ bytes: frame.bytes, copy: Buffer.from(frame.bytes).toString('hex') });
      }
    }
    expect(given).toHaveLength(400);
    for (const { bytes, copy } of given) expect(Buffer.from(bytes).toString('hex')).toBe(copy);
  });

  it('copies each byte only a few times when a large message comes in small pieces', () => {
    const body = Buffer.alloc(1 << 20, 0x61);
    const reader = createFrameReader({ ...roomy, maxBytes: 2 << 20 });
    reader.append(hex('91 c6 00 10 00 00'));
    let copied = 0;
    const original = Uint8Array.prototype.set;
    Uint8Array.prototype.set = function set(source, offset) {
      copied += source.length;
      return original.call(this, source, offset);
    };
    try {
      for (let at = 0; at < body.length; at += 16) {
        reader.append(body.subarray(at, at + 16));
        expect(reader.next().kind === 'incomplete').toBe(at + 16 < body.length);
      }
    } finally {
      Uint8Array.prototype.set = original;
    }
    expect(copied).toBeLessThan(4 * body.length);
  });
});
