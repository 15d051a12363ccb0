/**
 * Journals: what is read back was written, and what is still whole is read back. Compared with a second reader that is
 * slow and plain. An input is a journal without the empty space in it, so that damages hit something.
 */

import { createHash } from 'node:crypto';
import { encodeFrame, FRAME_HEAD_BYTES } from '../../../src/journal/frame.ts';
import { encodeHeader, type StoredHeader } from '../../../src/journal/header.ts';
import { headerPositions, RECORDS_POSITION, SECTOR_BYTES } from '../../../src/journal/layout.ts';
import { processRecordText } from '../../../src/journal/process-record-text.ts';
import { type JournalReading, parseJournal } from '../../../src/journal/read-journal.ts';
import type { ProcessRecord } from '../../../src/model/process-record.ts';
import { processStates } from '../../../src/model/process-state.ts';
import { sampleHeader, sampleRecord } from '../../journal/sample-journals.ts';
import { expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { createRandom, type Random, several } from '../random.ts';

/** What an input has of each copy of the header; the records follow. */
const headerShare = 512;

export const journalFuzzer: Fuzzer = {
  name: 'journal',
  seeds: [0, 1, 2, 3].map((seed) => anyJournal(createRandom(seed))),
  tokens: [
    'svjournl',
    'rcrd',
    Buffer.alloc(SECTOR_BYTES),
    Buffer.from('0000000100000002', 'hex'),
    '"pid":',
    '{"kind":"exited","code":0}',
  ],
  generate: anyJournal,
  maxBytes: 16 * 1024,
  shortRun: 3000,
  open: () => ({ check }),
};

/** One of two journals, so that pieces of the other one get into it. */
function anyJournal(random: Random): Uint8Array {
  const key = Buffer.alloc(16, random.below(2));
  const stored: StoredHeader = {
    header: { ...sampleHeader, ending: random.chance(0.5) },
    key,
    sequence: random.below(3),
    reservedSlots: random.below(100),
  };
  const copies = headerPositions.map((position) => {
    const bytes = Buffer.alloc(headerShare);
    bytes.set(encodeHeader(stored, position) ?? []);
    return bytes;
  });
  let position = RECORDS_POSITION;
  const extents = several(random, 8, () => {
    if (random.chance(0.1)) {
      position += SECTOR_BYTES;
      return Buffer.alloc(SECTOR_BYTES);
    }
    const payload = Buffer.from(processRecordText(anySignedRecord(random)));
    const bytes = Math.ceil((FRAME_HEAD_BYTES + payload.length) / SECTOR_BYTES) * SECTOR_BYTES;
    const frame = { slot: random.below(6), sequence: random.below(20), payload };
    const extent = encodeFrame(frame, { key, position }, bytes);
    position += bytes;
    return extent;
  });
  return Buffer.concat([...copies, ...extents]);
}

/** A record that tells by its fingerprint that it was made here. */
function anySignedRecord(random: Random): ProcessRecord {
  return signed(
    sampleRecord({
      group: random.pick(['a', 'b', 'ä"\n']),
      name: random.pick(['a', 'b']),
      state: random.pick(processStates),
      pid: random.below(2 ** 22),
      startTicks: random.below(2 ** 31),
      lastExit: random.chance(0.5) ? null : { kind: 'exited', code: random.below(256) },
      spawnError: random.chance(0.3) ? 'x'.repeat(random.below(2000)) : '',
    }),
  );
}

function signed(record: ProcessRecord): ProcessRecord {
  const text = processRecordText({ ...record, fingerprint: '' });
  return { ...record, fingerprint: createHash('sha256').update(text).digest('hex') };
}

function check(input: Uint8Array): string {
  const bytes = spread(Buffer.from(input));
  const reading = parseJournal(bytes);
  if (reading.kind !== 'read') {
    expectThat(reading.kind === 'unreadable', 'there is something');
    expectSame(readPlainly(bytes), null, 'the plain reader does not read it either');
    return reading.cause;
  }
  for (const { record } of reading.records) {
    expectSame(signed(record).fingerprint, record.fingerprint, 'every record that is read was written');
  }
  expectSame(factsOf(reading), readPlainly(bytes), 'as the plain reader');
  return `${reading.records.length} records, ${reading.problems.length} problems`;
}

/** Puts the parts of an input where a journal has them. */
function spread(input: Buffer): Buffer {
  const records = input.subarray(2 * headerShare);
  const isCut = records.length === 0;
  const bytes = Buffer.alloc(isCut ? headerPositions[1] + headerShare : RECORDS_POSITION + records.length);
  headerPositions.forEach((position, index) => {
    bytes.set(input.subarray(index * headerShare, (index + 1) * headerShare), position);
  });
  bytes.set(records, isCut ? bytes.length : RECORDS_POSITION);
  return bytes;
}

type Facts = readonly (readonly [slot: number, text: string])[];

const factsOf = (reading: Extract<JournalReading, { readonly kind: 'read' }>): Facts =>
  reading.records.map(({ slot, record }) => [slot, processRecordText(record)]);

/** From the description of the format alone; null where no header is sound. */
function readPlainly(bytes: Buffer): Facts | null {
  const headers = headerPositions.flatMap((position) => plainHeader(bytes.subarray(position), position) ?? []);
  const header =
    headers[1] !== undefined && headers[1].sequence > (headers[0]?.sequence ?? -1) ? headers[1] : headers[0];
  if (header === undefined) return null;
  const frames: { slot: number; sequence: number; text: string }[] = [];
  for (let position = RECORDS_POSITION; position + FRAME_HEAD_BYTES <= bytes.length; position += SECTOR_BYTES) {
    const frame = bytes.subarray(position);
    const length = frame.readUInt32LE(20);
    if (frame.toString('latin1', 16, 20) !== 'rcrd' || length > frame.length - FRAME_HEAD_BYTES) continue;
    if (!isSigned(frame.subarray(0, 16), [header.key, double(position), frame.subarray(16, 36 + length)])) continue;
    const text = frame.toString('utf8', 36, 36 + length);
    frames.push({ slot: frame.readUInt32LE(24), sequence: frame.readDoubleLE(28), text });
  }
  return lastWords(frames);
}

function lastWords(frames: readonly { slot: number; sequence: number; text: string }[]): Facts {
  // Of equal ones the one that stands later in the file.
  const sorted = frames.toSorted((one, other) => one.sequence - other.sequence);
  const isLast = (same: (other: (typeof frames)[number]) => boolean, index: number): boolean =>
    !sorted.slice(index + 1).some(same);
  const ofSlots = sorted.filter(({ slot }, index) => isLast((other) => other.slot === slot, index));
  const nameOf = (text: string): string => {
    const { group, name } = JSON.parse(text) as { readonly group: string; readonly name: string };
    return JSON.stringify([group, name]);
  };
  return ofSlots
    .filter(({ text }, index) => !ofSlots.slice(index + 1).some((other) => nameOf(other.text) === nameOf(text)))
    .map(({ slot, text }) => [slot, text] as const)
    .toSorted(([one], [other]) => one - other);
}

function plainHeader(bytes: Buffer, position: number): { readonly key: Buffer; readonly sequence: number } | null {
  if (bytes.length < 48 || bytes.toString('latin1', 0, 8) !== 'svjournl' || bytes.readUInt32LE(8) !== 1) return null;
  const end = 48 + bytes.readUInt32LE(28);
  const body = bytes.subarray(28, end);
  if (end > bytes.length || !isSigned(bytes.subarray(12, 28), [Buffer.alloc(16), double(position), body])) return null;
  const { sequence } = JSON.parse(bytes.toString('utf8', 48, end)) as { readonly sequence: number };
  return { key: bytes.subarray(32, 48), sequence };
}

const isSigned = (signature: Buffer, parts: readonly Buffer[]): boolean =>
  createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16).equals(signature);

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
