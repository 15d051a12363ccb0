/** A log that cannot be written for some time: what a program writes meanwhile waits in its pipe, as far as there is room. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { FileSink } from '../../src/logging/file-sink.ts';
import { LazyLog } from '../../src/logging/lazy-log.ts';
import { type LogTarget, openLogTarget } from '../../src/logging/log-target.ts';
import { type OutputChannelOptions, openOutputChannel } from '../../src/logging/output-channel.ts';
import { bytesWaiting } from '../../src/os/fifo.ts';
import { pause, waitFor } from '../helpers/wait.ts';
import { makePipe, numberedLines, type TestPipe, useFolder, useReadiness } from './places.ts';

const inFolder = useFolder();
const readiness = useReadiness();
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

type Manner = Partial<Pick<OutputChannelOptions, 'stripAnsi' | 'isLookedAt' | 'capture'>>;

/** A program's pipe, and a log in a folder that is away until `bringBack`. */
function open(manner: Manner = {}) {
  const pipe = makePipe(inFolder('pipe'));
  undo.push(() => closeSync(pipe.readFd));
  mkdirSync(inFolder('logs'));
  const reports: string[] = [];
  const openLog = (): LogTarget => {
    const onProblem = (message: string) => reports.push(message);
    return openLogTarget(inFolder('logs/a.log'), { maxBytes: 0, backups: 0, rests: true, onProblem });
  };
  const log = openLog();
  renameSync(inFolder('logs'), inFolder('away'));
  return {
    ...pipe,
    reports,
    openLog,
    channel: openChannel(pipe, log, manner),
    bringBack: () => renameSync(inFolder('away'), inFolder('logs')),
  };
}

const openChannel = ({ readFd }: TestPipe, target: OutputChannelOptions['target'], manner: Manner = {}) =>
  openOutputChannel({
    pipe: readiness.own(readFd),
    target,
    stripAnsi: false,
    isLookedAt: () => false,
    release: () => {},
    onBytes: () => {},
    onProblem: expect.unreachable,
    ...manner,
  });

const logText = (): string => readFileSync(inFolder('logs/a.log'), 'utf8');
const isTold = (reports: readonly string[]) => waitFor('the report', () => reports.length > 0);

describe('while a log cannot be written', () => {
  test.each([
    ['as it is', {}, 'waits patiently'],
    // That the log cannot be written shows only with the first bytes for it.
    ['without its escape sequences', { stripAnsi: true }, 'patiently'],
  ])('output that goes into it %s stays in the pipe, and follows by itself', async (_, manner, waiting) => {
    const { channel, readFd, writeFd, reports, bringBack } = open(manner);
    writeSync(writeFd, 'waits ');
    await isTold(reports);
    writeSync(writeFd, 'patiently');
    await pause(50);
    expect(bytesWaiting(readFd)).toBe(waiting.length);
    bringBack();
    await waitFor('the output', () => logText() === 'waits patiently');
    expect(reports.slice(1)).toEqual([`log '${inFolder('logs/a.log')}' can be opened again; 0 bytes are lost`]);
    channel.finish('lost');
    closeSync(writeFd);
  });

  test('the end of a program leaves its output to whoever has the pipe next', async () => {
    const { channel, readFd, writeFd, reports, openLog, bringBack } = open();
    writeSync(writeFd, 'last words\n');
    await isTold(reports);
    channel.finish('kept');
    expect(bytesWaiting(readFd)).toBe('last words\n'.length);
    bringBack();
    const next = openChannel({ readFd, writeFd }, openLog());
    writeSync(writeFd, 'first words\n');
    next.finish('lost');
    expect(logText()).toBe('last words\nfirst words\n');
    closeSync(writeFd);
  });

  test('the end of a pipe costs what is in it, and that is said', async () => {
    const { channel, readFd, writeFd, reports } = open();
    writeSync(writeFd, 'last words\n');
    await isTold(reports);
    channel.finish('lost');
    expect(bytesWaiting(readFd)).toBe(0);
    await waitFor('the loss to be told', () => /; 11 bytes are lost$/.test(reports.at(-1) ?? ''));
    closeSync(writeFd);
  });

  test('a program that writes more than its pipe holds goes on, and the log goes on with what it wrote last', async () => {
    const { channel, writeFd, reports, bringBack } = open();
    const lines = numberedLines(100_000);
    writeFileSync(inFolder('input'), lines);
    const child = spawn('/bin/cat', [inFolder('input')], { stdio: ['ignore', writeFd, 'inherit'] });
    closeSync(writeFd);
    await once(child, 'exit');
    bringBack();
    await waitFor('the end of the output', () => logText().endsWith(lines.subarray(-1000).toString()));
    const lost = Number(/can be opened again; (\d+) bytes are lost/.exec(reports.at(-1) ?? '')?.[1]);
    expect(lost).toBeGreaterThan(0);
    const text = logText();
    expect(text.length).toBe(lines.length - lost);
    const kept = 64 * 1024;
    expect(text.slice(0, kept)).toBe(lines.subarray(0, kept).toString());
    expect(text.slice(kept)).toBe(lines.subarray(kept + lost).toString());
    channel.finish('lost');
  });

  test.each<[string, Manner]>([
    ['looks at it', { isLookedAt: () => true }],
    ['waits for what is captured', { capture: { maxBytes: 1000, onCapture: () => {} } }],
  ])('output is read at once where somebody %s', async (_, manner) => {
    const heard: string[] = [];
    const onBytes = (bytes: Uint8Array) => heard.push(Buffer.from(bytes).toString());
    const { channel, readFd, writeFd, bringBack } = open({ ...manner, ...{ onBytes } });
    writeSync(writeFd, 'heard');
    await waitFor('the listener', () => heard.join('') === 'heard');
    expect(bytesWaiting(readFd)).toBe(0);
    bringBack();
    await waitFor('the output', () => logText() === 'heard');
    channel.finish('lost');
    closeSync(writeFd);
  });
});

describe('a log file that takes no more', () => {
  test('is given nothing until it is tried again, and only bytes end the outage', async () => {
    const path = inFolder('a.log');
    symlinkSync('/dev/full', path);
    const reports: string[] = [];
    const sink = new FileSink({ path, report: (message) => reports.push(message), lookEveryMs: 5 });
    const pipe = makePipe(inFolder('pipe'));
    undo.push(() => {
      sink.close();
      closeSync(pipe.readFd);
      closeSync(pipe.writeFd);
    });
    expect(sink.isWritable()).toBe(true);
    sink.write(Buffer.from('one '), { maxBytes: 0, backups: 0 });
    expect(sink.isWritable()).toBe(false);
    writeSync(pipe.writeFd, 'two');
    expect(sink.take(pipe.readFd, 10, { maxBytes: 0, backups: 0 })).toBe('refused');
    unlinkSync(path);
    writeFileSync(path, '');
    await waitFor('another attempt', () => sink.isWritable());
    expect(reports.at(-1)).toBe(`log '${path}' can be written again; 0 bytes are lost`);
    sink.write(Buffer.from('three'), { maxBytes: 0, backups: 0 });
    expect(readFileSync(path, 'utf8')).toBe('one three');
  });
});

describe('a log that is opened late', () => {
  function late(openings: (LogTarget | null | { readonly error: string })[]) {
    const reports: string[] = [];
    const log = new LazyLog({
      name: "the stdout log of 'web'",
      open: () => openings.shift() ?? { error: 'ENOENT' },
      report: (message) => reports.push(message),
    });
    return { log, reports };
  }
  const fileLog = () => openLogTarget(inFolder('late.log'), { maxBytes: 0, backups: 0, onProblem: expect.unreachable });

  test('is tried again, and gets what was held for it before anything else', () => {
    const { log, reports } = late([{ error: 'ENOENT' }, { error: 'EACCES' }, fileLog()]);
    expect(log.isWritable()).toBe(true);
    log.write(Buffer.from('one '));
    expect(log.isWritable()).toBe(false);
    expect(reports).toEqual(["cannot open the stdout log of 'web': ENOENT"]);
    expect(log.isWritable()).toBe(true);
    log.write(Buffer.from('two'));
    expect(readFileSync(inFolder('late.log'), 'utf8')).toBe('one two');
    log.close();
    expect(reports.slice(1)).toEqual(["the stdout log of 'web' can be opened again; 0 bytes are lost"]);
  });

  test('that never opens costs what was meant for it, and that is said', () => {
    const { log, reports } = late([]);
    log.write(Buffer.from('lost'));
    log.close();
    expect(reports.at(-1)).toBe("the stdout log of 'web' could not be opened; 4 bytes are lost");
  });
});
