/**
 * What tells a record that was written from anything else. The checksum covers where it stands and the key of its journal
 * as well, so that neither a piece of another journal nor text inside of a record can pass for a record.
 */

import { hash, randomBytes } from 'node:crypto';

export const KEY_BYTES = 16;
export const CHECKSUM_BYTES = 16;

export const newKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** `position` is the place in the file that the bytes are for. */
export function checksum(key: Uint8Array, position: number, bytes: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(KEY_BYTES + 8 + bytes.length);
  input.set(key, 0);
  input.writeDoubleLE(position, KEY_BYTES);
  input.set(bytes, KEY_BYTES + 8);
  return hash('sha256', input, 'buffer').subarray(0, CHECKSUM_BYTES);
}
