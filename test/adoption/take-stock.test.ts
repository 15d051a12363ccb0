import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { takeStock } from '../../src/adoption/take-stock.ts';
import { readJournal } from '../../src/journal/read-journal.ts';
import { makeFifo, openFifoForProgram, openFifoToRead } from '../../src/os/fifo.ts';
import { bootId, processFacts } from '../../src/os/process-identity.ts';
import { openRuntimeDirectory } from '../../src/os/runtime-directory.ts';
import { JournalledSurvival } from '../../src/survival/journalled-survival.ts';
import { sampleGroup, sampleProcess } from '../helpers/spec-samples.ts';
import { waitFor } from '../helpers/wait.ts';
import { sampleHeader, sampleRecord, temporaryDirectory, watchedJournal } from '../journal/sample-journals.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const process of started.splice(0)) process.kill('SIGKILL');
});

/** A leader of its own group that holds the pipe, later than what was started before it by the clock of the system. */
async function startHolder(path: string, after = 0): Promise<{ readonly pid: number; readonly startTicks: number }> {
  const fd = openFifoForProgram(path);
  try {
    return await waitFor('a holder that is younger', () => {
      const child = spawn('/bin/sleep', ['1000'], { detached: true, stdio: ['ignore', fd, 'ignore'] });
      started.push(child);
      const facts = processFacts(child.pid ?? 0);
      if (facts !== null && facts.startTicks > after) return facts;
      child.kill('SIGKILL');
      return undefined;
    });
  } finally {
    closeSync(fd);
  }
}

function openDirectory(path: string) {
  const outcome = openRuntimeDirectory(path);
  if (outcome.kind !== 'open') throw new Error(outcome.kind);
  return outcome.directory;
}

test('a program whose start was not written down is the oldest that was started since', async () => {
  using folder = temporaryDirectory();
  const directory = openDirectory(join(folder.path, 'run'));
  const pipe = join(directory.path, '0.out');
  makeFifo(pipe, 0o600);
  const end = openFifoToRead(pipe);
  const left = await startHolder(pipe);
  const program = await startHolder(pipe, left.startTicks);
  await startHolder(pipe, program.startTicks);
  const { journal } = watchedJournal(directory.path, undefined, { ...sampleHeader, bootId: bootId() });
  journal.write(sampleRecord({ state: 'STARTING', pid: 0, startTicks: program.startTicks }));
  journal.close();
  const outcome = takeStock({ directory, groups: [sampleGroup('web', ['web'])], adopts: true });
  expect(outcome).toMatchObject({ kind: 'taken', stock: { decisions: [{ record: { pid: program.pid } }] } });
  closeSync(end);
  directory.remove();
});

test('what is about to be spawned is written down with the time', () => {
  using folder = temporaryDirectory();
  const directory = openDirectory(join(folder.path, 'run'));
  const outcome = takeStock({ directory, groups: [], adopts: true });
  if (outcome.kind !== 'taken') throw new Error(outcome.kind);
  const survival = new JournalledSurvival(
    {
      spec: { daemon: { configFile: '/etc/supervisord.conf' } },
      os: {
        identify: () => null,
        clock: { now: () => 0, steady: () => 0, stamp: () => 5, shown: (at) => at },
        startTicksNow: () => 4711,
      },
      log: { info: () => {}, warn: () => {} },
      watchDirectory: () => ({ close: () => {} }),
      productVersion: '1.2.3',
    },
    directory,
    outcome.stock,
  );
  survival.begin({ autoLog: () => null });
  survival.spawning(sampleProcess(), null);
  const reading = readJournal(directory.path);
  expect(reading).toMatchObject({ records: [{ record: { state: 'STARTING', pid: 0, startTicks: 4711 } }] });
  survival.end();
});
