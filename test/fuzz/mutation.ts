/** Small damages to known inputs: bits are turned, pieces are cut, repeated, moved, and spliced from other inputs. */

import type { Random } from './random.ts';

export interface MutationMaterial {
  /** Inputs to splice from. */
  readonly others: readonly Uint8Array[];
  readonly tokens: readonly Uint8Array[];
  readonly maxBytes: number;
}

/** One to eight damages. */
export function mutate(random: Random, input: Uint8Array, material: MutationMaterial): Uint8Array {
  let bytes = input;
  for (let left = 1 + random.below(1 << random.below(4)); left > 0; left -= 1) {
    bytes = random.pick(damages)(random, bytes, material).subarray(0, material.maxBytes);
  }
  return bytes;
}

type Damage = (random: Random, bytes: Uint8Array, material: MutationMaterial) => Uint8Array;

/** Bytes that parsers look at. */
const telling = [...Buffer.from('\0\t\n\r \'"%&()*+,-./019:;<=>?@AZ[\\]_az{|}~'), 0x7f, 0x80, 0x90, 0xc0, 0xc1, 0xff];

const damages: readonly Damage[] = [
  function turnBit(random, bytes) {
    return replaced(bytes, random.below(bytes.length), (byte) => byte ^ (1 << random.below(8)));
  },
  function replaceByte(random, bytes) {
    return replaced(bytes, random.below(bytes.length), () => random.below(256));
  },
  function replaceByTellingByte(random, bytes) {
    return replaced(bytes, random.below(bytes.length), () => random.pick(telling));
  },
  function stepByte(random, bytes) {
    return replaced(bytes, random.below(bytes.length), (byte) => byte + (random.chance(0.5) ? 1 : -1));
  },
  function insertTellingByte(random, bytes) {
    return inserted(bytes, random.below(bytes.length + 1), Uint8Array.of(random.pick(telling)));
  },
  function insertToken(random, bytes, { tokens }) {
    return tokens.length === 0 ? bytes : inserted(bytes, random.below(bytes.length + 1), random.pick(tokens));
  },
  function cutPiece(random, bytes) {
    const { start, end } = piece(random, bytes);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  function cutEnd(random, bytes) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function repeatPiece(random, bytes, { maxBytes }) {
    const { start, end } = piece(random, bytes);
    if (end === start) return bytes;
    // Mostly a few times; now and then as often as there is room, for what takes quadratic time.
    const room = Math.floor((maxBytes - bytes.length) / (end - start));
    const times = Math.min(room, random.chance(0.03) ? room : 1 + random.below(8));
    if (times <= 0) return bytes;
    return inserted(bytes, start, Buffer.concat(Array<Uint8Array>(times).fill(bytes.subarray(start, end))));
  },
  function movePiece(random, bytes) {
    const { start, end } = piece(random, bytes);
    const rest = joined(bytes.subarray(0, start), bytes.subarray(end));
    return inserted(rest, random.below(rest.length + 1), bytes.subarray(start, end));
  },
  function spliceWithOther(random, bytes, { others }) {
    if (others.length === 0) return bytes;
    const other = random.pick(others);
    return joined(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
  },
  function insertOther(random, bytes, { others }) {
    if (others.length === 0) return bytes;
    const other = random.pick(others);
    const { start, end } = piece(random, other);
    return inserted(bytes, random.below(bytes.length + 1), other.subarray(start, end));
  },
];

function replaced(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = change(copy[at] ?? 0);
  return copy;
}

const inserted = (bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => Buffer.concat([first, second]);

/** Mostly short. */
function piece(random: Random, bytes: Uint8Array): { readonly start: number; readonly end: number } {
  const start = random.below(bytes.length + 1);
  const longest = random.chance(0.8) ? Math.min(16, bytes.length - start) : bytes.length - start;
  return { start, end: start + random.below(longest + 1) };
}

/** Cuts bytes into pieces at random places: rarely none, rarely every byte, mostly a few. */
export function splitAtRandom(random: Random, bytes: Uint8Array): readonly Uint8Array[] {
  if (random.chance(0.1) && bytes.length < 500) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const places = Array.from({ length: random.below(8) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((place, index) => bytes.subarray(place, places[index] ?? bytes.length));
}
