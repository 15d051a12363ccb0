/** MessagePack by its grammar: every tag, honest and dishonest lengths, and messages of MessagePack-RPC made of them. */

import { type Random, several } from '../random.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

export const messageTokens: readonly Uint8Array[] = [
  ...[
    '90',
    '91',
    '93',
    '94',
    'dc 00 04',
    'dd 00 00 00 04',
    'dd ff ff ff ff',
    'db ff ff ff ff',
    'c0',
    'c1',
    'c2',
    'c3',
    '80',
    '81',
    'de 00 01',
    'df 00 00 00 01',
    'd4 00 00',
    'c7 01 01 00',
    'd6 ff 00 00 00 00',
    '00',
    '01',
    '02',
    'ff',
    'cf ff ff ff ff ff ff ff ff',
    'd3 80 00 00 00 00 00 00 00',
    'cb 7f f8 00 00 00 00 00 00',
    'ca 3f 80 00 00',
    'c4 00',
    'd9 00',
    'a9 5f 5f 70 72 6f 74 6f 5f 5f',
  ].map(hex),
];

const strings = [
  '',
  'a',
  'session.hello',
  'session.authenticate',
  'supervisor.getState',
  'subscribe.log',
  'é\u{1f600}',
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'length',
  'then',
  'code',
  'message',
  'subscription',
  'x'.repeat(40),
] as const;

/** A value, seldom a dishonest one. */
export function anyMessagePack(random: Random, depth = 0): Uint8Array {
  if (random.chance(0.02)) return random.pick(messageTokens);
  switch (random.below(depth > 4 ? 7 : 10)) {
    case 0:
      return Uint8Array.of(random.below(0x80));
    case 1:
      return Uint8Array.of(0xe0 + random.below(0x20));
    case 2:
      return Uint8Array.of(random.pick([0xc0, 0xc2, 0xc3]));
    case 3:
      return withPayload(random);
    case 4:
    case 5:
      return text(random, random.pick(strings));
    case 6:
      return sized(random, [0xc4, 0xc5, 0xc6], randomBytes(random, random.below(20)));
    case 7:
      return map(
        random,
        several(random, 4, () => [
          random.chance(0.8) ? text(random, random.pick(strings)) : anyMessagePack(random, depth + 1),
          anyMessagePack(random, depth + 1),
        ]),
      );
    default:
      return array(
        random,
        several(random, 4, () => anyMessagePack(random, depth + 1)),
      );
  }
}

/** A message of MessagePack-RPC, seldom with a field that does not belong. */
export function anyMessage(random: Random): Uint8Array {
  const fields = random.pick([request, response, notification])(random);
  if (random.chance(0.1)) fields[random.below(fields.length)] = anyMessagePack(random);
  if (random.chance(0.05)) fields.push(anyMessagePack(random));
  return array(random, fields);
}

const request = (random: Random): Uint8Array[] => [
  Uint8Array.of(0),
  number(random, random.below(4)),
  text(random, random.pick(strings)),
  array(
    random,
    several(random, 3, () => anyMessagePack(random)),
  ),
];

const response = (random: Random): Uint8Array[] => {
  const failed = random.chance(0.4);
  const error = map(random, [
    [text(random, 'code'), number(random, random.pick([1, 6, 10, 92, 401]))],
    [text(random, 'message'), text(random, random.pick(strings))],
  ]);
  const subscribed = map(random, [[text(random, 'subscription'), number(random, random.below(3))]]);
  return [
    Uint8Array.of(1),
    number(random, random.below(4)),
    failed ? error : Uint8Array.of(0xc0),
    failed ? Uint8Array.of(0xc0) : random.chance(0.3) ? subscribed : anyMessagePack(random),
  ];
};

const notification = (random: Random): Uint8Array[] => [
  Uint8Array.of(2),
  text(random, random.pick(['process.changed', 'log.bytes', 'missed', 'session.closing', 'other'])),
  array(random, [
    ...(random.chance(0.6) ? [number(random, random.below(3))] : []),
    ...several(random, 3, () => anyMessagePack(random)),
  ]),
];

/** A small number in any of its notations. */
function number(random: Random, value: number): Uint8Array {
  const notations = [
    [value],
    [0xcc, value],
    [0xcd, 0, value],
    [0xce, 0, 0, 0, value],
    [0xcf, 0, 0, 0, 0, 0, 0, 0, value],
    [0xd0, value],
    [0xd3, 0, 0, 0, 0, 0, 0, 0, value],
  ];
  return Uint8Array.from(random.chance(0.8) ? [value] : random.pick(notations));
}

function text(random: Random, content: string): Uint8Array {
  const bytes = Buffer.from(content);
  if (bytes.length < 32 && random.chance(0.8)) return Buffer.concat([Uint8Array.of(0xa0 + bytes.length), bytes]);
  return sized(random, [0xd9, 0xda, 0xdb], bytes);
}

function array(random: Random, items: readonly Uint8Array[]): Uint8Array {
  const head =
    items.length < 16 && random.chance(0.85)
      ? Uint8Array.of(0x90 + items.length)
      : header(random.pick([0xdc, 0xdd]), items.length);
  return Buffer.concat([head, ...items]);
}

function map(random: Random, pairs: readonly (readonly Uint8Array[])[]): Uint8Array {
  const head =
    pairs.length < 16 && random.chance(0.85)
      ? Uint8Array.of(0x80 + pairs.length)
      : header(random.pick([0xde, 0xdf]), pairs.length);
  return Buffer.concat([head, ...pairs.flat()]);
}

const sized = (random: Random, tags: readonly number[], bytes: Uint8Array): Uint8Array =>
  Buffer.concat([header(random.pick(tags), random.chance(0.95) ? bytes.length : random.below(300)), bytes]);

const lengthBytes: ReadonlyMap<number, number> = new Map([
  [0xc4, 1],
  [0xd9, 1],
  [0xc5, 2],
  [0xda, 2],
  [0xdc, 2],
  [0xde, 2],
  [0xc6, 4],
  [0xdb, 4],
  [0xdd, 4],
  [0xdf, 4],
]);

function header(tag: number, length: number): Uint8Array {
  const count = lengthBytes.get(tag) ?? 0;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return Buffer.concat([Uint8Array.of(tag), bytes.subarray(4 - count)]);
}

function withPayload(random: Random): Uint8Array {
  const [tag = 0, length = 0] = random.pick([
    [0xca, 4],
    [0xcb, 8],
    [0xcc, 1],
    [0xcd, 2],
    [0xce, 4],
    [0xcf, 8],
    [0xd0, 1],
    [0xd1, 2],
    [0xd2, 4],
    [0xd3, 8],
  ]);
  return Buffer.concat([Uint8Array.of(tag), randomBytes(random, length)]);
}

const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]));
