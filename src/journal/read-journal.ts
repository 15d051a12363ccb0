/**
 * Reads what an earlier daemon has written. A damaged record costs that record; nothing that was not written as it stands
 * is ever returned, and nothing throws.
 */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { ProcessRecord } from '../model/process-record.ts';
import { decodeFrame, FRAME_HEAD_BYTES, type Frame } from './frame.ts';
import { decodeHeader, FORMAT_VERSION, type JournalHeader, type StoredHeader } from './header.ts';
import { headerPositions, journalName, RECORDS_POSITION, SECTOR_BYTES } from './layout.ts';
import { parseProcessRecord } from './process-record-text.ts';

export interface SlotRecord {
  /** Number of the process, and of its named pipes. */
  readonly slot: number;
  readonly record: ProcessRecord;
}

export type JournalReading =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'read';
      readonly header: JournalHeader;
      /** One for each slot and process. */
      readonly records: readonly SlotRecord[];
      /** Every slot number that was ever given out is below this. */
      readonly reservedSlots: number;
      /** What is damaged, for people. */
      readonly problems: readonly string[];
    }
  | {
      readonly kind: 'unreadable';
      /** `newer`: a later version wrote it. `damaged`: nothing in it can be trusted. `failed`: the system refused. */
      readonly cause: 'newer' | 'damaged' | 'failed';
      readonly reason: string;
    };

/** The journal in a runtime directory. */
export function readJournal(directory: string): JournalReading {
  const path = `${directory}/${journalName}`;
  try {
    const bytes = readRegularFile(path);
    return bytes === null ? damaged(`${path} is not a file of sensible size`) : parseJournal(bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' };
    return { kind: 'unreadable', cause: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

const LARGEST_JOURNAL_BYTES = 1024 ** 3;

function readRegularFile(path: string): Buffer | null {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && stats.size <= LARGEST_JOURNAL_BYTES ? readFileSync(fd) : null;
  } finally {
    closeSync(fd);
  }
}

const damaged = (reason: string): JournalReading => ({ kind: 'unreadable', cause: 'damaged', reason });

/** What the bytes of a journal's file say. */
export function parseJournal(bytes: Buffer): JournalReading {
  const copies = headerPositions.map((position) => decodeHeader(bytes, position));
  const sound = copies.filter((copy): copy is StoredHeader => typeof copy !== 'string');
  const [stored] = sound.sort((one, other) => other.sequence - one.sequence);
  if (stored === undefined) {
    if (!copies.includes('newer')) return damaged('the header of the journal is damaged');
    const reason = `the journal was written by a later version (its format is newer than ${FORMAT_VERSION})`;
    return { kind: 'unreadable', cause: 'newer', reason };
  }
  const { frames, holes } = readFrames(bytes, stored.key);
  const { records, problems } = newestRecords(frames);
  return {
    kind: 'read',
    header: stored.header,
    records,
    reservedSlots: frames.reduce((next, { slot }) => Math.max(next, slot + 1), stored.reservedSlots),
    problems: [
      ...(sound.length < copies.length ? ['one copy of the header is damaged'] : []),
      ...holes.map(({ start, end }) => `bytes ${start} to ${end - 1} are damaged`),
      ...problems,
    ],
  };
}

const emptySector = Buffer.alloc(SECTOR_BYTES);

interface Hole {
  readonly start: number;
  end: number;
}

/** Looks at every sector, since a damaged frame does not tell where the next one begins. */
function readFrames(
  bytes: Buffer,
  key: Uint8Array,
): { readonly frames: readonly Frame[]; readonly holes: readonly Hole[] } {
  const frames: Frame[] = [];
  const holes: Hole[] = [];
  let position = RECORDS_POSITION;
  while (position < bytes.length) {
    const frame = decodeFrame(bytes.subarray(position), { key, position });
    if (frame !== null) {
      frames.push(frame);
      position += Math.ceil((FRAME_HEAD_BYTES + frame.payload.length) / SECTOR_BYTES) * SECTOR_BYTES;
      continue;
    }
    const end = Math.min(position + SECTOR_BYTES, bytes.length);
    const last = holes.at(-1);
    if (!emptySector.subarray(0, end - position).equals(bytes.subarray(position, end))) {
      if (last?.end === position) last.end = end;
      else holes.push({ start: position, end });
    }
    position = end;
  }
  return { frames, holes };
}

interface Records {
  readonly records: readonly SlotRecord[];
  readonly problems: readonly string[];
}

/** The last word on each slot and each process. A slot whose last word is not understood has none. */
function newestRecords(frames: readonly Frame[]): Records {
  const ofSlots = new Map<number, Frame>();
  for (const frame of [...frames].sort((one, other) => one.sequence - other.sequence)) {
    ofSlots.delete(frame.slot);
    ofSlots.set(frame.slot, frame);
  }
  const ofProcesses = new Map<string, SlotRecord>();
  const problems: string[] = [];
  for (const { slot, payload } of ofSlots.values()) {
    const record = parseProcessRecord(payload);
    if (record === null) problems.push(`the record of slot ${slot} is not understood`);
    else ofProcesses.set(JSON.stringify([record.group, record.name]), { slot, record });
  }
  const records = [...ofProcesses.values()].sort((one, other) => one.slot - other.slot);
  return { records, problems };
}
