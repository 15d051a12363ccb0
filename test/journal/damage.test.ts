/** What is left of a journal that was cut, flipped, mixed with others or overwritten. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerPositions, journalName, RECORDS_POSITION, SECTOR_BYTES } from '../../src/journal/layout.ts';
import { processRecordText } from '../../src/journal/process-record-text.ts';
import { type JournalReading, parseJournal, readJournal } from '../../src/journal/read-journal.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { allowedTexts, damagedJournal, expectTruth, spans } from './damaged-journals.ts';
import { journalBytes, sampleHeader, sampleRecord, temporaryDirectory } from './sample-journals.ts';

const small = [
  sampleRecord(),
  sampleRecord({ group: 'db', spawnError: 'x'.repeat(600) }),
  sampleRecord({ group: 'last' }),
];
const bytes = journalBytes((journal) => {
  for (const record of small) journal.write({ ...record, state: 'STARTING', pid: 0 });
  for (const record of small) journal.write(record);
});

function recordsOf(reading: JournalReading): readonly ProcessRecord[] {
  if (reading.kind !== 'read') throw new Error(`cannot be read: ${JSON.stringify(reading)}`);
  return reading.records.map(({ record }) => record);
}

/** Without the runner's comparison, which is slow where there are many. */
function holds(reading: JournalReading, records: readonly ProcessRecord[]): boolean {
  if (reading.kind !== 'read' || reading.records.length !== records.length) return false;
  const texts = reading.records.map(({ record }) => processRecordText(record));
  return records.every((record, index) => processRecordText(record) === texts[index]);
}

const hasSampleHeader = (reading: JournalReading): boolean =>
  reading.kind === 'read' && JSON.stringify(reading.header) === JSON.stringify(sampleHeader);

function flipped(position: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(position) ^ (1 << bit), position);
  return copy;
}

/** Where the frame of each record of `small` stands. */
const places = spans(bytes);

describe('a small journal', () => {
  test('is whole to begin with', () => {
    expect(recordsOf(parseJournal(bytes))).toEqual(small);
    expect(places).toHaveLength(small.length);
  });

  test('cut anywhere keeps every record before the cut', () => {
    const surprises: number[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      const reading = parseJournal(bytes.subarray(0, length));
      const left = small.filter((_, index) => (places[index]?.end ?? 0) <= length);
      const isCutInHeader = length < headerPositions[1] && reading.kind === 'unreadable' && reading.cause === 'damaged';
      if (!isCutInHeader && !holds(reading, left)) surprises.push(length);
    }
    expect(surprises).toEqual([]);
  });

  test('with any bit of its records flipped loses that record at most, and says so', () => {
    const surprises: number[] = [];
    for (let position = RECORDS_POSITION; position < bytes.length; position += 1) {
      const hit = places.findIndex(({ start, end }) => position >= start && position < end);
      // Behind the frames all is alike.
      if (hit === -1 && position % 64 !== 0) continue;
      const left = small.filter((_, index) => index !== hit);
      for (let bit = 0; bit < 8; bit += 1) {
        const reading = parseJournal(flipped(position, bit));
        const isTold = reading.kind === 'read' && /^bytes \d+ to \d+ are damaged$/.test(reading.problems.join());
        if (!holds(reading, left) || (hit !== -1 && !isTold)) surprises.push(position);
      }
    }
    expect(surprises).toEqual([]);
  });

  test('with any bit of its header flipped loses nothing', () => {
    const surprises: number[] = [];
    for (const start of headerPositions) {
      for (let position = start; position < start + 300; position += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const reading = parseJournal(flipped(position, bit));
          if (!holds(reading, small) || !hasSampleHeader(reading)) surprises.push(position);
        }
      }
    }
    expect(surprises).toEqual([]);
  });

  test('with both headers damaged is not believed at all', () => {
    const copy = Buffer.from(bytes);
    for (const position of headerPositions) copy.writeUInt8(copy.readUInt8(position + 60) ^ 1, position + 60);
    expect(parseJournal(copy)).toMatchObject({ kind: 'unreadable', cause: 'damaged' });
  });

  test('of a later format is refused with the reason', () => {
    const copy = Buffer.from(bytes);
    for (const position of headerPositions) copy.writeUInt32LE(2, position + 8);
    expect(parseJournal(copy)).toMatchObject({
      kind: 'unreadable',
      cause: 'newer',
      reason: expect.stringContaining('later version'),
    });
  });

  test('does not take its own record at another place for a record', () => {
    const [first] = places;
    const copy = Buffer.concat([bytes, Buffer.alloc(2 * SECTOR_BYTES)]);
    copy.set(bytes.subarray(first?.start, first?.end), bytes.length);
    copy.fill(0, first?.start, first?.end);
    expect(recordsOf(parseJournal(copy))).toEqual(small.slice(1));
  });

  test('does not take text inside of a record for a record', () => {
    const [first] = places;
    const frame = bytes.subarray(first?.start, first?.end).toString('latin1');
    const forged = journalBytes((journal) =>
      journal.write(sampleRecord({ group: 'liar', spawnError: frame.repeat(5) })),
    );
    forged.fill(0, RECORDS_POSITION, RECORDS_POSITION + SECTOR_BYTES);
    expect(recordsOf(parseJournal(forged))).toEqual([]);
  });
});

describe('a file that is no journal', () => {
  test.each<[string, (path: string) => void]>([
    ['is empty', (path) => writeFileSync(path, '')],
    ['is text', (path) => writeFileSync(path, 'hello\n'.repeat(10_000))],
    ['is a directory', (path) => mkdirSync(path)],
    ['is a link', (path) => symlinkSync('/etc/passwd', path)],
    ['leads nowhere', (path) => symlinkSync('/nope', path)],
  ])('because it %s is unreadable', (_, make) => {
    using directory = temporaryDirectory();
    make(join(directory.path, journalName));
    expect(readJournal(directory.path)).toMatchObject({
      kind: 'unreadable',
      cause: expect.stringMatching(/damaged|failed/),
    });
  });
});

describe('any damaged journal', () => {
  test('gives nothing that was not written, and everything that was not hit', () => {
    fc.assert(
      fc.property(damagedJournal, (damaged) => {
        expectTruth(damaged);
      }),
      { numRuns: 150 },
    );
  });

  test('is read to an end when it is garbage from front to back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), fc.nat({ max: 40_000 }), (noise, position) => {
        const copy = Buffer.from(bytes);
        copy.set(noise.subarray(0, Math.max(0, copy.length - position)), Math.min(position, copy.length));
        const reading = parseJournal(copy);
        const allowed = allowedTexts([
          ...small,
          ...small.map((record) => ({ ...record, state: 'STARTING' as const, pid: 0 })),
        ]);
        if (reading.kind !== 'read') return;
        for (const { record } of reading.records) expect(allowed).toContain(processRecordText(record));
      }),
      { numRuns: 150 },
    );
  });
});
