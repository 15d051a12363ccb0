/**
 * The header of a journal: which daemon wrote it, in which life of the system. It begins with the format's version, which
 * every later format must keep where it is.
 */

import type { ProcessIdentity } from '../os/watch-process.ts';
import { CHECKSUM_BYTES, checksum, KEY_BYTES } from './checksum.ts';
import { HEADER_BYTES } from './layout.ts';
import { asCount, asFlag, asObject, asText, parseObject } from './parse.ts';

export interface JournalHeader {
  readonly bootId: string;
  readonly daemon: ProcessIdentity;
  /** Of the product. */
  readonly version: string;
  readonly configFile: string;
  /** The daemon had begun to shut down or to restart. */
  readonly ending: boolean;
  /** Processes that keep pipes open for programs that end while no daemon lives. */
  readonly keepers: readonly ProcessIdentity[];
}

/** The header and what the journal itself must know. */
export interface StoredHeader {
  readonly header: JournalHeader;
  readonly key: Uint8Array;
  readonly sequence: number;
  /** Every slot number that was ever given out is below this. */
  readonly reservedSlots: number;
}

export const FORMAT_VERSION = 1;

const magic = Buffer.from('svjournl', 'latin1');
const versionAt = magic.length;
const checksumAt = versionAt + 4;
const bodyAt = checksumAt + CHECKSUM_BYTES;
const payloadAt = bodyAt + 4 + KEY_BYTES;
const noKey = new Uint8Array(KEY_BYTES);

/** One copy of the header; null if it does not fit in its place. */
export function encodeHeader({ header, key, sequence, reservedSlots }: StoredHeader, position: number): Buffer | null {
  const { bootId, daemon, version, configFile, ending, keepers } = header;
  const text = JSON.stringify({
    bootId,
    daemon: plain(daemon),
    version,
    configFile,
    ending,
    keepers: keepers.map(plain),
    sequence,
    reservedSlots,
  });
  const payload = Buffer.from(text);
  if (payloadAt + payload.length > HEADER_BYTES) return null;
  const bytes = Buffer.alloc(payloadAt + payload.length);
  bytes.set(magic, 0);
  bytes.writeUInt32LE(FORMAT_VERSION, versionAt);
  bytes.writeUInt32LE(payload.length, bodyAt);
  bytes.set(key, bodyAt + 4);
  bytes.set(payload, payloadAt);
  bytes.set(checksum(noKey, position, bytes.subarray(bodyAt)), checksumAt);
  return bytes;
}

const plain = ({ pid, startTicks }: ProcessIdentity): ProcessIdentity => ({ pid, startTicks });

export type HeaderReading = StoredHeader | 'damaged' | 'newer';

export function decodeHeader(bytes: Buffer, position: number): HeaderReading {
  const copy = bytes.subarray(position, position + HEADER_BYTES);
  if (copy.length < payloadAt || !copy.subarray(0, versionAt).equals(magic)) return 'damaged';
  if (copy.readUInt32LE(versionAt) > FORMAT_VERSION) return 'newer';
  const end = payloadAt + copy.readUInt32LE(bodyAt);
  if (copy.readUInt32LE(versionAt) !== FORMAT_VERSION || end > copy.length) return 'damaged';
  const body = copy.subarray(bodyAt, end);
  const isGenuine = checksum(noKey, position, body).equals(copy.subarray(checksumAt, bodyAt));
  if (!isGenuine) return 'damaged';
  return parseHeader(copy.subarray(payloadAt, end), Uint8Array.from(copy.subarray(bodyAt + 4, payloadAt))) ?? 'damaged';
}

function parseHeader(payload: Uint8Array, key: Uint8Array): StoredHeader | null {
  const fields = parseObject(payload);
  const bootId = asText(fields?.bootId);
  const daemon = parseIdentity(fields?.daemon);
  const version = asText(fields?.version);
  const configFile = asText(fields?.configFile);
  const ending = asFlag(fields?.ending);
  const keepers = Array.isArray(fields?.keepers) ? fields.keepers.map(parseIdentity) : [null];
  const sequence = asCount(fields?.sequence);
  const reservedSlots = asCount(fields?.reservedSlots);
  if (bootId === null || daemon === null || version === null || configFile === null || ending === null) return null;
  if (sequence === null || reservedSlots === null) return null;
  const known = keepers.filter((keeper) => keeper !== null);
  if (known.length < keepers.length) return null;
  const header = { bootId, daemon, version, configFile, ending, keepers: known };
  return { header, key, sequence, reservedSlots };
}

function parseIdentity(value: unknown): ProcessIdentity | null {
  const fields = asObject(value);
  const pid = asCount(fields?.pid);
  const startTicks = asCount(fields?.startTicks);
  return pid === null || startTicks === null ? null : { pid, startTicks };
}
