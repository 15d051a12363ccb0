/** Journals for tests: records with sensible values, arbitrary ones, and the bytes that a journal makes of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JournalHeader } from '../../src/journal/header.ts';
import { createJournal, type Journal } from '../../src/journal/journal.ts';
import { journalName } from '../../src/journal/layout.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { resumableStates } from '../../src/model/listener-protocol.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { processStates } from '../../src/model/process-state.ts';

export const sampleHeader: JournalHeader = {
  bootId: '4a1c1b52-3f52-4b0a-9c43-1d4b1e0b7a11',
  daemon: { pid: 4711, startTicks: 1234567 },
  version: '1.2.3',
  configFile: '/etc/supervisord.conf',
  ending: false,
  keepers: [],
};

export const sampleRecord = (values: Partial<ProcessRecord> = {}): ProcessRecord => ({
  group: 'web',
  name: values.group ?? 'web',
  state: 'RUNNING',
  pid: 815,
  startTicks: 2345678,
  startedAt: 1_700_000_000_000.5,
  stoppedAt: 0,
  failures: 0,
  lastExit: null,
  spawnError: '',
  restartDeclined: false,
  listener: null,
  treeMark: null,
  autoLogs: { stdout: '/tmp/web-stdout.log', stderr: '' },
  fingerprint: '0123456789abcdef0123456789abcdef',
  stop: { signal: { name: 'SIGTERM', number: 15 }, waitMs: 10_000, asGroup: false, killAsGroup: false },
  ...values,
});

/** A runtime directory for one test. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'statevisor-journal-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** What a journal has told about its own state: reasons of failures, and `whole`. */
export interface WatchedJournal {
  readonly journal: Journal;
  readonly told: readonly string[];
}

export function watchedJournal(
  directory: string,
  continued?: NonNullable<Parameters<typeof createJournal>[0]['continued']>,
  header: JournalHeader = sampleHeader,
): WatchedJournal {
  const told: string[] = [];
  const journal = createJournal({
    directory,
    header,
    ...(continued && { continued }),
    onFailure: (reason) => told.push(reason),
    onRecovery: () => told.push('whole'),
  });
  return { journal, told };
}

/** The file that a journal leaves after the given work. */
export function journalBytes(work: (journal: Journal) => void, header: JournalHeader = sampleHeader): Buffer {
  using directory = temporaryDirectory();
  const { journal } = watchedJournal(directory.path, undefined, header);
  work(journal);
  journal.close();
  return readFileSync(join(directory.path, journalName));
}

const count = fc.nat({ max: 2 ** 40 });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 2000 }));

const exitStatus: fc.Arbitrary<ExitStatus | null> = fc.oneof(
  fc.constant(null),
  fc.constant({ kind: 'unseen' as const }),
  fc.record({ kind: fc.constant('exited' as const), code: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('signalled' as const), signal: text, coreDumped: fc.boolean() }),
);

/** Any record, also such as no daemon would write; few names, so that records meet. */
export const anyRecord: fc.Arbitrary<ProcessRecord> = fc.record({
  group: fc.constantFrom('a', 'b', 'ä\ud800"\n'),
  name: fc.constantFrom('a', 'b', ''),
  state: fc.constantFrom(...processStates),
  pid: count,
  startTicks: count,
  startedAt: fc.double({ noNaN: true, noDefaultInfinity: true }).map((instant) => instant + 0),
  stoppedAt: fc.nat(),
  failures: fc.nat(),
  lastExit: exitStatus,
  spawnError: fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(4200), '\0'.repeat(3000)) },
  ),
  restartDeclined: fc.boolean(),
  listener: fc.constantFrom(null, ...resumableStates),
  treeMark: fc.constantFrom(null, '0123456789abcdef'),
  autoLogs: fc.record({ stdout: text, stderr: text }),
  fingerprint: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  stop: fc.record({
    signal: fc.record({ name: text, number: fc.nat({ max: 64 }) }),
    waitMs: fc.nat(),
    asGroup: fc.boolean(),
    killAsGroup: fc.boolean(),
  }),
});
