/**
 * Bytes of one message ↔ a typed message, checked. Values inside travel as msgpackr writes them: plain maps, no records,
 * no extension types. It trusts `frame.ts` to have delimited the bytes, and yet survives any bytes at all.
 */

import { Packr } from 'msgpackr/pack';
import type { ProcessInfo } from '../model/process-info.ts';
import { isTable } from '../model/process-table.ts';
import { joinBytes } from './join-bytes.ts';
import { createKeptTable } from './kept-table.ts';
import type { ErrorRecord, Message, ResponseMessage } from './messages.ts';
import { messageTypes } from './messages.ts';

export type Decoded =
  | { readonly kind: 'message'; readonly message: Message }
  /** `reason` completes "the message …" in a log line. */
  | { readonly kind: 'invalid'; readonly reason: string };

// 64-bit integers become numbers: clients in typed languages send every integer that way. Beyond 2^53 they lose digits
// and are then no safe integers, which the argument checks refuse.
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  encodeUndefinedAsNil: true,
  int64AsType: 'number',
});

/** Throws when a value cannot be expressed (symbols, cycles): a bug of whoever made the value. */
export function encodeMessage(message: Message): Uint8Array {
  switch (message.type) {
    case 'request':
      return packr.pack([messageTypes.request, message.id, message.method, message.params]);
    case 'response':
      return encodeTable(message) ?? packr.pack([messageTypes.response, message.id, message.error, message.result]);
    case 'notification':
      return packr.pack([messageTypes.notification, message.method, message.params]);
    default:
      return message satisfies never;
  }
}

const utf8 = new TextEncoder();

/** The table as it was encoded the last time, brought up to date. */
const table = createKeptTable({
  encode: (row) => {
    const { name, group, start, stop, description } = row;
    const bytes: Uint8Array = packr.pack(row);
    const descriptionBytes = utf8.encode(description).length;
    const nowAt = packr.pack({ name, group, start, stop }).length + nowKey.length;
    return { bytes, places: { nowAt, descriptionAt: bytes.length - descriptionBytes, descriptionBytes } };
  },
  // Behind the mark of a number with 32 bits.
  writeNow: (target, at, now) => new DataView(target.buffer, target.byteOffset).setUint32(at + 1, now),
});

const nowKey: Uint8Array = packr.pack('now' satisfies keyof ProcessInfo);

function encodeTable({ id, error, result }: ResponseMessage): Uint8Array | null {
  if (error !== null || !isTable(result) || result.length > 0xffff) return null;
  // Three of four fields, and the beginning of the fourth.
  const before = joinBytes([packr.pack([messageTypes.response, id, error]), arrayHead(result.length)]);
  before[0] = 0x94;
  return table.encode(result, before, new Uint8Array(0));
}

const arrayHead = (length: number): Uint8Array =>
  length < 16 ? Uint8Array.of(0x90 | length) : Uint8Array.of(0xdc, length >> 8, length & 0xff);

export function decodeMessage(bytes: Uint8Array): Decoded {
  let value: unknown;
  try {
    value = packr.unpack(bytes);
  } catch (error) {
    return invalid(`cannot be decoded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(value)) return invalid('is not an array');
  const fields: readonly unknown[] = value;
  switch (fields[0]) {
    case messageTypes.request:
      return decodeRequest(fields);
    case messageTypes.response:
      return decodeResponse(fields);
    case messageTypes.notification:
      return decodeNotification(fields);
    default:
      return invalid('has no type 0, 1 or 2');
  }
}

function decodeRequest(fields: readonly unknown[]): Decoded {
  const [, id, method, params] = fields;
  if (fields.length !== 4) return invalid('is a request without exactly four fields');
  if (!isMessageId(id)) return invalid('is a request whose id is no 32-bit unsigned integer');
  if (typeof method !== 'string') return invalid('is a request whose method is no string');
  if (!Array.isArray(params)) return invalid('is a request whose parameters are no array');
  return { kind: 'message', message: { type: 'request', id, method, params } };
}

function decodeResponse(fields: readonly unknown[]): Decoded {
  const [, id, error, result] = fields;
  if (fields.length !== 4) return invalid('is a response without exactly four fields');
  if (!isMessageId(id)) return invalid('is a response whose id is no 32-bit unsigned integer');
  if (error !== null && !isErrorRecord(error))
    return invalid('is a response whose error is no map of code and message');
  return { kind: 'message', message: { type: 'response', id, error, result } };
}

function decodeNotification(fields: readonly unknown[]): Decoded {
  const [, method, params] = fields;
  if (fields.length !== 3) return invalid('is a notification without exactly three fields');
  if (typeof method !== 'string') return invalid('is a notification whose method is no string');
  if (!Array.isArray(params)) return invalid('is a notification whose parameters are no array');
  return { kind: 'message', message: { type: 'notification', method, params } };
}

const isMessageId = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff;

function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as { readonly code?: unknown; readonly message?: unknown };
  return Number.isInteger(code) && typeof message === 'string';
}

const invalid = (reason: string): Decoded => ({ kind: 'invalid', reason });
