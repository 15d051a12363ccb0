/**
 * The records of the trace, never more than a given number. When there is no room the actor with the most records loses
 * its oldest, so that a program that is restarted all the time does not push out what is known of the others.
 */

import type { TraceRecord } from '../model/trace.ts';
import { Fullness, type Holder } from './fullness.ts';

/** The records of one actor. */
interface Shelf extends Holder<Shelf> {
  /** Where the shelf itself is found. */
  readonly among: Map<string, Shelf>;
  readonly of: string;
  /** Places of its oldest record and of its latest. */
  oldest: number;
  latest: number;
}

export class TraceStore {
  readonly #size: number;
  /** By kind of actor and then by whose it is: one key of both would have to be made for each record. */
  readonly #shelves = new Map<TraceRecord['actor'], Map<string, Shelf>>();
  readonly #fullness = new Fullness<Shelf>();
  /** By place, and the place of the next one on the same shelf. One place more than there may be records. */
  readonly #records: TraceRecord[] = [];
  readonly #next: number[] = [];
  /** The place that was given up last. */
  #free = 0;
  #count = 0;

  /** @param size - Most records that are kept. */
  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#count;
  }

  add(record: TraceRecord): void {
    const place = this.#count < this.#size ? this.#count : this.#free;
    this.#records[place] = record;
    this.#next[place] = place;
    const shelf = this.#shelfOf(record, place);
    this.#next[shelf.latest] = place;
    shelf.latest = place;
    this.#fullness.change(shelf, shelf.count + 1);
    this.#count += 1;
    if (this.#count > this.#size) this.#giveUpOldest();
    else this.#free = this.#count;
  }

  /** All records that are kept, by serial. */
  all(): TraceRecord[] {
    const all: TraceRecord[] = [];
    for (const shelves of this.#shelves.values()) for (const shelf of shelves.values()) this.#collect(shelf, all);
    return all.sort((one, other) => one.serial - other.serial);
  }

  #collect({ oldest, count }: Shelf, into: TraceRecord[]): void {
    let place = oldest;
    for (let left = count; left > 0; left -= 1) {
      const record = this.#records[place];
      if (record !== undefined) into.push(record);
      place = this.#next[place] ?? place;
    }
  }

  #shelfOf({ actor, of }: TraceRecord, place: number): Shelf {
    let among = this.#shelves.get(actor);
    if (among === undefined) {
      among = new Map();
      this.#shelves.set(actor, among);
    }
    let shelf = among.get(of);
    if (shelf === undefined) {
      shelf = { count: 0, ahead: null, behind: null, among, of, oldest: place, latest: place };
      among.set(of, shelf);
    }
    return shelf;
  }

  #giveUpOldest(): void {
    const shelf = this.#fullness.fullest;
    if (shelf === null) return;
    this.#free = shelf.oldest;
    shelf.oldest = this.#next[shelf.oldest] ?? shelf.oldest;
    this.#fullness.change(shelf, shelf.count - 1);
    this.#count -= 1;
    if (shelf.count === 0) shelf.among.delete(shelf.of);
  }
}
