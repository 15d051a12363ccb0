/**
 * Which bytes of the file belong to which record. Extents up to a page stay within one page; longer ones are whole pages.
 * What is given back is given out again.
 */

import { PAGE_BYTES, RECORDS_POSITION, SECTOR_BYTES } from './layout.ts';

export interface Extent {
  readonly position: number;
  readonly bytes: number;
}

export class Extents {
  readonly #free = new Map<number, number[]>();
  #end = RECORDS_POSITION;

  /** Room for so many bytes at least. */
  allot(wantedBytes: number): Extent {
    const bytes = extentBytes(wantedBytes);
    const free = this.#freeOf(bytes);
    const position = free.pop() ?? this.#extend(bytes);
    return { position, bytes };
  }

  release({ position, bytes }: Extent): void {
    this.#freeOf(bytes).push(position);
  }

  /** Takes whole pages from the end of the file; what is more than was asked for is free. */
  #extend(bytes: number): number {
    const position = this.#end;
    this.#end += Math.max(bytes, PAGE_BYTES);
    const free = this.#freeOf(bytes);
    for (let next = this.#end - bytes; next > position; next -= bytes) free.push(next);
    return position;
  }

  #freeOf(bytes: number): number[] {
    const positions = this.#free.get(bytes) ?? [];
    this.#free.set(bytes, positions);
    return positions;
  }
}

/** A power of two up to a page, so that extents of one size fill pages; then whole pages. */
function extentBytes(wantedBytes: number): number {
  if (wantedBytes > PAGE_BYTES) return Math.ceil(wantedBytes / PAGE_BYTES) * PAGE_BYTES;
  let bytes = SECTOR_BYTES;
  while (bytes < wantedBytes) bytes *= 2;
  return bytes;
}
