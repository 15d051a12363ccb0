/**
 * The records of the trace, never more than a given number. When there is no room the actor with the most records loses
 * its oldest, so that a program that is restarted all the time does not push out what is known of the others.
 */

import type { TraceRecord } from '../model/trace.ts';

/** The records of one actor, the oldest first. What is before `begin` was given up. */
interface Shelf {
  readonly key: string;
  records: TraceRecord[];
  begin: number;
}

/** Given up records stay in their array until there are so many of them. */
const looseRecords = 32;

export class TraceStore {
  readonly #size: number;
  readonly #shelves = new Map<string, Shelf>();
  /** Shelves by how many records they hold, so that the fullest is found at once. */
  readonly #byCount: Set<Shelf>[] = [];
  #fullest = 0;
  #count = 0;

  /** @param size - Most records that are kept. */
  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#count;
  }

  add(record: TraceRecord): void {
    const key = `${record.actor} ${record.of}`;
    const shelf = this.#shelves.get(key) ?? { key, records: [], begin: 0 };
    this.#shelves.set(key, shelf);
    const before = shelf.records.length - shelf.begin;
    shelf.records.push(record);
    this.#moved(shelf, before, before + 1);
    this.#count += 1;
    if (this.#count > this.#size) this.#giveUpOldest();
  }

  /** All records that are kept, by serial. */
  all(): TraceRecord[] {
    return [...this.#shelves.values()]
      .flatMap(({ records, begin }) => records.slice(begin))
      .sort((one, other) => one.serial - other.serial);
  }

  #giveUpOldest(): void {
    const [shelf] = this.#byCount[this.#fullest] ?? [];
    if (shelf === undefined) return;
    const before = shelf.records.length - shelf.begin;
    shelf.begin += 1;
    if (shelf.begin > looseRecords && shelf.begin * 2 > shelf.records.length) {
      shelf.records = shelf.records.slice(shelf.begin);
      shelf.begin = 0;
    }
    this.#moved(shelf, before, before - 1);
    this.#count -= 1;
    if (before === 1) this.#shelves.delete(shelf.key);
  }

  #moved(shelf: Shelf, before: number, after: number): void {
    this.#byCount[before]?.delete(shelf);
    while (this.#byCount.length <= after) this.#byCount.push(new Set());
    if (after > 0) this.#byCount[after]?.add(shelf);
    this.#fullest = Math.max(this.#fullest, after);
    while (this.#fullest > 0 && this.#byCount[this.#fullest]?.size === 0) this.#fullest -= 1;
  }
}
