import { closeSync, mkdtempSync, readlinkSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesWaiting, makeFifo, openFifoForProgram, openFifoToRead } from '../../src/os/fifo.ts';
import { createKeeper, type KeeperOptions, looksLikeKeeper } from '../../src/os/keeper.ts';
import { createReaper, type Reaper } from '../../src/os/reaper.ts';
import { isAlive, processEntry, sendSignal } from '../helpers/process-table.ts';
import { waitFor } from '../helpers/wait.ts';

let folder = '';
let reaper: Reaper;
const undo: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-keeper-'));
  reaper = createReaper({ onOrphan: () => {}, onSignal: () => {} });
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) step();
  await waitFor('all keepers to have ended', () => reaper.living().length === 0);
  reaper.close();
  rmSync(folder, { recursive: true });
});

function openKeeper(changes: Partial<KeeperOptions> = {}) {
  const told = { pids: [] as (number | null)[], problems: [] as string[] };
  const keeper = createKeeper({
    reaper,
    environment: { PATH: '/usr/bin' },
    onPid: (pid) => told.pids.push(pid),
    onProblem: (message) => told.problems.push(message),
    ...changes,
  });
  undo.push(() => keeper.close());
  const present = (): number => {
    const pid = told.pids.at(-1) ?? null;
    if (pid === null) throw new Error('there is no keeper');
    return pid;
  };
  return { keeper, told, present };
}

function makePipe(name: string): { path: string; fd: number } {
  const path = join(folder, name);
  makeFifo(path, 0o600);
  const fd = openFifoToRead(path);
  undo.push(() => closeSync(fd));
  return { path, fd };
}

describe('a keeper of pipes', () => {
  test('keeps what is in them when nobody else has them open', async () => {
    const { keeper, present } = openKeeper();
    const path = join(folder, 'pipe');
    makeFifo(path, 0o600);
    const daemon = openFifoToRead(path);
    keeper.hold([daemon]);
    await waitFor('the keeper to be itself', () => looksLikeKeeper(present()));
    const program = openFifoForProgram(path);
    writeSync(program, 'last words');
    closeSync(program);
    closeSync(daemon);
    const next = openFifoToRead(path);
    expect(bytesWaiting(next)).toBe(10);
    closeSync(next);
    await keeper.close();
  });

  test('is gone when its end has been waited for', async () => {
    const { keeper, present } = openKeeper();
    keeper.hold([makePipe('pipe').fd]);
    const pid = present();
    await keeper.close();
    expect(isAlive(pid)).toBe(false);
    expect(reaper.living()).toEqual([]);
  });

  test('that has ended, or never began, is not waited for', async () => {
    const { keeper, present, told } = openKeeper({ reviveAfterMs: 2 ** 30 });
    await keeper.close();
    keeper.hold([makePipe('pipe').fd]);
    sendSignal(present(), 'SIGKILL');
    await waitFor('its end to be noticed', () => told.pids.at(-1) === null);
    await keeper.close();
    expect(reaper.living()).toEqual([]);
  });

  test('is a process in a session of its own that can be told from others', async () => {
    const { keeper, present } = openKeeper();
    keeper.hold([makePipe('pipe').fd]);
    await waitFor('the keeper to be itself', () => looksLikeKeeper(present()));
    const pid = present();
    expect(processEntry(pid)).toMatchObject({ session: pid, processGroup: pid, parent: process.pid });
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${pid}/fd/${fd}`)).toBe('/dev/null');
    expect([looksLikeKeeper(process.pid), looksLikeKeeper(0)]).toEqual([false, false]);
  });

  test('has as many pipes as it is given, and nothing else', async () => {
    const { keeper, present } = openKeeper();
    const held = Array.from({ length: 200 }, (_, number) => makePipe(String(number)));
    keeper.hold(held.map(({ fd }) => fd));
    await waitFor('the keeper to be itself', () => looksLikeKeeper(present()));
    for (const { path, fd } of held) expect(readlinkSync(`/proc/${present()}/fd/${fd}`)).toBe(path);
    const other = makePipe('other');
    expect(() => readlinkSync(`/proc/${present()}/fd/${other.fd}`)).toThrow('ENOENT');
  });

  test('makes room for the next one, and ends when nothing is to be kept', async () => {
    const { keeper, told } = openKeeper();
    keeper.hold([makePipe('one').fd]);
    keeper.hold([makePipe('two').fd]);
    const [first = 0, second = 0] = told.pids.map((pid) => pid ?? 0);
    await waitFor('the first to end', () => !isAlive(first));
    expect(isAlive(second)).toBe(true);
    keeper.hold([]);
    await waitFor('the second to end', () => !isAlive(second));
    expect(told.pids).toEqual([first, second, null]);
    await keeper.close();
    expect(told.pids).toHaveLength(3);
  });

  test('is replaced when somebody kills it', async () => {
    const { keeper, told, present } = openKeeper({ reviveAfterMs: 1 });
    keeper.hold([makePipe('pipe').fd]);
    const first = present();
    sendSignal(first, 'SIGKILL');
    await waitFor('another one', () => told.pids.length === 3);
    expect(told.pids).toEqual([first, null, present()]);
    await waitFor('the keeper to be itself', () => looksLikeKeeper(present()));
    expect(told.problems).toEqual([]);
  });

  test('cannot be where there is no sleep command, which is said once', () => {
    const { keeper, told } = openKeeper({ paths: [join(folder, 'missing')] });
    const { fd } = makePipe('pipe');
    keeper.hold([fd]);
    keeper.hold([fd]);
    expect(told).toEqual({
      pids: [],
      problems: ['there is no sleep command: what a program writes last, while no daemon lives, can be lost'],
    });
  });

  test('that cannot be started is complained about once', () => {
    const path = join(folder, 'sleep');
    writeFileSync(path, 'no program', { mode: 0o755 });
    const { keeper, told } = openKeeper({ paths: [path] });
    const { fd } = makePipe('pipe');
    keeper.hold([fd]);
    keeper.hold([fd]);
    expect(told).toEqual({
      pids: [],
      problems: ['cannot keep the pipes of programs open beyond the daemon: ENOEXEC'],
    });
  });
});
