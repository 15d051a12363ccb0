/**
 * One record's envelope: who it belongs to, how old it is, and a checksum over all of it. Bytes that are no such
 * envelope, or are one for another place, decode to null.
 */

import { CHECKSUM_BYTES, checksum, checksumOfCovered, PLACE_BYTES, putPlace } from './checksum.ts';
import { LARGEST_PAYLOAD_BYTES } from './layout.ts';

export interface Frame {
  readonly slot: number;
  /** Counts the writes of a journal: of two frames of a slot the larger one is true. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Where in which journal a frame stands. */
export interface FramePlace {
  readonly key: Uint8Array;
  /** Bytes from the start of the file. */
  readonly position: number;
}

const MAGIC = 0x6472_6372;
const lengthAt = 4;
const slotAt = 8;
const sequenceAt = 12;
const bodyAt = 20;

/** Bytes in front of the payload. */
export const FRAME_HEAD_BYTES = CHECKSUM_BYTES + bodyAt;

/** As long as the extent it is for; what it does not fill is zero. */
export function encodeFrame(frame: Frame, place: FramePlace, extentBytes: number): Buffer {
  // The place stands in front only as long as the checksum is made, which then takes the end of its room.
  const frameAt = PLACE_BYTES - CHECKSUM_BYTES;
  const bytes = Buffer.alloc(frameAt + extentBytes);
  putPlace(bytes, place.key, place.position);
  bytes.writeUInt32LE(MAGIC, PLACE_BYTES);
  bytes.writeUInt32LE(frame.payload.length, PLACE_BYTES + lengthAt);
  bytes.writeUInt32LE(frame.slot, PLACE_BYTES + slotAt);
  bytes.writeDoubleLE(frame.sequence, PLACE_BYTES + sequenceAt);
  bytes.set(frame.payload, PLACE_BYTES + bodyAt);
  bytes.set(checksumOfCovered(bytes.subarray(0, PLACE_BYTES + bodyAt + frame.payload.length)), frameAt);
  return bytes.subarray(frameAt);
}

/** `bytes` may go on behind the frame. */
export function decodeFrame(bytes: Buffer, place: FramePlace): Frame | null {
  if (bytes.length < FRAME_HEAD_BYTES || bytes.readUInt32LE(CHECKSUM_BYTES) !== MAGIC) return null;
  const length = bytes.readUInt32LE(CHECKSUM_BYTES + lengthAt);
  if (length > LARGEST_PAYLOAD_BYTES || bytes.length < FRAME_HEAD_BYTES + length) return null;
  const body = bytes.subarray(CHECKSUM_BYTES, FRAME_HEAD_BYTES + length);
  if (!checksum(place.key, place.position, body).equals(bytes.subarray(0, CHECKSUM_BYTES))) return null;
  return { slot: body.readUInt32LE(slotAt), sequence: body.readDoubleLE(sequenceAt), payload: body.subarray(bodyAt) };
}
