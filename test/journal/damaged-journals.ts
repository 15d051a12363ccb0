/** Journals with any damage, and what must hold of whatever is read from them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { decodeFrame, FRAME_HEAD_BYTES } from '../../src/journal/frame.ts';
import { decodeHeader } from '../../src/journal/header.ts';
import { headerPositions, RECORDS_POSITION, SECTOR_BYTES } from '../../src/journal/layout.ts';
import { parseProcessRecord, processRecordText } from '../../src/journal/process-record-text.ts';
import { parseJournal } from '../../src/journal/read-journal.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { anyRecord, journalBytes, sampleHeader } from './sample-journals.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly slot: number;
  readonly record: ProcessRecord;
}

/** The frames of a whole journal, by slot. */
export function spans(bytes: Buffer): readonly Span[] {
  const header = decodeHeader(bytes, headerPositions[0]);
  if (typeof header === 'string') return [];
  const found: Span[] = [];
  for (let position = RECORDS_POSITION; position < bytes.length; position += SECTOR_BYTES) {
    const frame = decodeFrame(bytes.subarray(position), { key: header.key, position });
    const record = frame && parseProcessRecord(frame.payload);
    if (!record) continue;
    found.push({ start: position, end: position + FRAME_HEAD_BYTES + frame.payload.length, slot: frame.slot, record });
  }
  return found.sort((one, other) => one.slot - other.slot);
}

export const allowedTexts = (records: readonly ProcessRecord[]): ReadonlySet<string> =>
  new Set(records.map(processRecordText));

/** A journal before and after damage, with all that was ever written into it. */
export interface DamagedJournal {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly written: readonly ProcessRecord[];
}

type Damage = (bytes: Buffer, others: readonly Buffer[]) => Buffer;

const place = fc.oneof(
  fc.nat({ max: 60_000 }),
  fc.nat({ max: 60 }).map((sector) => RECORDS_POSITION + sector * SECTOR_BYTES),
  fc.nat({ max: 400 }),
  fc.nat({ max: 400 }).map((offset) => headerPositions[1] + offset),
);

const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 7 })).map<Damage>(([position, bit]) => (bytes) => {
    const copy = Buffer.from(bytes);
    if (position < copy.length) copy.writeUInt8(copy.readUInt8(position) ^ (1 << bit), position);
    return copy;
  }),
  place.map<Damage>((length) => (bytes) => bytes.subarray(0, length)),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 2000 })).map<Damage>(([position, noise]) => (bytes) => {
    const copy = Buffer.from(bytes);
    copy.set(noise.subarray(0, Math.max(0, copy.length - position)), Math.min(position, copy.length));
    return copy;
  }),
  // A piece of this journal or of another one, at its own place or elsewhere.
  fc
    .tuple(place, place, fc.nat({ max: 5000 }), fc.nat({ max: 1 }))
    .map<Damage>(([from, to, length, other]) => (bytes, others) => {
      const piece = ([bytes, ...others][other] ?? bytes).subarray(from, from + length);
      const copy = Buffer.from(bytes);
      copy.set(piece.subarray(0, Math.max(0, copy.length - to)), Math.min(to, copy.length));
      return copy;
    }),
  fc.tuple(place, fc.nat({ max: 5000 })).map<Damage>(([position, length]) => (bytes) => {
    return Buffer.concat([bytes.subarray(0, position), bytes.subarray(position + length)]);
  }),
  fc.tuple(place, fc.nat({ max: 5000 })).map<Damage>(([position, length]) => (bytes) => {
    const piece = bytes.subarray(position, position + length);
    return Buffer.concat([bytes.subarray(0, position), piece, bytes.subarray(position)]);
  }),
);

/** Where two journals differ, for messages. */
function differences(before: Buffer, after: Buffer): string {
  const length = Math.max(before.length, after.length);
  const differs = (position: number) => before[position] !== after[position];
  let text = '';
  for (let position = 0; position < length && text.length < 200; position += 1) {
    if (differs(position) !== (position > 0 && differs(position - 1))) text += `${position} `;
  }
  return text;
}

const history = fc.array(anyRecord, { maxLength: 12 });

const bytesOf = (records: readonly ProcessRecord[], configFile: string): Buffer =>
  journalBytes(
    (journal) => {
      for (const record of records) journal.write(record);
    },
    { ...sampleHeader, configFile },
  );

/** Damage of one or several kinds to a journal, with pieces of a second one. */
export const damagedJournal: fc.Arbitrary<DamagedJournal> = fc
  .tuple(history, history, fc.array(damages, { minLength: 1, maxLength: 3 }))
  .map(([written, others, steps]) => {
    const before = bytesOf(written, 'this');
    const other = bytesOf(others, 'other');
    const after = steps.reduce((bytes, damage) => damage(bytes, [other]), before);
    const places = differences(before, after);
    return {
      before,
      after,
      written,
      [fc.toStringMethod]: () => `journal of ${before.length} bytes, other at ${places}`,
    };
  });

/**
 * Nothing is thrown; each record that is read was written into this journal; and each record whose bytes are still at
 * their place is read, if the header is. A header that came from the other journal brings no record of this one.
 */
export function expectTruth({ before, after, written }: DamagedJournal): string {
  const reading = parseJournal(after);
  if (reading.kind !== 'read') return reading.kind === 'none' ? 'none' : reading.cause;
  const isOurs = reading.header.configFile === 'this';
  const allowed = allowedTexts(written);
  const texts = reading.records.map(({ record }) => processRecordText(record));
  if (isOurs) for (const text of texts) expect(allowed).toContain(text);
  const slots = reading.records.map(({ slot }) => slot);
  expect(new Set(slots).size).toBe(slots.length);
  if (!isOurs) return 'other';
  const intact = spans(before).filter(({ start, end }) =>
    before.subarray(start, end).equals(after.subarray(start, end)),
  );
  for (const { record } of intact) expect(texts).toContain(processRecordText(record));
  return texts.length === spans(before).length ? 'whole' : 'less';
}
