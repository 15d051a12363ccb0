import {
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type LogTarget, openLogTarget } from '../../src/logging/log-target.ts';
import { descriptorRoom } from '../../src/os/descriptors.ts';
import { pipe } from '../../src/os/native.ts';
import { waitFor } from '../helpers/wait.ts';
import { useFolder } from './places.ts';

const inFolder = useFolder();
const never = { maxBytes: 0, backups: 0 };
const opened: LogTarget[] = [];

afterEach(() => {
  for (const target of opened.splice(0)) target.close();
});

function openLog(path: string, rests: boolean, limits = never): { log: LogTarget; reports: string[] } {
  const reports: string[] = [];
  const log = openLogTarget(path, { ...limits, onProblem: (message) => reports.push(message), rests });
  opened.push(log);
  return { log, reports };
}

const contents = (path: string): string => readFileSync(path, 'utf8');
const openFiles = (): number => readdirSync('/proc/self/fd').length;
const told = (): Promise<void> => Promise.resolve();

describe.each([
  ['that is open all the time', false],
  ['that rests until there are bytes for it', true],
])('a log file %s', (_, rests) => {
  test('is there at once, and gets what is written', () => {
    const path = inFolder('a.log');
    const { log } = openLog(path, rests);
    expect(contents(path)).toBe('');
    log.write(Buffer.from('one '));
    log.write(Buffer.from('two'));
    expect(contents(path)).toBe('one two');
  });

  test('goes on behind what is in it, and is rotated', () => {
    const path = inFolder('a.log');
    writeFileSync(path, '12345678');
    const { log } = openLog(path, rests, { maxBytes: 10, backups: 1 });
    log.write(Buffer.from('90'));
    log.write(Buffer.from('next'));
    expect([contents(`${path}.1`), contents(path)]).toEqual(['1234567890', 'next']);
  });

  test('gets what is taken from a pipe', () => {
    const path = inFolder('a.log');
    const { log } = openLog(path, rests);
    const { readFd, writeFd } = pipe();
    expect(log.take(readFd, 100)).toBe('empty');
    writeFileSync(writeFd, 'taken');
    expect(log.take(readFd, 100)).toBe(5);
    expect(contents(path)).toBe('taken');
    closeSync(readFd);
    closeSync(writeFd);
  });

  test('is made again with its permissions when it is opened anew', () => {
    const path = inFolder('a.log');
    writeFileSync(path, '', { mode: 0o600 });
    const { log, reports } = openLog(path, rests);
    renameSync(path, `${path}.moved`);
    log.reopen();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    log.write(Buffer.from('new'));
    expect([contents(path), contents(`${path}.moved`), reports]).toEqual(['new', '', []]);
  });

  test('is emptied with its permissions', () => {
    const path = inFolder('a.log');
    writeFileSync(path, 'old', { mode: 0o640 });
    const { log } = openLog(path, rests);
    log.clear();
    expect([contents(path), statSync(path).mode & 0o777]).toEqual(['', 0o640]);
    log.write(Buffer.from('new'));
    expect(contents(path)).toBe('new');
  });

  test('cannot be opened where that is refused', () => {
    mkdirSync(inFolder('folder'));
    expect(() => openLog(inFolder('missing/a.log'), rests)).toThrow('ENOENT');
  });

  test('takes nothing once it is closed', () => {
    const path = inFolder('a.log');
    const { log } = openLog(path, rests);
    log.close();
    log.write(Buffer.from('late'));
    expect(contents(path)).toBe('');
  });
});

describe('a log file that rests', () => {
  test('holds no descriptor until there are bytes for it', () => {
    const before = openFiles();
    const { log } = openLog(inFolder('a.log'), true);
    const { log: other } = openLog(inFolder('b.log'), true);
    other.clear();
    log.reopen();
    expect(openFiles()).toBe(before);
    log.write(Buffer.from('awake'));
    expect(openFiles()).toBe(before + 1);
    log.close();
    expect(openFiles()).toBe(before);
  });

  test('is made again with its permissions if it was removed meanwhile, which is reported', async () => {
    const path = inFolder('a.log');
    writeFileSync(path, '', { mode: 0o600 });
    const { log, reports } = openLog(path, true);
    unlinkSync(path);
    log.write(Buffer.from('first'));
    await told();
    expect([contents(path), statSync(path).mode & 0o777]).toEqual(['first', 0o600]);
    expect(reports).toEqual([`log '${path}' was removed; it is created again`]);
  });

  test('that cannot be opened any more says so once, and gets what came meanwhile as soon as it can', async () => {
    const path = inFolder('folder/a.log');
    mkdirSync(inFolder('folder'));
    const { log, reports } = openLog(path, true);
    rmSync(inFolder('folder'), { recursive: true });
    const { readFd, writeFd } = pipe();
    writeFileSync(writeFd, 'not taken');
    expect(log.take(readFd, 100)).toBe('refused');
    expect(log.write(Buffer.from('held, '))).toBe(true);
    expect(log.write(Buffer.from('and this'))).toBe(true);
    await told();
    expect(reports).toEqual([expect.stringContaining(`cannot open log '${path}' again: `)]);
    mkdirSync(inFolder('folder'));
    await waitFor('what was held', () => existsSync(path) && contents(path) === 'held, and this');
    expect(reports.slice(1)).toEqual([
      `log '${path}' was removed; it is created again`,
      `log '${path}' can be opened again; 0 bytes are lost`,
    ]);
    expect(log.take(readFd, 100)).toBe(9);
    expect(contents(path)).toBe('held, and thisnot taken');
    for (const fd of [readFd, writeFd]) closeSync(fd);
  });

  test('tries once more when it is closed, and says what is lost', async () => {
    const folder = inFolder('folder');
    const [found, missed] = ['a', 'b'].map((name) => {
      mkdirSync(folder);
      const opened = openLog(`${folder}/${name}.log`, true);
      rmSync(folder, { recursive: true });
      opened.log.write(Buffer.from('last words'));
      return opened;
    });
    missed?.log.close();
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    found?.log.close();
    await told();
    expect(missed?.reports.at(-1)).toBe(`log '${folder}/b.log' could not be written to its end; 10 bytes are lost`);
    expect(contents(`${folder}/a.log`)).toBe('last words');
  });

  test('keeps the descriptor that it will need from others', () => {
    const spare = (): number => descriptorRoom().spare;
    const before = spare();
    const { log } = openLog(inFolder('a.log'), true);
    expect(spare()).toBe(before - 1);
    log.write(Buffer.from('awake'));
    expect(spare()).toBe(before - 1);
    log.close();
    expect(spare()).toBe(before);
    const { log: silent } = openLog(inFolder('b.log'), true);
    silent.close();
    silent.close();
    expect(spare()).toBe(before);
  });
});
