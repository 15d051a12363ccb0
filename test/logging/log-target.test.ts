import { existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allLogsWritten, clearLogFile, type LogTarget, openLogTarget } from '../../src/logging/log-target.ts';
import { waitFor } from '../helpers/wait.ts';
import { makeNamedPipe, numberedLines, readRotated, SlowReader, useFolder } from './places.ts';

const inFolder = useFolder();
const reports: string[] = [];
const plain = { maxBytes: 0, backups: 0, onProblem: (message: string) => reports.push(message) };

function withTarget(path: string, use: (target: LogTarget) => void, options = plain): void {
  const target = openLogTarget(path, options);
  use(target);
  target.close();
}

describe('opening', () => {
  test('appends to a file, which is created if need be', () => {
    const path = inFolder('a.log');
    withTarget(path, (target) => expect(target.write(Buffer.from('one '))).toBe(true));
    withTarget(path, (target) => target.write(Buffer.from('two')));
    expect(readFileSync(path, 'utf8')).toBe('one two');
  });

  test('throws the error of the system', () => {
    expect(() => openLogTarget(inFolder('missing/a.log'), plain)).toThrow('ENOENT');
    expect(() => openLogTarget(inFolder('.'), plain)).toThrow('EISDIR');
  });

  test('joins those who write already, even if the path leads nowhere by now', () => {
    const path = inFolder('loop.log');
    const first = openLogTarget(path, plain);
    unlinkSync(path);
    symlinkSync(path, path);
    const second = openLogTarget(path, plain);
    expect(second.write(Buffer.from('kept'))).toBe(true);
    second.close();
    first.close();
    expect(() => openLogTarget(path, plain)).toThrow('ELOOP');
  });

  test('takes devices, and does not rotate them', () => {
    withTarget(
      '/dev/null',
      (target) => {
        expect(target.write(numberedLines(1000))).toBe(true);
        target.clear();
        target.reopen();
      },
      { ...plain, maxBytes: 10, backups: 2 },
    );
    expect(existsSync('/dev/null.1')).toBe(false);
  });

  test('ignores what is written after the end', () => {
    const path = inFolder('a.log');
    const target = openLogTarget(path, plain);
    target.close();
    target.close();
    expect(target.write(Buffer.from('late'))).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('several writers of one file', () => {
  test('go on together after a rotation by one of them', () => {
    const path = inFolder('shared.log');
    const first = openLogTarget(path, { ...plain, maxBytes: 1000, backups: 100 });
    const second = openLogTarget(path, { ...plain, maxBytes: 1000, backups: 100 });
    const lines = numberedLines(5000);
    for (let at = 0; at < lines.length; at += 100) {
      (at % 200 === 0 ? first : second).write(lines.subarray(at, at + 100));
    }
    first.close();
    second.write(Buffer.from('end'));
    second.close();
    expect(readRotated(path, 100).equals(Buffer.concat([lines, Buffer.from('end')]))).toBe(true);
    expect(existsSync(`${path}.2`)).toBe(true);
  });

  test('share it under different spellings of its path', () => {
    mkdirSync(inFolder('real'));
    symlinkSync(inFolder('real'), inFolder('link'));
    const paths = [inFolder('real/a.log'), join(inFolder('link'), 'a.log'), relative('.', inFolder('real/a.log'))];
    const targets = paths.map((path) => openLogTarget(path, { ...plain, maxBytes: 4, backups: 9 }));
    for (const target of targets) target.write(Buffer.from('full'));
    for (const target of targets) target.write(Buffer.from('s'));
    for (const target of targets) target.close();
    expect(readRotated(inFolder('real/a.log'), 9).toString()).toBe('fullfullfullsss');
    expect(existsSync(inFolder('real/a.log.3'))).toBe(true);
  });

  test('share it where a link means another folder than before', async () => {
    for (const name of ['old', 'new']) mkdirSync(inFolder(name));
    symlinkSync(inFolder('old'), inFolder('link'));
    openLogTarget(inFolder('link/a.log'), plain).close();
    await Promise.resolve();
    unlinkSync(inFolder('link'));
    symlinkSync(inFolder('new'), inFolder('link'));
    const paths = [inFolder('new/a.log'), inFolder('link/a.log')];
    const targets = paths.map((path) => openLogTarget(path, { ...plain, maxBytes: 4, backups: 9 }));
    for (const target of targets) target.write(Buffer.from('full'));
    for (const target of targets) target.write(Buffer.from('s'));
    for (const target of targets) target.close();
    expect(readRotated(inFolder('new/a.log'), 9).toString()).toBe('fullfullss');
    expect(existsSync(inFolder('new/a.log.2'))).toBe(true);
  });

  test('each rotate at their own limit', () => {
    const path = inFolder('shared.log');
    const small = openLogTarget(path, { ...plain, maxBytes: 5, backups: 1 });
    const large = openLogTarget(path, { ...plain, maxBytes: 1000, backups: 1 });
    large.write(Buffer.from('more than five'));
    expect(existsSync(`${path}.1`)).toBe(false);
    small.write(Buffer.from('!'));
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('more than five!');
    small.close();
    large.close();
  });
});

describe('clearing a log file', () => {
  test('concerns its present writers', () => {
    const path = inFolder('a.log');
    withTarget(path, (target) => {
      target.write(Buffer.from('before'));
      clearLogFile(path);
      target.write(Buffer.from('after'));
    });
    expect(readFileSync(path, 'utf8')).toBe('after');
  });

  test('empties a file that nobody has open', () => {
    const path = inFolder('a.log');
    writeFileSync(path, 'before');
    clearLogFile(path);
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(() => clearLogFile(inFolder('missing/a.log'))).toThrow('ENOENT');
  });
});

describe('a named pipe', () => {
  test('keeps what is written while nobody reads it, asks to pause, and loses nothing', async () => {
    const path = inFolder('pipe');
    makeNamedPipe(path);
    const target = openLogTarget(path, { ...plain, maxBytes: 10, backups: 2 });
    const lines = numberedLines(200_000);
    let at = 0;
    let pauses = 0;
    const writeOn = (): void => {
      for (;;) {
        if (at >= lines.length) {
          target.close();
          return;
        }
        const chunk = Buffer.from(lines.subarray(at, at + 50_000));
        at += chunk.length;
        const goOn = target.write(chunk);
        chunk.fill('x');
        if (!goOn) break;
      }
      pauses += 1;
      target.onDrain(writeOn);
    };
    writeOn();
    const reader = new SlowReader(path);
    await waitFor('all to be read', () => reader.read().length >= lines.length, { everyMs: 1 });
    expect(reader.read().equals(lines)).toBe(true);
    expect(pauses).toBeGreaterThan(0);
    await allLogsWritten();
    reader.close();
  });

  test('that is closed with bytes left still writes them, before what its next user writes', async () => {
    const path = inFolder('pipe');
    makeNamedPipe(path);
    const lines = numberedLines(100_000);
    withTarget(path, (target) => target.write(lines));
    withTarget(path, (target) => target.write(Buffer.from('next')));
    const reader = new SlowReader(path);
    await waitFor('all to be read', () => reader.read().length >= lines.length + 4, { everyMs: 1 });
    expect(reader.read().equals(Buffer.concat([lines, Buffer.from('next')]))).toBe(true);
    await allLogsWritten();
    reader.close();
  });

  test('can be left by one reader and read on by the next', async () => {
    const path = inFolder('pipe');
    makeNamedPipe(path);
    const target = openLogTarget(path, plain);
    const first = new SlowReader(path);
    target.write(Buffer.from('one'));
    expect(first.read().toString()).toBe('one');
    first.close();
    target.write(Buffer.from('two'));
    const second = new SlowReader(path);
    expect(second.read().toString()).toBe('two');
    target.close();
    await allLogsWritten();
    second.close();
  });
});

describe('waiting for all logs', () => {
  test('ends when everything is written', async () => {
    withTarget(inFolder('a.log'), (target) => target.write(Buffer.from('text')));
    expect(await allLogsWritten()).toBe(true);
  });

  test('is given up when nobody reads', async () => {
    const path = inFolder('pipe');
    makeNamedPipe(path);
    const lines = numberedLines(100_000);
    withTarget(path, (target) => target.write(lines));
    expect(await allLogsWritten(1)).toBe(false);
    const reader = new SlowReader(path);
    await waitFor('all to be read', () => reader.read().length === lines.length, { everyMs: 1 });
    expect(await allLogsWritten()).toBe(true);
    reader.close();
  });
});

describe('a stream that fails', () => {
  test('is reported once and holds up nobody', async () => {
    reports.length = 0;
    const target = openLogTarget('/dev/full', plain);
    for (let count = 0; count < 10; count += 1) expect(target.write(Buffer.from('text'))).toBe(true);
    target.close();
    await waitFor('the report', () => reports.length > 0);
    expect(reports).toEqual([
      "cannot write to log '/dev/full', its output is discarded: ENOSPC: no space left on device",
    ]);
  });
});
