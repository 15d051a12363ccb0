/**
 * A second reader of MessagePack, for comparison: recursive, on bytes that are all there, and with nothing in common with
 * the product's but the specification and the limits.
 */

import type { FrameLimits, FrameProblem } from '../../../src/protocol/frame.ts';

export type PlainResult =
  | { readonly kind: 'message'; readonly length: number; readonly value: unknown }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'broken'; readonly problem: FrameProblem };

class Broken extends Error {
  readonly problem: FrameProblem;

  constructor(problem: FrameProblem) {
    super(problem);
    this.problem = problem;
  }
}

class Incomplete extends Error {}

/** Reads the message at the beginning. */
export function readPlainly(bytes: Uint8Array, limits: FrameLimits): PlainResult {
  const reader = new PlainReader(bytes, limits);
  try {
    const value = reader.message();
    return { kind: 'message', length: reader.at, value };
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', problem: error.problem };
    if (error instanceof Incomplete) return { kind: 'incomplete' };
    throw error;
  }
}

class PlainReader {
  at = 0;
  readonly #bytes: DataView;
  readonly #limits: FrameLimits;
  /** Values that were begun, and those that are still announced. */
  #seen = 0;
  #owed = 0;

  constructor(bytes: Uint8Array, limits: FrameLimits) {
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  message(): unknown {
    const tag = this.#bytes.byteLength === 0 ? 0x90 : this.#bytes.getUint8(0);
    const isArray = tag >> 4 === 9 || tag === 0xdc || tag === 0xdd;
    if (!isArray) throw new Broken('not-an-array');
    this.#owed = 1;
    const value = this.#value(0);
    // The last value may reach beyond what is there.
    if (this.at > this.#bytes.byteLength) throw new Incomplete();
    return value;
  }

  #value(depth: number): unknown {
    const tag = this.#number(1);
    if (tag < 0x80) return this.#scalar(0, () => tag);
    if (tag < 0x90) return this.#map(tag & 15, depth);
    if (tag < 0xa0) return this.#array(tag & 15, depth);
    if (tag < 0xc0) return this.#text(tag & 31);
    if (tag >= 0xe0) return this.#scalar(0, () => tag - 256);
    switch (tag) {
      case 0xc0:
        return this.#scalar(0, () => null);
      case 0xc1:
        throw new Broken('reserved-byte');
      case 0xc2:
        return this.#scalar(0, () => false);
      case 0xc3:
        return this.#scalar(0, () => true);
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#number(1 << (tag - 0xc4)));
      case 0xca:
        return this.#scalar(4, (at) => this.#bytes.getFloat32(at));
      case 0xcb:
        return this.#scalar(8, (at) => this.#bytes.getFloat64(at));
      case 0xcc:
        return this.#scalar(1, (at) => this.#bytes.getUint8(at));
      case 0xcd:
        return this.#scalar(2, (at) => this.#bytes.getUint16(at));
      case 0xce:
        return this.#scalar(4, (at) => this.#bytes.getUint32(at));
      case 0xcf:
        return this.#scalar(8, (at) => Number(this.#bytes.getBigUint64(at)));
      case 0xd0:
        return this.#scalar(1, (at) => this.#bytes.getInt8(at));
      case 0xd1:
        return this.#scalar(2, (at) => this.#bytes.getInt16(at));
      case 0xd2:
        return this.#scalar(4, (at) => this.#bytes.getInt32(at));
      case 0xd3:
        return this.#scalar(8, (at) => Number(this.#bytes.getBigInt64(at)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#number(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#number(2 << (tag - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#number(2 << (tag - 0xde)), depth);
      default:
        throw new Broken('extension-type');
    }
  }

  /** A number of the head: without it nothing can be said about the value. */
  #number(length: number): number {
    if (this.at + length > this.#bytes.byteLength) throw new Incomplete();
    let value = 0;
    for (let index = 0; index < length; index += 1) value = value * 256 + this.#bytes.getUint8(this.at + index);
    this.at += length;
    return value;
  }

  #array(count: number, depth: number): unknown {
    this.#open(count, depth);
    const items: unknown[] = [];
    for (let index = 0; index < count; index += 1) items.push(this.#value(depth + 1));
    return items;
  }

  #map(pairs: number, depth: number): unknown {
    this.#open(pairs * 2, depth);
    const entries: [string, unknown][] = [];
    for (let index = 0; index < pairs; index += 1) {
      const key = this.#value(depth + 1);
      entries.push([keyOf(key), this.#value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #open(children: number, depth: number): void {
    if (depth >= this.#limits.maxDepth) throw new Broken('too-deep');
    this.#count(children);
  }

  #text(length: number): unknown {
    return this.#scalar(length, (at) => new TextDecoder().decode(this.#slice(at, length)));
  }

  #binary(length: number): unknown {
    return this.#scalar(length, (at) => this.#slice(at, length));
  }

  #slice(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }

  /** A payload that is not all there makes the message incomplete only when something is looked for behind it. */
  #scalar(length: number, read: (at: number) => unknown): unknown {
    const start = this.at;
    this.at += length;
    this.#count(0);
    return this.at > this.#bytes.byteLength ? null : read(start);
  }

  #count(children: number): void {
    this.#seen += 1;
    this.#owed += children - 1;
    if (this.at + this.#owed > this.#limits.maxBytes || this.#seen + this.#owed > this.#limits.maxValues) {
      throw new Broken('too-large');
    }
  }
}

/** Names in JavaScript are texts, and one of them is not safe. Messages with other keys than these are refused later. */
function keyOf(key: unknown): string {
  const text = typeof key === 'object' && key !== null ? '' : String(key);
  return text === '__proto__' ? '__proto_' : text;
}
