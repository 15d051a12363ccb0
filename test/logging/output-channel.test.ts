import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { allLogsWritten, type LogTarget, openLogTarget } from '../../src/logging/log-target.ts';
import { type OutputChannelOptions, openOutputChannel } from '../../src/logging/output-channel.ts';
import { waitFor } from '../helpers/wait.ts';
import { makeNamedPipe, makePipe, numberedLines, readRotated, SlowReader, useFolder, useReadiness } from './places.ts';

const inFolder = useFolder();
const readiness = useReadiness();
const plain = { maxBytes: 0, backups: 0, onProblem: expect.unreachable };

/** A channel of a program's output, and what it has told. */
function openChannel(
  options: { readonly fd: number } & Pick<OutputChannelOptions, 'target'> & { readonly stripAnsi?: boolean },
) {
  const chunks: Buffer[] = [];
  const seen = { ended: false, bytes: () => Buffer.concat(chunks) };
  const pipe = readiness.own(options.fd);
  const channel = openOutputChannel({
    stripAnsi: false,
    isLookedAt: () => true,
    release: () => pipe.close(),
    ...options,
    pipe,
    onBytes: (bytes) => chunks.push(Buffer.from(bytes)),
    onEnd: () => {
      seen.ended = true;
    },
    onProblem: expect.unreachable,
  });
  return { channel, seen };
}

/** Runs a shell command with its output going into `writeFd`, which is closed here afterwards. */
function runShell(command: string, writeFd: number): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', writeFd, writeFd] });
  closeSync(writeFd);
  return child;
}

const read = (path: string): string => readFileSync(path, 'utf8');

describe('the output of a program', () => {
  test('goes into its log as it comes, while the program runs', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: openLogTarget(inFolder('a.log'), plain) });
    writeSync(writeFd, 'one ');
    await waitFor('the first bytes', () => read(inFolder('a.log')) === 'one ');
    writeSync(writeFd, 'two');
    await waitFor('the next bytes', () => read(inFolder('a.log')) === 'one two');
    expect(seen.ended).toBe(false);
    closeSync(writeFd);
    await waitFor('the end', () => seen.ended);
    channel.finish('lost');
    expect(seen.bytes().toString()).toBe('one two');
  });

  test('is complete when the program has ended before anything was read', () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: openLogTarget(inFolder('a.log'), plain) });
    const lines = numberedLines(5000);
    writeSync(writeFd, lines);
    channel.finish('lost');
    channel.finish('lost');
    expect(read(inFolder('a.log'))).toBe(lines.toString());
    expect(seen.bytes().equals(lines)).toBe(true);
    closeSync(writeFd);
  });

  test('of many megabytes is complete and in order after its rotation', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const path = inFolder('a.log');
    const target = openLogTarget(path, { ...plain, maxBytes: 1_000_000, backups: 100 });
    const { channel } = openChannel({ fd: readFd, target });
    const count = 4_000_000;
    const child = runShell(`seq 1 ${count}`, writeFd);
    await once(child, 'exit');
    channel.finish('lost');
    const written = readRotated(path, 100);
    expect(written.length).toBe(30_888_896);
    let at = 0;
    for (let number = 1; number <= count; number += 1) {
      const line = `${number}\n`;
      if (!written.subarray(at, at + line.length).equals(Buffer.from(line))) expect.unreachable(`at line ${number}`);
      at += line.length;
    }
  });

  test('is read and passed on when it is not logged', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: null });
    await once(runShell('echo heard', writeFd), 'exit');
    channel.finish('lost');
    expect(seen.bytes().toString()).toBe('heard\n');
  });

  test('loses its ANSI sequences where that is asked for, in the log and for listeners', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const target = openLogTarget(inFolder('a.log'), plain);
    const { channel, seen } = openChannel({ fd: readFd, target, stripAnsi: true });
    writeSync(writeFd, 'a\x1b[3');
    await waitFor('the first bytes', () => read(inFolder('a.log')) === 'a');
    writeSync(writeFd, '1mred\x1b[0m\x1b[');
    channel.finish('lost');
    expect(read(inFolder('a.log'))).toBe('ared\x1b[');
    expect(seen.bytes().toString()).toBe('ared\x1b[');
    closeSync(writeFd);
  });
});

describe('when the program has ended', () => {
  test('what it wrote is there although a descendant holds the pipe', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: openLogTarget(inFolder('a.log'), plain) });
    // The descendant lives until its standard input, which this test holds, ends.
    const child = spawn('/bin/sh', ['-c', 'cat <&3 & echo last words; exit 3'], {
      stdio: ['ignore', writeFd, writeFd, 'pipe'],
    });
    closeSync(writeFd);
    const [status] = await once(child, 'exit');
    channel.finish('lost');
    expect(status).toBe(3);
    expect(read(inFolder('a.log'))).toBe('last words\n');
    expect(seen.ended).toBe(false);
    const input = child.stdio[3];
    expect(input).toBeInstanceOf(Socket);
    if (input instanceof Socket) input.destroy();
  });

  test('the channel can be finished by a listener to its bytes', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const chunks: string[] = [];
    const pipe = readiness.own(readFd);
    const channel = openOutputChannel({
      pipe,
      target: openLogTarget(inFolder('a.log'), plain),
      stripAnsi: false,
      isLookedAt: () => true,
      release: () => pipe.close(),
      onBytes: (bytes) => {
        const text = Buffer.from(bytes).toString();
        if (text === 'one ') {
          writeSync(writeFd, 'two');
          channel.finish('lost');
        }
        // Reading on has not changed the bytes that are still looked at.
        expect(Buffer.from(bytes).toString()).toBe(text);
        chunks.push(text);
      },
      onProblem: expect.unreachable,
    });
    writeSync(writeFd, 'one ');
    await waitFor('the end', () => chunks.length === 2);
    expect(chunks).toEqual(['two', 'one ']);
    expect(read(inFolder('a.log'))).toBe('one two');
    closeSync(writeFd);
  });

  test('a descendant that writes without pause does not hold up the daemon', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: null });
    const flood = spawn('/bin/sh', ['-c', 'exec yes'], { stdio: ['ignore', writeFd, 'ignore'] });
    closeSync(writeFd);
    await waitFor('the flood', () => seen.bytes().length > 0);
    const before = seen.bytes().length;
    channel.finish('lost');
    expect(seen.bytes().length - before).toBeLessThanOrEqual(1024 * 1024 + 64 * 1024);
    // Its pipe is closed: the next write ends it.
    expect(await once(flood, 'exit')).toEqual([null, 'SIGPIPE']);
  });

  test('nothing is read from a descriptor that has become another file meanwhile', async () => {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const { channel, seen } = openChannel({ fd: readFd, target: null });
    closeSync(writeFd);
    await waitFor('the descriptor to be closed', () => !isOpen(readFd));
    writeFileSync(inFolder('other'), 'not the output');
    const other = openSync(inFolder('other'), constants.O_RDONLY);
    expect(other).toBe(readFd);
    channel.finish('lost');
    expect(seen.bytes().length).toBe(0);
    expect(isOpen(other)).toBe(true);
    closeSync(other);
  });
});

describe('a log that is read slowly', () => {
  /** A program's pipe in front, a slow reader's named pipe behind. */
  function slowLog(): { target: LogTarget; reader: SlowReader; readFd: number; writeFd: number } {
    makeNamedPipe(inFolder('slow'));
    const target = openLogTarget(inFolder('slow'), plain);
    return { target, reader: new SlowReader(inFolder('slow')), ...makePipe(inFolder('pipe')) };
  }

  test('makes the program wait, and nothing is lost or changes its place', async () => {
    const { target, reader, readFd, writeFd } = slowLog();
    const { channel, seen } = openChannel({ fd: readFd, target });
    writeFileSync(inFolder('input'), numberedLines(500_000));
    const child = runShell(`cat '${inFolder('input')}'`, writeFd);
    const expected = readFileSync(inFolder('input'));
    let length = -1;
    await waitFor('the program to be held up', () => {
      const stuck = length > 0 && seen.bytes().length === length;
      length = seen.bytes().length;
      return stuck;
    });
    expect(length).toBeLessThan(expected.length);
    expect(child.exitCode).toBeNull();
    const exit = once(child, 'exit').then(() => channel.finish('lost'));
    await waitFor('all to be read', () => reader.read().length >= expected.length, { everyMs: 1 });
    await exit;
    await allLogsWritten();
    expect(reader.read().equals(expected)).toBe(true);
    expect(seen.bytes().equals(expected)).toBe(true);
    reader.close();
  });

  test('gets the rest in order when the program ends while the log takes nothing', async () => {
    const { target, reader, readFd, writeFd } = slowLog();
    const lines = numberedLines(100_000);
    const own = lines.subarray(0, lines.length - 3000);
    // More than the log wants, so that the channel has stopped reading when the rest is written.
    target.write(own);
    const { channel } = openChannel({ fd: readFd, target });
    writeSync(writeFd, lines.subarray(own.length, own.length + 1000));
    await new Promise(setImmediate);
    writeSync(writeFd, lines.subarray(own.length + 1000));
    channel.finish('lost');
    closeSync(writeFd);
    await waitFor('all to be read', () => reader.read().length >= lines.length, { everyMs: 1 });
    await allLogsWritten();
    expect(reader.read().equals(lines)).toBe(true);
    reader.close();
  });
});

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
