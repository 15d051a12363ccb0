/**
 * A list of all processes → its bytes, of which those of the time before are used again: of a row to which nothing has happened only
 * the time and the uptime are written anew, in their places. What comes out is what encoding the whole list would give.
 * The bytes are held weakly: they go with the next collection of garbage that nobody asks before.
 */

import type { ProcessInfo } from '../model/process-info.ts';
import { joinBytes } from './join-bytes.ts';

/** What in a row goes with the time, counted from its beginning. */
export interface RowPlaces {
  /** Where the value of `now` stands, as `writeNow` wants it. */
  readonly nowAt: number;
  /** Where the text of `description` stands, which is the last field, and its length in bytes. */
  readonly descriptionAt: number;
  readonly descriptionBytes: number;
}

export interface EncodedRow {
  readonly bytes: Uint8Array;
  readonly places: RowPlaces;
}

/** How one protocol writes a row. */
export interface RowFormat {
  encode(row: ProcessInfo): EncodedRow;
  /** Writes over a `now` that was encoded with `encode`; both are within `isUsualNow`. */
  writeNow(target: Uint8Array, at: number, now: number): void;
}

export interface KeptTable {
  /** The rows one after the other, with that before and behind them. null: to be encoded in the plain way. */
  encode(rows: readonly ProcessInfo[], before: Uint8Array, behind: Uint8Array): Uint8Array | null;
}

interface Kept {
  rows: readonly ProcessInfo[];
  readonly bytes: Uint8Array;
  /** Where each row begins, and behind the last one. */
  readonly begins: Uint32Array;
  readonly places: readonly RowPlaces[];
}

export function createKeptTable(format: RowFormat): KeptTable {
  let last: WeakRef<Kept> | null = null;

  return {
    encode: (rows, before, behind) => {
      if (!rows.every(({ now }) => isUsualNow(now))) return null;
      const known = last?.deref();
      const changed = known?.rows.length === rows.length ? bringUpToDate(known, rows, format) : null;
      const kept = known !== undefined && changed?.size === 0 ? known : assemble(rows, format, known, changed);
      kept.rows = rows;
      if (kept !== known) last = new WeakRef(kept);
      return joinBytes([before, kept.bytes, behind]);
    },
  };
}

/** Ten digits, and four bytes: neither protocol needs more or less place for another of these. */
const isUsualNow = (now: number): boolean => now >= 1_000_000_000 && now < 2 ** 31;

/** Writes into the rows what time it is. Returns which rows differ in more than that. */
function bringUpToDate(kept: Kept, rows: readonly ProcessInfo[], format: RowFormat): ReadonlySet<number> {
  const changed = new Set<number>();
  const { bytes, begins, places } = kept;
  for (let index = 0; index < rows.length; index += 1) {
    const [row, known, place] = [rows[index], kept.rows[index], places[index]];
    if (row === known || row === undefined || known === undefined || place === undefined) continue;
    const { now, description } = row;
    const isNewText = description !== known.description;
    if (!isSameButTime(row, known) || (isNewText && !fits(description, place))) {
      changed.add(index);
      continue;
    }
    const begin = begins[index] ?? 0;
    if (now !== known.now) format.writeNow(bytes, begin + place.nowAt, now);
    if (isNewText) writeAscii(bytes, begin + place.descriptionAt, description);
  }
  return changed;
}

const isSameButTime = (one: ProcessInfo, other: ProcessInfo): boolean =>
  one.pid === other.pid &&
  one.state === other.state &&
  one.statename === other.statename &&
  one.start === other.start &&
  one.stop === other.stop &&
  one.exitstatus === other.exitstatus &&
  one.name === other.name &&
  one.group === other.group &&
  one.spawnerr === other.spawnerr &&
  one.logfile === other.logfile &&
  one.stdout_logfile === other.stdout_logfile &&
  one.stderr_logfile === other.stderr_logfile;

/** Of the same length, and with nothing that any protocol would write in another way. */
const fits = (description: string, { descriptionBytes }: RowPlaces): boolean =>
  description.length === descriptionBytes && /^[\w ,:"()]*$/.test(description);

/** Without an encoder: the texts are short. */
export function writeAscii(target: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) target[at + index] = text.charCodeAt(index);
}

/** Encodes the rows that have changed, or all, and takes the others over. */
function assemble(
  rows: readonly ProcessInfo[],
  format: RowFormat,
  known: Kept | undefined,
  changed: ReadonlySet<number> | null,
): Kept {
  const begins = new Uint32Array(rows.length + 1);
  const places: RowPlaces[] = [];
  const pieces: Uint8Array[] = [];
  rows.forEach((row, index) => {
    const kept = changed === null || changed.has(index) ? undefined : keptRow(known, index);
    const encoded = kept ?? format.encode(row);
    pieces.push(encoded.bytes);
    places.push(encoded.places);
    begins[index + 1] = (begins[index] ?? 0) + encoded.bytes.length;
  });
  return { rows, bytes: joinBytes(pieces), begins, places };
}

function keptRow(kept: Kept | undefined, index: number): EncodedRow | undefined {
  const places = kept?.places[index];
  if (kept === undefined || places === undefined) return undefined;
  return { bytes: kept.bytes.subarray(kept.begins[index], kept.begins[index + 1]), places };
}
