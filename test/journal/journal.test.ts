import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../src/journal/journal.ts';
import { JournalFile } from '../../src/journal/journal-file.ts';
import { journalName, LARGEST_PAYLOAD_BYTES } from '../../src/journal/layout.ts';
import { processRecordText } from '../../src/journal/process-record-text.ts';
import { type JournalReading, readJournal } from '../../src/journal/read-journal.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { anyRecord, sampleHeader, sampleRecord, temporaryDirectory, watchedJournal } from './sample-journals.ts';

type Read = Extract<JournalReading, { readonly kind: 'read' }>;

function readWhole(directory: string): Read {
  const reading = readJournal(directory);
  if (reading.kind !== 'read') throw new Error(`cannot be read: ${JSON.stringify(reading)}`);
  expect(reading.problems).toEqual([]);
  return reading;
}

const recordsIn = (directory: string): readonly ProcessRecord[] =>
  readWhole(directory).records.map(({ record }) => record);

describe('a journal', () => {
  test('is not there before it is created', () => {
    using directory = temporaryDirectory();
    expect(readJournal(directory.path)).toEqual({ kind: 'none' });
  });

  test('tells the next daemon what was written last', () => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    journal.write(sampleRecord({ state: 'STARTING', pid: 0 }));
    journal.write(sampleRecord({ group: 'db' }));
    journal.write(sampleRecord({ state: 'RUNNING', pid: 7 }));
    expect(readWhole(directory.path)).toMatchObject({
      header: sampleHeader,
      records: [
        { slot: 0, record: sampleRecord({ state: 'RUNNING', pid: 7 }) },
        { slot: 1, record: sampleRecord({ group: 'db' }) },
      ],
    });
    journal.close();
    expect(recordsIn(directory.path)).toHaveLength(2);
    expect(told).toEqual([]);
  });

  test('puts down what is about to change with the change', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    journal.write(sampleRecord({ state: 'STARTING', pid: 0 }));
    journal.writeSoon(sampleRecord({ state: 'STARTING', pid: 7 }));
    expect(recordsIn(directory.path)).toEqual([sampleRecord({ state: 'STARTING', pid: 0 })]);
    journal.write(sampleRecord({ state: 'RUNNING', pid: 7 }));
    expect(recordsIn(directory.path)).toEqual([sampleRecord({ state: 'RUNNING', pid: 7 })]);
    journal.close();
  });

  test.each<readonly [what: string, next: (journal: Journal) => void | Promise<void>]>([
    ['anything else is put down', (journal) => journal.write(sampleRecord({ group: 'db' }))],
    ['something else is about to change', (journal) => journal.writeSoon(sampleRecord({ group: 'db' }))],
    ['the header changes', (journal) => journal.updateHeader({ ending: true })],
    ['it is left to the next daemon', (journal) => journal.close()],
    ['anything else can happen', () => Promise.resolve()],
  ])('puts down what is about to change before %s', async (_, next) => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    journal.writeSoon(sampleRecord({ pid: 7 }));
    expect(recordsIn(directory.path)).toEqual([]);
    const done = next(journal);
    if (done instanceof Promise) await done;
    expect(recordsIn(directory.path)).toContainEqual(sampleRecord({ pid: 7 }));
    journal.close();
    expect(told).toEqual([]);
  });

  test('does not put down what is forgotten before', async () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    const record = sampleRecord({ pid: 7 });
    journal.writeSoon(record);
    journal.forget(record.group, record.name);
    await Promise.resolve();
    expect(recordsIn(directory.path)).toEqual([]);
    journal.close();
  });

  test('tells which daemon wrote it, and in which mood', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    const keepers = [{ pid: 3, startTicks: 4 }];
    journal.updateHeader({ keepers });
    journal.updateHeader({ ending: true });
    journal.close();
    expect(readWhole(directory.path).header).toEqual({ ...sampleHeader, keepers, ending: true });
  });

  test('is readable for its owner only', () => {
    using directory = temporaryDirectory();
    watchedJournal(directory.path).journal.close();
    expect(readdirSync(directory.path)).toEqual([journalName]);
    expect(statSync(join(directory.path, journalName)).mode & 0o777).toBe(0o600);
  });

  test('does not grow by changes', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    const size = () => statSync(join(directory.path, journalName)).size;
    journal.write(sampleRecord());
    const before = size();
    for (let pid = 1; pid <= 100; pid += 1) {
      journal.write(sampleRecord({ pid }));
      journal.write(sampleRecord({ group: 'other', pid }));
      journal.forget('other', 'other');
    }
    expect(size() - before).toBeLessThanOrEqual(4096);
    journal.close();
  });

  test('finds a larger place for a record that outgrows its own, and uses the old one again', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    const spawnErrors = [0, 300, 2000, 3500, 9000, 20_000, 10].map((length) => 'é'.repeat(length));
    journal.write(sampleRecord({ group: 'next' }));
    for (const spawnError of spawnErrors) {
      journal.write(sampleRecord({ spawnError }));
      expect(recordsIn(directory.path)).toEqual([sampleRecord({ group: 'next' }), sampleRecord({ spawnError })]);
    }
    expect(journal.slotOf('web', 'web')).toBe(1);
    journal.close();
  });

  test('forgets', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    journal.write(sampleRecord());
    journal.write(sampleRecord({ group: 'db' }));
    journal.forget('web', 'web');
    journal.forget('nobody', 'knows');
    expect(recordsIn(directory.path)).toEqual([sampleRecord({ group: 'db' })]);
    journal.close();
  });

  test('says the same as a map after any work, also when it is gone on with', () => {
    const write = anyRecord.map((record) => ({ kind: 'write' as const, record }));
    const forget = anyRecord.map(({ group, name }) => ({ kind: 'forget' as const, group, name }));
    const header = fc.boolean().map((ending) => ({ kind: 'header' as const, ending }));
    const goOn = fc.constant({ kind: 'goOn' as const });
    const work = fc.oneof({ weight: 6, arbitrary: write }, forget, header, goOn);
    fc.assert(
      fc.property(fc.array(work, { maxLength: 25 }), (steps) => {
        using directory = temporaryDirectory();
        let { journal, told } = watchedJournal(directory.path);
        const model = new Map<string, { readonly slot: number; readonly record: ProcessRecord }>();
        const slots = new Set<number>();
        let ending = false;
        for (const step of steps) {
          if (step.kind === 'write') {
            const key = JSON.stringify([step.record.group, step.record.name]);
            const slot = journal.slotOf(step.record.group, step.record.name);
            if (!model.has(key)) expect(slots, 'a number is never given out twice').not.toContain(slot);
            expect(model.get(key)?.slot ?? slot).toBe(slot);
            slots.add(slot);
            model.set(key, { slot, record: step.record });
            journal.write(step.record);
          } else if (step.kind === 'forget') {
            model.delete(JSON.stringify([step.group, step.name]));
            journal.forget(step.group, step.name);
          } else if (step.kind === 'header') {
            ending = step.ending;
            journal.updateHeader({ ending });
          } else {
            journal.close();
            const { records, reservedSlots, header } = readWhole(directory.path);
            ({ journal, told } = watchedJournal(directory.path, { records, reservedSlots }, header));
          }
          const reading = readWhole(directory.path);
          expect(reading.records).toEqual([...model.values()].sort((one, other) => one.slot - other.slot));
          expect(reading.header.ending).toBe(ending);
          expect(told).toEqual([]);
        }
        journal.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a record that is not understood', () => {
  test('is told, and an older one of the same slot does not stand for it', () => {
    using directory = temporaryDirectory();
    const file = new JournalFile(join(directory.path, journalName));
    file.putHeader(sampleHeader, 64);
    file.putRecord(0, processRecordText(sampleRecord({ group: 'old' })));
    file.putRecord(1, processRecordText(sampleRecord()));
    file.putRecord(0, JSON.stringify({ future: 'x'.repeat(1000) }));
    file.close();
    expect(readJournal(directory.path)).toMatchObject({
      records: [{ slot: 1, record: sampleRecord() }],
      problems: ['the record of slot 0 is not understood'],
    });
  });
});

describe('a slot number', () => {
  test('is given out before there is a record, and once', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    expect(journal.slotOf('a', 'x')).toBe(0);
    expect(journal.slotOf('a', 'y')).toBe(1);
    expect(journal.slotOf('a', 'x')).toBe(0);
    journal.forget('a', 'y');
    expect(journal.slotOf('a', 'y')).toBe(2);
    expect(recordsIn(directory.path)).toEqual([]);
    journal.close();
  });

  test('is not given out again by a later daemon, whether or not its record is left', () => {
    using directory = temporaryDirectory();
    const first = watchedJournal(directory.path).journal;
    for (let number = 0; number < 200; number += 1) first.slotOf('a', `${number}`);
    first.write(sampleRecord());
    first.forget('web', 'web');
    first.close();
    const { records, reservedSlots } = readWhole(directory.path);
    const second = watchedJournal(directory.path, { records, reservedSlots }).journal;
    expect(second.slotOf('b', 'new')).toBeGreaterThan(200);
    second.close();
  });
});

describe('a journal that cannot be written', () => {
  test('says so once, and heals when its directory is back', async () => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    journal.write(sampleRecord());
    // Within one go nobody looks twice.
    await nextTurn();
    rmSync(directory.path, { recursive: true });
    journal.write(sampleRecord({ group: 'db' }));
    journal.write(sampleRecord({ pid: 99 }));
    journal.updateHeader({ ending: true });
    expect(told).toEqual(['the file was deleted']);
    expect(journal.isWhole()).toBe(false);
    expect(journal.heal()).toBe(false);
    mkdirSync(directory.path);
    expect(journal.heal()).toBe(true);
    expect(journal.isWhole()).toBe(true);
    expect(told).toEqual(['the file was deleted', 'whole']);
    expect(readWhole(directory.path)).toMatchObject({
      header: { ...sampleHeader, ending: true },
      records: [
        { slot: 0, record: sampleRecord({ pid: 99 }) },
        { slot: 1, record: sampleRecord({ group: 'db' }) },
      ],
    });
    journal.close();
  });

  test('notices that its directory was moved away', () => {
    using directory = temporaryDirectory();
    const inside = join(directory.path, 'run');
    mkdirSync(inside);
    const { journal } = watchedJournal(inside);
    journal.write(sampleRecord());
    renameSync(inside, `${inside}.old`);
    mkdirSync(inside);
    expect(journal.isWhole()).toBe(false);
    expect(journal.heal()).toBe(true);
    expect(recordsIn(inside)).toEqual([sampleRecord()]);
    journal.close();
  });

  test('can be started without a place, and goes on in memory', () => {
    using directory = temporaryDirectory();
    const missing = join(directory.path, 'missing');
    const { journal, told } = watchedJournal(missing);
    expect(told).toEqual([expect.stringContaining('ENOENT')]);
    expect(journal.slotOf('web', 'web')).toBe(0);
    journal.write(sampleRecord());
    mkdirSync(missing);
    expect(journal.heal()).toBe(true);
    expect(recordsIn(missing)).toEqual([sampleRecord()]);
    journal.remove();
    expect(readdirSync(missing)).toEqual([]);
  });

  test('keeps the records that fit when one does not', () => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    const tooLong = sampleRecord({ group: 'long', spawnError: 'x'.repeat(LARGEST_PAYLOAD_BYTES) });
    journal.write(tooLong);
    journal.write(sampleRecord());
    expect(told).toEqual([expect.stringContaining('the record is too long')]);
    expect(journal.heal()).toBe(false);
    expect(recordsIn(directory.path)).toEqual([sampleRecord()]);
    journal.forget('long', 'long');
    expect(journal.heal()).toBe(true);
    expect(told).toEqual([expect.stringContaining('the record is too long'), 'whole']);
    journal.close();
  });

  test('keeps the last header that fits', () => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    journal.updateHeader({ configFile: 'x'.repeat(20_000) });
    journal.write(sampleRecord());
    expect(told).toEqual(['the header is too long']);
    expect(readWhole(directory.path)).toMatchObject({ header: sampleHeader, records: [{ record: sampleRecord() }] });
    journal.updateHeader({ configFile: '/x' });
    expect(journal.heal()).toBe(true);
    expect(readWhole(directory.path).header.configFile).toBe('/x');
    journal.close();
  });

  test('leaves the journal of the last daemon where it is', () => {
    using directory = temporaryDirectory();
    const first = watchedJournal(directory.path).journal;
    first.write(sampleRecord());
    first.close();
    mkdirSync(join(directory.path, `${journalName}.new`));
    const { records, reservedSlots } = readWhole(directory.path);
    const second = watchedJournal(directory.path, { records, reservedSlots });
    expect(second.told).toEqual([expect.stringContaining(journalName)]);
    second.journal.close();
    expect(recordsIn(directory.path)).toEqual([sampleRecord()]);
  });
});

describe('the end of a journal', () => {
  test('by remove takes the file away', () => {
    using directory = temporaryDirectory();
    const { journal } = watchedJournal(directory.path);
    journal.remove();
    expect(existsSync(join(directory.path, journalName))).toBe(false);
  });

  test('does not take away what somebody else has put there', () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, journalName);
    const { journal } = watchedJournal(directory.path);
    rmSync(path);
    writeFileSync(path, 'precious');
    journal.remove();
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('is final', () => {
    using directory = temporaryDirectory();
    const { journal, told } = watchedJournal(directory.path);
    journal.close();
    journal.write(sampleRecord());
    journal.updateHeader({ ending: true });
    expect(journal.heal()).toBe(false);
    expect(readWhole(directory.path)).toMatchObject({ header: { ending: false }, records: [] });
    expect(told).toEqual([]);
  });
});
