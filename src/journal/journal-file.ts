/**
 * One journal's file, open for writing. Everything here throws when the system refuses, and what stood in the file before
 * stands there still then.
 */

import { closeSync, constants, fstatSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { newKey } from './checksum.ts';
import { type Extent, Extents } from './extents.ts';
import { encodeFrame, FRAME_HEAD_BYTES } from './frame.ts';
import { encodeHeader, type JournalHeader } from './header.ts';
import { headerPositions, LARGEST_PAYLOAD_BYTES, PAGE_BYTES } from './layout.ts';

export class JournalFile {
  readonly #fd: number;
  readonly #key = newKey();
  readonly #extents = new Extents();
  readonly #ofSlots = new Map<number, Extent>();
  /** Extents whose old content must be wiped before they can be used again. */
  readonly #stale: Extent[] = [];
  #sequence = 0;
  /** It has been looked at, and nothing else got a turn since then. */
  #isKnownToBeLinked = false;

  /** An empty file, readable for us only; whatever had the name is deleted. */
  constructor(path: string) {
    try {
      unlinkSync(path);
    } catch {
      // There was none, as usual; anything worse is told by the next call.
    }
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  }

  putHeader(header: JournalHeader, reservedSlots: number): void {
    this.#sequence += 1;
    for (const position of headerPositions) {
      const stored = { header, key: this.#key, sequence: this.#sequence, reservedSlots };
      const bytes = encodeHeader(stored, position);
      if (bytes === null) throw new Error('the header is too long');
      this.#write(bytes, position);
    }
  }

  /** Writes a slot's record over the last one, or elsewhere if it has grown out of its place. */
  putRecord(slot: number, text: string): void {
    const payload = Buffer.from(text);
    if (payload.length > LARGEST_PAYLOAD_BYTES) throw new Error(`the record is too long (${payload.length} bytes)`);
    this.#sequence += 1;
    const frame = { slot, sequence: this.#sequence, payload };
    const needed = FRAME_HEAD_BYTES + payload.length;
    const old = this.#ofSlots.get(slot);
    // In several pages a write can be torn: the old record must stay until the new one stands.
    const extent =
      old !== undefined && needed <= old.bytes && old.bytes <= PAGE_BYTES ? old : this.#extents.allot(needed);
    try {
      this.#write(encodeFrame(frame, { key: this.#key, position: extent.position }, extent.bytes), extent.position);
    } catch (error) {
      if (extent !== old) this.#stale.push(extent);
      throw error;
    }
    this.#ofSlots.set(slot, extent);
    if (old !== undefined && old !== extent) this.#stale.push(old);
    this.tidy();
  }

  dropRecord(slot: number): void {
    const extent = this.#ofSlots.get(slot);
    this.#ofSlots.delete(slot);
    if (extent !== undefined) this.#stale.push(extent);
    this.tidy();
  }

  /** Wipes what is no longer true. */
  tidy(): void {
    for (let extent = this.#stale.at(-1); extent !== undefined; extent = this.#stale.at(-1)) {
      this.#write(Buffer.alloc(extent.bytes), extent.position);
      this.#stale.pop();
      this.#extents.release(extent);
    }
  }

  /** Whether a path names this file. */
  isAt(path: string): boolean {
    const opened = fstatSync(this.#fd);
    const present = lstatSync(path, { throwIfNoEntry: false });
    return present?.ino === opened.ino && present.dev === opened.dev;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(bytes: Buffer, position: number): void {
    this.#ensureLinked();
    const written = writeSync(this.#fd, bytes, 0, bytes.length, position);
    if (written < bytes.length) throw new Error('there is no room for it');
  }

  /** Once for all that is written in one go: a boot of a thousand programs writes four times for each. */
  #ensureLinked(): void {
    if (this.#isKnownToBeLinked) return;
    if (fstatSync(this.#fd).nlink === 0) throw new Error('the file was deleted');
    this.#isKnownToBeLinked = true;
    queueMicrotask(() => {
      this.#isKnownToBeLinked = false;
    });
  }
}
