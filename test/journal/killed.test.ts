/** A daemon that is killed leaves a journal in which each write was done, not done, or done up to the end of a page. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { journalName, PAGE_BYTES } from '../../src/journal/layout.ts';
import { processRecordText } from '../../src/journal/process-record-text.ts';
import { parseJournal } from '../../src/journal/read-journal.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { anyRecord, sampleRecord, temporaryDirectory, watchedJournal } from './sample-journals.ts';

interface Write {
  readonly bytes: Buffer;
  readonly position: number;
}

const writes = vi.hoisted((): Write[] => []);

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const recorded = (fd: number, bytes: Buffer, offset: number, length: number, position: number): number => {
    writes.push({ bytes: Buffer.from(bytes.subarray(offset, offset + length)), position });
    return real.writeSync(fd, bytes, offset, length, position);
  };
  return { ...real, writeSync: recorded };
});

/** What may be in the file after a write was interrupted, or not begun. */
function* interrupted(before: Buffer, { bytes, position }: Write): Generator<Buffer> {
  const file = Buffer.alloc(Math.max(before.length, position + bytes.length));
  file.set(before);
  yield before;
  for (let page = Math.floor(position / PAGE_BYTES) + 1; page * PAGE_BYTES < position + bytes.length; page += 1) {
    const torn = Buffer.from(file);
    torn.set(bytes.subarray(0, page * PAGE_BYTES - position), position);
    yield torn;
  }
  file.set(bytes, position);
  yield file;
}

type Step =
  | { readonly kind: 'write'; readonly record: ProcessRecord }
  | { readonly kind: 'forget'; readonly record: ProcessRecord }
  | { readonly kind: 'header'; readonly configFile: string };

type Facts = ReadonlyMap<string, string>;

const keyOf = ({ group, name }: ProcessRecord): string => JSON.stringify([group, name]);

/** What a journal says: the text of each record, and where its configuration is. */
function factsIn(bytes: Buffer): Facts {
  const reading = parseJournal(bytes);
  if (reading.kind !== 'read') throw new Error(`cannot be read: ${JSON.stringify(reading)}`);
  const texts = reading.records.map(({ record }) => [keyOf(record), processRecordText(record)] as const);
  return new Map([...texts, ['', reading.header.configFile]]);
}

function after(facts: Facts, step: Step): Facts {
  const next = new Map(facts);
  if (step.kind === 'header') next.set('', step.configFile);
  else if (step.kind === 'forget') next.delete(keyOf(step.record));
  else next.set(keyOf(step.record), processRecordText(step.record));
  return next;
}

/** Does the steps and looks at every state a kill could leave. */
function killEverywhere(steps: readonly Step[]): void {
  using directory = temporaryDirectory();
  const { journal } = watchedJournal(directory.path);
  let file: Buffer = readFileSync(join(directory.path, journalName));
  let facts = factsIn(file);
  for (const step of steps) {
    writes.length = 0;
    if (step.kind === 'header') journal.updateHeader({ configFile: step.configFile });
    else if (step.kind === 'forget') journal.forget(step.record.group, step.record.name);
    else journal.write(step.record);
    const next = after(facts, step);
    const allowed = [facts, next].map((each) => JSON.stringify([...each].sort()));
    for (const write of [...writes]) {
      for (const left of interrupted(file, write)) {
        expect(allowed).toContain(JSON.stringify([...factsIn(left)].sort()));
        file = left;
      }
    }
    expect(factsIn(file)).toEqual(next);
    facts = next;
  }
  journal.close();
}

describe('a journal whose daemon is killed', () => {
  test('says what it said before the change or after it', () => {
    const long = 'x'.repeat(9000);
    killEverywhere([
      { kind: 'write', record: sampleRecord() },
      { kind: 'write', record: sampleRecord({ pid: 1 }) },
      { kind: 'write', record: sampleRecord({ spawnError: long }) },
      { kind: 'write', record: sampleRecord({ spawnError: `${long}!` }) },
      { kind: 'header', configFile: long },
      { kind: 'header', configFile: `${long}!` },
      { kind: 'write', record: sampleRecord() },
      { kind: 'forget', record: sampleRecord() },
    ]);
  });

  test('does so whatever was written', () => {
    const step = fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({ kind: fc.constant('write' as const), record: anyRecord }),
      fc.record({ kind: fc.constant('forget' as const), record: anyRecord }),
      fc.record({ kind: fc.constant('header' as const), configFile: fc.string({ maxLength: 6000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => killEverywhere(steps)),
      { numRuns: 60 },
    );
  });

  test('is looked at through the writes it makes', () => {
    using directory = temporaryDirectory();
    writes.length = 0;
    const fd = openSync(join(directory.path, 'probe'), 'w');
    writeSync(fd, Buffer.from('probe'), 0, 5, 0);
    closeSync(fd);
    expect(writes).toEqual([{ bytes: Buffer.from('probe'), position: 0 }]);
  });
});
