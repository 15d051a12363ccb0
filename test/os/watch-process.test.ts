import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { makeFifo, openFifoForProgram } from '../../src/os/fifo.ts';
import { deletedPipeHolders, pipeHolders } from '../../src/os/pipe-holders.ts';
import { processFacts } from '../../src/os/process-identity.ts';
import { createReadiness, type Readiness } from '../../src/os/readiness.ts';
import type { Reaper } from '../../src/os/reaper.ts';
import { hasEnded, watchProcess } from '../../src/os/watch-process.ts';
import { zombieStatusOf } from '../../src/os/zombie-status.ts';
import { waitFor } from '../helpers/wait.ts';

const reaper: Reaper = { expect: () => {}, ended: () => {}, living: () => [], collect: () => {}, close: () => {} };
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function openReadiness(): Readiness {
  const readiness = createReadiness({
    onDefect: (error) => {
      throw error;
    },
  });
  ends.push(() => readiness.close());
  return readiness;
}

/** A process that is no child of this one, with what it does. */
function startStranger(script: string): { pid: number; startTicks: number } {
  const pid = Number(execFileSync('/bin/sh', ['-c', `${script} > /dev/null 2>&1 & echo $!`], { encoding: 'utf8' }));
  const facts = identify(pid);
  ends.push(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  });
  return facts;
}

function identify(pid: number): { pid: number; startTicks: number } {
  const facts = processFacts(pid);
  if (facts === null) throw new Error('the process has ended before it was looked at');
  return { pid, startTicks: facts.startTicks };
}

test('the end of a process that is no child is reported once, with what the system tells of its status', async () => {
  const stranger = startStranger('exec sleep 60');
  const seen: ExitStatus[] = [];
  const watch = watchProcess({ reaper, readiness: openReadiness() }, stranger, (status) => seen.push(status));
  expect(watch.kind).toBe('watched');
  process.kill(stranger.pid, 'SIGTERM');
  await waitFor('the report', () => seen.length > 0);
  expect(seen).toHaveLength(1);
  expect([{ kind: 'unseen' }, { kind: 'signalled', signal: 'SIGTERM', coreDumped: false }]).toContainEqual(seen[0]);
});

const [major = 0, minor = 0] = release().split('.').map(Number);
const tellsStatus = major > 6 || (major === 6 && minor >= 15);

test.skipIf(!tellsStatus)('the status is known once the parent has collected the process (Linux 6.15)', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  ends.push(() => parent.kill('SIGKILL'));
  const stranger = identify(Number(String((await once(parent.stdout, 'data'))[0])));
  const seen: ExitStatus[] = [];
  watchProcess({ reaper, readiness: openReadiness() }, stranger, (status) => seen.push(status));
  process.kill(stranger.pid, 'SIGTERM');
  await waitFor('the report', () => seen.length > 0);
  expect(seen).toEqual([{ kind: 'signalled', signal: 'SIGTERM', coreDumped: false }]);
});

test('/proc tells how a process has ended until its parent collects it, and not of another with its number', async () => {
  const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 61'], { stdio: ['ignore', 'pipe', 'ignore'] });
  ends.push(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const pid = Number(line);
  const facts = processFacts(pid);
  expect(facts === null ? null : zombieStatusOf(facts)).toBeNull();
  // Its parent has become a program that collects nobody.
  await waitFor(
    'the shell to be replaced',
    () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') === 'sleep\x0061\0',
  );
  process.kill(pid, 'SIGTERM');
  await waitFor('its end', () => processFacts(pid)?.state === 'Z');
  const startTicks = facts?.startTicks ?? 0;
  expect(zombieStatusOf({ pid, startTicks })).toBe(15);
  expect(zombieStatusOf({ pid, startTicks: startTicks - 1 })).toBeNull();
});

test('a released watch reports nothing', async () => {
  const stranger = startStranger('exec sleep 60');
  const seen: ExitStatus[] = [];
  const watch = watchProcess({ reaper, readiness: openReadiness() }, stranger, (status) => seen.push(status));
  if (watch.kind === 'watched') watch.release();
  process.kill(stranger.pid, 'SIGKILL');
  await waitFor('the end of the process', () => hasEnded(stranger));
  expect(seen).toEqual([]);
});

test('a number that was used again is not the process that had it', () => {
  const stranger = startStranger('exec sleep 60');
  const other = { ...stranger, startTicks: stranger.startTicks - 1 };
  expect(hasEnded(other)).toBe(true);
  const watch = watchProcess({ reaper, readiness: openReadiness() }, other, () => {});
  expect(watch.kind).toBe('gone');
});

test('the holders of a named pipe are found, and nobody else', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holders-'));
  ends.push(() => rmSync(directory, { recursive: true }));
  const [held, other] = [join(directory, 'held'), join(directory, 'other')];
  for (const path of [held, other]) makeFifo(path, 0o600);
  const own = openFifoForProgram(held);
  ends.push(() => closeSync(own));
  const stranger = startStranger(`exec sleep 60 <> ${held}`);
  await waitFor('the pipe to be opened', () => pipeHolders([held]).some(({ pid }) => pid === stranger.pid));
  expect(pipeHolders([held]).map(({ pid }) => pid)).toEqual([stranger.pid]);
  expect(pipeHolders([other])).toEqual([]);
  expect(pipeHolders([join(directory, 'missing')])).toEqual([]);
});

test('the holders of deleted pipes are found through a keeper of theirs, also by another way to their place', async () => {
  const place = mkdtempSync(join(tmpdir(), 'holders-'));
  ends.push(() => rmSync(place, { recursive: true, force: true }));
  const directory = join(place, 'run');
  mkdirSync(directory);
  symlinkSync('run', join(place, 'link'));
  for (const slot of [0, 1]) makeFifo(join(directory, `${slot}.out`), 0o600);
  const holds = (slot: number): number => startStranger(`exec sleep 60 <> ${directory}/${slot}.out`).pid;
  const [keeper, program, orphan] = [holds(0), holds(0), holds(1)];
  const paths = [0, 1].map((slot) => join(directory, `${slot}.out`));
  await waitFor('the pipes to be opened', () => pipeHolders(paths).length === 3);
  const found = (): readonly number[] =>
    deletedPipeHolders(join(place, 'link'), (pid) => pid === keeper).map(({ pid }) => pid);
  expect(found()).toEqual([]);
  for (const path of paths) rmSync(path);
  expect(found()).toEqual([keeper, program]);
  expect(deletedPipeHolders(directory, (pid) => pid === orphan).map(({ pid }) => pid)).toEqual([orphan]);
  expect(deletedPipeHolders(directory, () => false)).toEqual([]);
  expect(deletedPipeHolders(place, () => true)).toEqual([]);
});
