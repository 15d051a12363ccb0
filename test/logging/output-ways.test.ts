/** The ways that output takes: within the system, past somebody who looks, or read, written and then dropped. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, readFileSync, symlinkSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LazyLog } from '../../src/logging/lazy-log.ts';
import { allLogsWritten, openLogTarget } from '../../src/logging/log-target.ts';
import { type OutputChannelOptions, openOutputChannel } from '../../src/logging/output-channel.ts';
import { bytesWaiting, pipeCapacity } from '../../src/os/fifo.ts';
import { setNonBlocking, pipe as systemPipe } from '../../src/os/native.ts';
import { waitFor } from '../helpers/wait.ts';
import { makeNamedPipe, numberedLines, SlowReader, useFolder, useReadiness } from './places.ts';

const inFolder = useFolder();
const readiness = useReadiness();
const plain = { maxBytes: 0, backups: 0, onProblem: expect.unreachable };

function open(options: Pick<OutputChannelOptions, 'target'> & Partial<OutputChannelOptions>) {
  const { readFd, writeFd } = systemPipe();
  setNonBlocking(readFd);
  const pipe = readiness.own(readFd);
  const seen: Buffer[] = [];
  const channel = openOutputChannel({
    pipe,
    stripAnsi: false,
    isLookedAt: () => false,
    onBytes: (bytes) => seen.push(Buffer.from(bytes)),
    release: () => pipe.close(),
    onProblem: expect.unreachable,
    ...options,
  });
  return { channel, readFd, writeFd, seen: () => Buffer.concat(seen) };
}

function run(command: string, writeFd: number): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', writeFd, writeFd] });
  closeSync(writeFd);
  return child;
}

const contents = (name: string): string => readFileSync(inFolder(name), 'utf8');

describe('the output of a program that nobody looks at', () => {
  test('goes into its log as it comes', async () => {
    const { channel, writeFd, seen } = open({ target: openLogTarget(inFolder('a.log'), plain) });
    writeSync(writeFd, 'one ');
    await waitFor('the first bytes', () => contents('a.log') === 'one ');
    writeSync(writeFd, 'two');
    closeSync(writeFd);
    await waitFor('the next bytes', () => contents('a.log') === 'one two');
    channel.finish('lost');
    expect(seen()).toHaveLength(0);
  });

  test('goes nowhere without a log, and its program does not wait', async () => {
    const { channel, writeFd } = open({ target: null });
    const [status] = await once(run('head -c 10000000 /dev/zero', writeFd), 'exit');
    expect(status).toBe(0);
    channel.finish('lost');
  });

  test.each([
    ['small', 'dd if=/dev/zero bs=100 count=100000 status=none', 10_000_000],
    ['large', 'dd if=/dev/zero bs=64k count=500 status=none', 32_768_000],
  ])('is complete after a flood of %s writes', async (_, command, size) => {
    const { channel, writeFd } = open({ target: openLogTarget(inFolder('a.log'), plain) });
    await once(run(command, writeFd), 'exit');
    channel.finish('lost');
    expect(readFileSync(inFolder('a.log')).length).toBe(size);
  });

  test('is complete after a flood although nobody has told of its end', async () => {
    const { channel, writeFd } = open({ target: openLogTarget(inFolder('a.log'), plain) });
    await once(run('dd if=/dev/zero bs=100 count=50000 status=none', writeFd), 'exit');
    await waitFor('all of it', () => readFileSync(inFolder('a.log')).length === 5_000_000);
    channel.finish('lost');
  });
});

describe('whichever way it takes', () => {
  test('the output of a program is in its log once and in order, and those who look see what they ask for', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('program' as const), length: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ kind: fc.constantFrom('turn', 'look', 'look away', 'other' as const) }),
    );
    return fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.constantFrom(0, 5000),
        fc.boolean(),
        async (steps, maxBytes, stripAnsi) => {
          const path = inFolder('ways.log');
          let isLookedAt = false;
          let looked = 0;
          const target = openLogTarget(path, { maxBytes, backups: 100, onProblem: expect.unreachable });
          const { channel, readFd, writeFd, seen } = open({ target, stripAnsi, isLookedAt: () => isLookedAt });
          const source = numberedLines(30_000);
          let written = 0;
          for (const one of steps) {
            if (one.kind === 'program' && bytesWaiting(readFd) + one.length < 60_000) {
              writeSync(writeFd, source, written, one.length);
              if (isLookedAt) looked += one.length;
              written += one.length;
            } else if (one.kind === 'other' && maxBytes === 0) appendFileSync(path, '\0');
            else if (one.kind !== 'program' && bytesWaiting(readFd) > 0) {
              await waitFor('the output to be read', () => bytesWaiting(readFd) === 0, { everyMs: 1 });
            }
            if (one.kind === 'look') isLookedAt = true;
            if (one.kind === 'look away') isLookedAt = false;
          }
          channel.finish('lost');
          closeSync(writeFd);
          const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
          const parts = [...numbers.map((number) => `${path}.${number}`), path].map((file) => takeFile(file));
          const log = parts.join('').replaceAll('\0', '');
          expect(log === source.toString('utf8', 0, written)).toBe(true);
          // Those who look see at least that, for bytes are looked at when they are read.
          expect(seen().length).toBeGreaterThanOrEqual(stripAnsi ? written : 0);
          expect(seen().length).toBeLessThanOrEqual(written);
          if (!steps.some(({ kind }) => kind === 'look away')) expect(seen().length).toBeGreaterThanOrEqual(looked);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a full disk costs no more than it must, and is over when there is room', async () => {
    const path = inFolder('a.log');
    symlinkSync('/dev/full', path);
    const reports: string[] = [];
    const sink = { maxBytes: 0, backups: 0, onProblem: (message: string) => reports.push(message) };
    // A link is opened as what it leads to, and a device is no file: the sink has to find that out later.
    unlinkSync(path);
    const target = openLogTarget(path, sink);
    unlinkSync(path);
    symlinkSync('/dev/full', path);
    target.reopen();
    const { channel, writeFd } = open({ target });
    writeSync(writeFd, 'held back ');
    await waitFor('the report', () => reports.length === 1);
    unlinkSync(path);
    writeFileSync(path, '');
    await waitFor('the rest', () => contents('a.log') === 'held back ');
    writeSync(writeFd, 'and on');
    await waitFor('what comes then', () => contents('a.log') === 'held back and on');
    channel.finish('lost');
    closeSync(writeFd);
    expect(reports).toEqual([
      `cannot write to log '${path}': ENOSPC: no space left on device`,
      `log '${path}' can be written again; 0 bytes are lost`,
    ]);
  });
});

describe('a log that is a pipe', () => {
  test.each([false, true])(
    'gets everything in order, however slowly it is read (looked at: %s)',
    async (isLookedAt) => {
      makeNamedPipe(inFolder('slow'));
      const target = openLogTarget(inFolder('slow'), plain);
      const reader = new SlowReader(inFolder('slow'));
      const { channel, readFd, writeFd, seen } = open({ target, isLookedAt: () => isLookedAt });
      const lines = numberedLines(200_000);
      writeFileSync(inFolder('input'), lines);
      const exit = once(run(`cat '${inFolder('input')}'`, writeFd), 'exit');
      await waitFor('the program to be held up', () => bytesWaiting(readFd) === pipeCapacity(readFd), { everyMs: 5 });
      const finished = exit.then(() => channel.finish('lost'));
      await waitFor('all to be read', () => reader.read().length >= lines.length, { everyMs: 1 });
      await finished;
      await allLogsWritten();
      expect(reader.read().equals(lines)).toBe(true);
      if (isLookedAt) expect(seen().equals(lines)).toBe(true);
      reader.close();
    },
  );

  test('whose reader has gone keeps nobody waiting', async () => {
    const far = systemPipe();
    const reports: string[] = [];
    const target = openLogTarget(`/proc/self/fd/${far.writeFd}`, {
      ...plain,
      onProblem: (message) => reports.push(message),
    });
    const { channel, writeFd } = open({ target });
    closeSync(far.readFd);
    const [status] = await once(run('head -c 1000000 /dev/zero', writeFd), 'exit');
    expect(status).toBe(0);
    channel.finish('lost');
    await waitFor('the report', () => reports.length > 0);
    expect(reports).toEqual([expect.stringContaining('its output is discarded: EPIPE')]);
    closeSync(far.writeFd);
  });
});

describe('a log that is opened with its first bytes', () => {
  test('is not opened for none', () => {
    const { channel, writeFd } = open({
      target: new LazyLog({ name: 'a log', open: expect.unreachable, report: expect.unreachable }),
    });
    channel.finish('lost');
    closeSync(writeFd);
  });

  test('is opened once, and closed', async () => {
    let opened = 0;
    const target = new LazyLog({
      name: 'a log',
      open: () => {
        opened += 1;
        return openLogTarget(inFolder('a.log'), plain);
      },
      report: expect.unreachable,
    });
    const { channel, writeFd } = open({ target });
    for (const text of ['one ', 'one two ']) {
      writeSync(writeFd, text.slice(-4));
      await waitFor(text, () => opened > 0 && contents('a.log') === text);
    }
    channel.finish('lost');
    closeSync(writeFd);
    expect(opened).toBe(1);
  });

  test('that there is none of takes its bytes all the same', async () => {
    const target = new LazyLog({ name: 'a log', open: () => null, report: expect.unreachable });
    const { channel, readFd, writeFd } = open({ target });
    writeSync(writeFd, 'unheard');
    await waitFor('it to be read', () => bytesWaiting(readFd) === 0);
    channel.finish('lost');
    closeSync(writeFd);
  });
});

function takeFile(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    unlinkSync(path);
    return text;
  } catch {
    return '';
  }
}
