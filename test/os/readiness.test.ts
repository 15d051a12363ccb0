import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { bytesWaiting } from '../../src/os/fifo.ts';
import { pipe } from '../../src/os/native.ts';
import { openPidfd } from '../../src/os/pidfd.ts';
import { createReadiness, type Readiness } from '../../src/os/readiness.ts';
import { bundleProgram, runBundled } from '../helpers/bundled-program.ts';
import { waitFor } from '../helpers/wait.ts';

const rethrow = (error: unknown): never => {
  throw error;
};

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** The two ways to wait. */
const ways = { 'by a stream': false, 'by a thread': true };

function open(plain: boolean, onDefect: (error: unknown) => void = rethrow): Readiness {
  const readiness = createReadiness({ onDefect, plain });
  undo.push(() => readiness.close());
  return readiness;
}

/** Nothing is waited for before it is known whether a stream can do it. */
const times = {
  'at once': async () => {},
  'later on': () => new Promise<void>((done) => setTimeout(done, 20)),
};

/** A pipe whose read end is owned, and how often it has been reported. */
function ownPipe(readiness: Readiness) {
  const { readFd, writeFd } = pipe();
  const owned = readiness.own(readFd);
  const seen = { reports: 0 };
  const listener = (): void => {
    seen.reports += 1;
  };
  let open = true;
  const closeWriter = (): void => {
    if (open) closeSync(writeFd);
    open = false;
  };
  undo.push(() => {
    owned.close();
    closeWriter();
  });
  return { owned, seen, listener, writeFd, closeWriter };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

const cases = Object.entries(ways).flatMap(([way, plain]) =>
  Object.entries(times).map(([time, settle]) => ({ way, time, plain, settle })),
);

describe.each(cases)('a pipe that is waited for $way, and listened to $time,', ({ plain, settle }) => {
  test('is reported as long as there is something in it, and keeps it', async () => {
    const readiness = open(plain);
    const { owned, seen, listener, writeFd } = ownPipe(readiness);
    await settle();
    owned.listen(listener);
    await turns(5);
    expect(seen.reports).toBe(0);
    writeSync(writeFd, 'here');
    await waitFor('several reports', () => seen.reports > 3);
    expect(bytesWaiting(owned.fd)).toBe(4);
    readSync(owned.fd, Buffer.alloc(4));
    await turns(5);
    const before = seen.reports;
    await turns(5);
    expect(seen.reports).toBe(before);
    writeSync(writeFd, 'again');
    await waitFor('another report', () => seen.reports > before);
  });

  test('is not reported while that is paused, and is afterwards', async () => {
    const readiness = open(plain);
    const { owned, seen, listener, writeFd } = ownPipe(readiness);
    await settle();
    owned.listen(listener);
    owned.pause();
    owned.pause();
    writeSync(writeFd, 'here');
    await turns(20);
    expect(seen.reports).toBe(0);
    owned.resume();
    owned.resume();
    await waitFor('the report', () => seen.reports > 0);
  });

  test('is reported when nobody can write any more', async () => {
    const readiness = open(plain);
    const { owned, seen, listener, closeWriter } = ownPipe(readiness);
    await settle();
    owned.listen(listener);
    closeWriter();
    await waitFor('the end', () => seen.reports > 0);
  });

  test('is reported to whoever listens last, and to nobody when that one has left', async () => {
    const readiness = open(plain);
    const { owned, seen, listener, writeFd } = ownPipe(readiness);
    await settle();
    owned.listen(expect.unreachable);
    owned.listen(listener);
    writeSync(writeFd, 'here');
    await waitFor('the report', () => seen.reports > 0);
    owned.leave();
    const before = seen.reports;
    await turns(20);
    expect(seen.reports).toBe(before);
    owned.listen(listener);
    await waitFor('another report', () => seen.reports > before);
  });

  test('is closed together with its descriptor, even by its listener', async () => {
    const readiness = open(plain);
    const { owned, writeFd } = ownPipe(readiness);
    await settle();
    let reports = 0;
    owned.listen(() => {
      reports += 1;
      owned.close();
    });
    writeSync(writeFd, 'here');
    await waitFor('the report', () => reports > 0);
    await turns(20);
    expect(reports).toBe(1);
    expect(() => fstatSync(owned.fd)).toThrow('EBADF');
    owned.close();
    owned.listen(expect.unreachable);
  });

  test('does not keep others from being reported, not even with a listener that throws', async () => {
    const defects: unknown[] = [];
    const readiness = open(plain, (error) => defects.push(error));
    await settle();
    const pipes = Array.from({ length: 20 }, () => ownPipe(readiness));
    for (const { owned, listener } of pipes) {
      owned.listen(() => {
        listener();
        throw new Error('of no concern to others');
      });
    }
    for (const { writeFd } of pipes) writeSync(writeFd, 'here');
    await waitFor('all to be reported', () => pipes.every(({ seen }) => seen.reports > 0));
    expect(defects.length).toBeGreaterThanOrEqual(pipes.length);
  });

  test('is not reported any more once nothing is', async () => {
    const readiness = open(plain);
    const { owned, seen, listener, writeFd } = ownPipe(readiness);
    await settle();
    owned.listen(listener);
    readiness.close();
    readiness.close();
    writeSync(writeFd, 'here');
    await turns(20);
    owned.pause();
    owned.resume();
    const late = ownPipe(readiness);
    writeSync(late.writeFd, 'here');
    late.owned.listen(late.listener);
    await turns(20);
    expect([seen.reports, late.seen.reports]).toEqual([0, 0]);
    owned.close();
    expect(() => fstatSync(owned.fd)).toThrow('EBADF');
  });
});

test('a stream is what is waited by here', async () => {
  const readiness = open(false);
  await times['later on']();
  const before = threadCount();
  const { owned, seen, listener, writeFd } = ownPipe(readiness);
  owned.listen(listener);
  writeSync(writeFd, 'here');
  await waitFor('the report', () => seen.reports > 0);
  expect(threadCount()).toBe(before);
});

describe.each(Object.entries(ways))('waited for %s', (_, plain) => {
  test('what is no pipe is watched all the same', async () => {
    const readiness = open(plain);
    const living = openPidfd(process.pid);
    undo.push(() => closeSync(living));
    let reports = 0;
    const watch = readiness.watch(living, () => (reports += 1));
    undo.push(() => watch.close());
    await turns(20);
    expect(reports).toBe(0);
  });

  test('more than the kernel tells of at once are all reported', async () => {
    const readiness = open(plain);
    const pipes = Array.from({ length: 400 }, () => ownPipe(readiness));
    for (const { owned, listener, writeFd } of pipes) {
      writeSync(writeFd, 'here');
      owned.listen(listener);
    }
    await waitFor('all reports', () => pipes.every(({ seen }) => seen.reports > 0));
  });

  test('a pipe that another process has open as well is not reported when it is closed here', async () => {
    const readiness = open(plain);
    const { owned, listener, seen, writeFd } = ownPipe(readiness);
    owned.listen(listener);
    const other = spawn('sleep', ['1000'], { stdio: [owned.fd, 'ignore', 'ignore'] });
    undo.push(() => other.kill('SIGKILL'));
    writeSync(writeFd, 'here');
    await waitFor('the report', () => seen.reports > 0);
    owned.close();
    const before = seen.reports;
    await turns(20);
    expect(seen.reports).toBe(before);
  });

  test('a descriptor that is closed during a report, and its number used again, is not taken for the new one', async () => {
    const readiness = open(plain);
    const [first, second] = [ownPipe(readiness), ownPipe(readiness)];
    let replacement: ReturnType<typeof ownPipe> | null = null;
    const replace = (other: ReturnType<typeof ownPipe>) => () => {
      if (replacement !== null) return;
      other.owned.close();
      replacement = ownPipe(readiness);
      replacement.owned.listen(replacement.listener);
    };
    first.owned.listen(replace(second));
    second.owned.listen(replace(first));
    for (const { writeFd } of [first, second]) writeSync(writeFd, 'here');
    await waitFor('the replacement', () => replacement !== null);
    await turns(20);
    expect(replacement).toHaveProperty('seen.reports', 0);
  });
});

function threadCount(): number {
  return readdirSync('/proc/self/task').length;
}

test.each(Object.entries(ways))('a process that still watches something, %s, can end', async (_, plain) => {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-readiness-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  bundleProgram(
    join(folder, 'program.mjs'),
    `
      import { pipe } from './src/os/native.ts';
      import { createReadiness } from './src/os/readiness.ts';
      import { openPidfd } from './src/os/pidfd.ts';
      const readiness = createReadiness({ onDefect: console.error, plain: ${plain} });
      readiness.own(pipe().readFd).listen(() => {});
      readiness.watch(openPidfd(process.pid), () => {});
      setTimeout(() => process.exit(7), 20);
    `,
  );
  const program = runBundled(join(folder, 'program.mjs'));
  undo.push(() => program.kill('SIGKILL'));
  expect(await once(program, 'exit')).toEqual([7, null]);
});
