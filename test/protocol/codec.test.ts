import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

const decoded = (bytes: Uint8Array): Message => {
  const result = decodeMessage(bytes);
  if (result.kind === 'invalid') throw new Error(result.reason);
  return result.message;
};

describe('the codec', () => {
  it.each([
    ['request', '94 00 07 a3 612e62 91 c3', { type: 'request', id: 7, method: 'a.b', params: [true] }],
    ['response', '94 01 07 c0 a2 6f6b', { type: 'response', id: 7, error: null, result: 'ok' }],
    [
      'error',
      '94 01 07 82 a4 636f6465 0a a7 6d657373616765 a1 78 c0',
      { type: 'response', id: 7, error: { code: 10, message: 'x' }, result: null },
    ],
    ['notification', '93 02 a6 6d6973736564 91 03', { type: 'notification', method: 'missed', params: [3] }],
  ] as const)('writes and reads a %s as the specification says', (_kind, bytes, message) => {
    expect(Buffer.from(encodeMessage(message)).toString('hex')).toBe(bytes.replaceAll(' ', ''));
    expect(decoded(hex(bytes))).toEqual(message);
  });

  it('gives back every value of a log line or a structure unchanged', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.string().filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(
        fc.array(fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf, { noNullPrototype: true }))),
        (result) => {
          const message: Message = { type: 'response', id: 1, error: null, result };
          expect(decoded(encodeMessage(message))).toEqual(message);
        },
      ),
    );
  });

  it('keeps bytes as bytes', () => {
    const bytes = Buffer.of(0, 255, 128);
    const back = decoded(encodeMessage({ type: 'notification', method: 'log.bytes', params: [1, bytes] }));
    expect(back).toMatchObject({ params: [1, bytes] });
  });

  it('reads 64-bit integers as numbers, as clients in typed languages send them', () => {
    expect(decoded(hex('94 00 d3 0000000000000005 a1 61 92 cf 0000010000000000 d3 ffffffffffffffff'))).toEqual({
      type: 'request',
      id: 5,
      method: 'a',
      params: [2 ** 40, -1],
    });
  });

  it('writes undefined as nil and never an extension type', () => {
    expect(
      Buffer.from(encodeMessage({ type: 'response', id: 1, error: null, result: undefined })).toString('hex'),
    ).toBe('940101c0c0');
  });

  it('lets no key reach the prototype of an object', () => {
    const message = decoded(hex('93 02 a1 61 91 81 a9 5f5f70726f746f5f5f 81 a1 78 01'));
    if (message.type !== 'notification') throw new Error('a notification was sent');
    const [map] = message.params;
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    expect(({} as { readonly x?: unknown }).x).toBeUndefined();
    expect((map as { readonly x?: unknown }).x).toBeUndefined();
  });

  it.each([
    ['an empty array', '90', 'has no type 0, 1 or 2'],
    ['an unknown type', '94 03 01 a1 61 90', 'has no type 0, 1 or 2'],
    ['a type that is text', '94 a1 30 01 a1 61 90', 'has no type 0, 1 or 2'],
    ['a request of three', '93 00 01 a1 61', 'is a request without exactly four fields'],
    ['a negative id', '94 00 ff a1 61 90', 'is a request whose id is no 32-bit unsigned integer'],
    [
      'an id beyond 32 bits',
      '94 00 cf 0000000100000000 a1 61 90',
      'is a request whose id is no 32-bit unsigned integer',
    ],
    ['a fractional id', '94 00 cb 3ff8000000000000 a1 61 90', 'is a request whose id is no 32-bit unsigned integer'],
    ['a method that is a number', '94 00 01 05 90', 'is a request whose method is no string'],
    ['parameters in a map', '94 00 01 a1 61 80', 'is a request whose parameters are no array'],
    ['an error that is text', '94 01 01 a1 61 c0', 'is a response whose error is no map of code and message'],
    ['a notification of four', '94 02 a1 61 90 c0', 'is a notification without exactly three fields'],
    ['a notification without array', '93 02 a1 61 c0', 'is a notification whose parameters are no array'],
    ['bytes behind the message', '90 90', expect.stringMatching(/^cannot be decoded: /)],
    ['a key that is an array', '93 02 a1 61 91 81 90 01', expect.stringMatching(/^cannot be decoded: /)],
  ])('says what is wrong with %s', (_what, bytes, reason) => {
    expect(decodeMessage(hex(bytes))).toEqual({ kind: 'invalid', reason });
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(['message', 'invalid']).toContain(decodeMessage(bytes).kind);
      }),
      { numRuns: 3000 },
    );
  });
});
