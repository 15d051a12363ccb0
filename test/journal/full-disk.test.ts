import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/read-journal.ts';
import { sampleRecord, watchedJournal } from './sample-journals.ts';

const diskBytes = 128 * 1024;
const mount = `mount -t tmpfs -o size=${diskBytes} none /mnt`;
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', mount]).status === 0;

/** A tiny disk in the mount namespace of a process of its own: gone with it. */
async function smallDisk(): Promise<AsyncDisposable & { readonly path: string }> {
  const holder: ChildProcess = spawn('unshare', ['-m', 'sh', '-c', `${mount} && echo mounted && exec cat`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout ?? holder, 'data');
  return {
    path: `/proc/${holder.pid}/root/mnt`,
    [Symbol.asyncDispose]: async () => {
      const exit = once(holder, 'exit');
      holder.stdin?.end();
      await exit;
    },
  };
}

describe.runIf(canMount)('a journal on a full disk', () => {
  test('goes on with the records that have a place, and heals when there is room', async () => {
    await using disk = await smallDisk();
    const { journal, told } = watchedJournal(disk.path);
    for (const group of 'abcdefgh') journal.write(sampleRecord({ group }));
    try {
      writeFileSync(`${disk.path}/filler`, Buffer.alloc(diskBytes));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
    journal.write(sampleRecord({ group: 'new', spawnError: 'x'.repeat(3000) }));
    journal.write(sampleRecord({ group: 'b', pid: 99 }));
    expect(told).toEqual([expect.stringContaining('ENOSPC')]);
    expect(journal.heal()).toBe(false);
    const reading = readJournal(disk.path);
    expect(reading).toMatchObject({ kind: 'read', problems: [] });
    const pids = reading.kind === 'read' ? reading.records.map(({ record }) => [record.group, record.pid]) : [];
    expect(pids).toEqual([...'abcdefgh'].map((group) => [group, group === 'b' ? 99 : 815]));

    rmSync(`${disk.path}/filler`);
    expect(journal.heal()).toBe(true);
    expect(told).toEqual([expect.stringContaining('ENOSPC'), 'whole']);
    expect(readJournal(disk.path)).toMatchObject({ records: expect.objectContaining({ length: 9 }) });
    journal.close();
  });
});
