/**
 * What tells a record that was written from anything else. The checksum covers where it stands and the key of its journal
 * as well, so that neither a piece of another journal nor text inside of a record can pass for a record.
 */

import { hash, randomBytes } from 'node:crypto';

export const KEY_BYTES = 16;
export const CHECKSUM_BYTES = 16;

export const newKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** Room for what the checksum covers in front of the bytes. */
export const PLACE_BYTES = KEY_BYTES + 8;

/** `position` is the place in the file that the bytes are for. */
export function checksum(key: Uint8Array, position: number, bytes: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(PLACE_BYTES + bytes.length);
  putPlace(input, key, position);
  input.set(bytes, PLACE_BYTES);
  return checksumOfCovered(input);
}

/** Puts in front what is covered besides the bytes, which begin at `PLACE_BYTES`. */
export function putPlace(input: Buffer, key: Uint8Array, position: number): void {
  input.set(key, 0);
  input.writeDoubleLE(position, KEY_BYTES);
}

/** Of bytes with their place in front. */
export const checksumOfCovered = (input: Uint8Array): Buffer =>
  hash('sha256', input, 'buffer').subarray(0, CHECKSUM_BYTES);
