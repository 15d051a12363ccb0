import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, describe, expect, test } from 'vitest';
import { bytesWaiting } from '../../src/os/fifo.ts';
import { pipe } from '../../src/os/native.ts';
import { openPidfd } from '../../src/os/pidfd.ts';
import { createReadiness, type Readiness, type Watch } from '../../src/os/readiness.ts';
import { waitFor } from '../helpers/wait.ts';

const rethrow = (error: unknown): never => {
  throw error;
};

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

function open(onDefect: (error: unknown) => void = rethrow): Readiness {
  const readiness = createReadiness({ onDefect });
  undo.push(() => readiness.close());
  return readiness;
}

/** Pipes are watched in one way before it is known that there is a cheaper one, and in that one afterwards. */
const times = {
  'at once': async () => {},
  'later on': () => new Promise<void>((done) => setTimeout(done, 20)),
};

function openPipe(): { readFd: number; writeFd: number } {
  const ends = pipe();
  undo.push(() => {
    closeSync(ends.readFd);
    closeSync(ends.writeFd);
  });
  return ends;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

describe.each(Object.entries(times))('a pipe that is watched %s', (_, settle) => {
  test('is reported as long as there is something in it, and keeps it', async () => {
    const readiness = open();
    const { readFd, writeFd } = openPipe();
    await settle();
    let reports = 0;
    undo.push(readiness.watch(readFd, () => (reports += 1)).close);
    await turns(5);
    expect(reports).toBe(0);
    writeSync(writeFd, 'here');
    await waitFor('several reports', () => reports > 3);
    expect(bytesWaiting(readFd)).toBe(4);
    readSync(readFd, Buffer.alloc(4));
    await turns(5);
    const before = reports;
    await turns(5);
    expect(reports).toBe(before);
    writeSync(writeFd, 'again');
    await waitFor('another report', () => reports > before);
  });

  test('is not reported while its watch is paused, and is afterwards', async () => {
    const readiness = open();
    const { readFd, writeFd } = openPipe();
    await settle();
    let reports = 0;
    const watch = readiness.watch(readFd, () => (reports += 1));
    undo.push(watch.close);
    watch.pause();
    watch.pause();
    writeSync(writeFd, 'here');
    await turns(20);
    expect(reports).toBe(0);
    watch.resume();
    watch.resume();
    await waitFor('the report', () => reports > 0);
  });

  test('is reported when nobody can write any more', async () => {
    const readiness = open();
    const { readFd, writeFd } = pipe();
    undo.push(() => closeSync(readFd));
    await settle();
    let reports = 0;
    undo.push(readiness.watch(readFd, () => (reports += 1)).close);
    closeSync(writeFd);
    await waitFor('the end', () => reports > 0);
  });

  test('is not reported any more when its watch is closed, not even if its number is another pipe by then', async () => {
    const readiness = open();
    const { readFd, writeFd } = openPipe();
    await settle();
    let watch: Watch | null = readiness.watch(readFd, () => {
      watch?.close();
      watch = null;
      reports += 1;
    });
    let reports = 0;
    writeSync(writeFd, 'here');
    await waitFor('the report', () => reports > 0);
    await turns(20);
    expect(reports).toBe(1);
    undo.push(readiness.watch(readFd, () => (reports += 1)).close);
    await waitFor('reports of the new watch', () => reports > 1);
  });

  test('does not keep others from being reported, not even with a listener that throws', async () => {
    const defects: unknown[] = [];
    const readiness = open((error) => defects.push(error));
    await settle();
    const pipes = Array.from({ length: 20 }, openPipe);
    const seen = new Set<number>();
    for (const { readFd } of pipes) {
      undo.push(
        readiness.watch(readFd, () => {
          seen.add(readFd);
          throw new Error('of no concern to others');
        }).close,
      );
    }
    for (const { writeFd } of pipes) writeSync(writeFd, 'here');
    await waitFor('all to be reported', () => seen.size === pipes.length);
    expect(defects.length).toBeGreaterThanOrEqual(pipes.length);
  });

  test('may be closed together with everything else', async () => {
    const readiness = open();
    const { readFd, writeFd } = openPipe();
    await settle();
    let reports = 0;
    const watch = readiness.watch(readFd, () => (reports += 1));
    readiness.close();
    readiness.close();
    writeSync(writeFd, 'here');
    await turns(20);
    expect(reports).toBe(0);
    watch.pause();
    watch.resume();
    watch.close();
    const late = readiness.watch(readFd, () => (reports += 1));
    await turns(20);
    late.close();
    expect(reports).toBe(0);
  });
});

test('what is no pipe is watched all the same', async () => {
  const readiness = open();
  const ended = openPidfd(process.pid);
  undo.push(() => closeSync(ended));
  let reports = 0;
  undo.push(readiness.watch(ended, () => (reports += 1)).close);
  await turns(5);
  expect(reports).toBe(0);
});

test('a process that still watches something can end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-readiness-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const program = join(import.meta.dirname, `../../node_modules/.readiness-${process.pid}.mjs`);
  undo.push(() => rmSync(program, { force: true }));
  buildSync({
    stdin: {
      contents: `
        import { pipe } from './src/os/native.ts';
        import { createReadiness } from './src/os/readiness.ts';
        import { openPidfd } from './src/os/pidfd.ts';
        const readiness = createReadiness({ onDefect: console.error });
        readiness.watch(pipe().readFd, () => {});
        readiness.watch(openPidfd(process.pid), () => {});
        setTimeout(() => process.exit(7), 20);
      `,
      resolveDir: join(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['koffi'],
  });
  const errors = openSync(join(folder, 'errors'), 'w');
  undo.push(() => closeSync(errors));
  const run = () => execFileSync(process.execPath, [program], { timeout: 20_000, stdio: ['ignore', 'ignore', errors] });
  expect(run).toThrow(expect.objectContaining({ status: 7 }));
});
