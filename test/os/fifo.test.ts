import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  bytesWaiting,
  canMakeFifos,
  copyFront,
  growPipe,
  makeFifo,
  moveBytes,
  openFifoForProgram,
  openFifoToRead,
  openFifoToWrite,
  pipeCapacity,
  seekEnd,
  setAppending,
} from '../../src/os/fifo.ts';
import { pipe } from '../../src/os/native.ts';

let folder = '';
const opened: number[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-fifo-'));
});
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

function keep(fd: number): number {
  opened.push(fd);
  return fd;
}

function openPipe(): { readFd: number; writeFd: number } {
  const { readFd, writeFd } = pipe();
  return { readFd: keep(readFd), writeFd: keep(writeFd) };
}

function read(fd: number): string {
  const buffer = Buffer.alloc(1000);
  return buffer.toString('utf8', 0, readSync(fd, buffer));
}

describe('a named pipe', () => {
  test('is made with the permissions asked for, less the umask, and not twice', () => {
    const umask = process.umask(0o027);
    makeFifo(at('pipe'), 0o666);
    process.umask(umask);
    expect(statSync(at('pipe')).isFIFO()).toBe(true);
    expect(statSync(at('pipe')).mode & 0o777).toBe(0o640);
    expect(() => makeFifo(at('pipe'), 0o600)).toThrow('mkfifo: EEXIST');
    expect(() => makeFifo(at('missing/pipe'), 0o600)).toThrow('mkfifo: ENOENT');
  });

  test('is opened without waiting, from either side, and has no end as long as one of them is open', () => {
    makeFifo(at('pipe'), 0o600);
    expect(() => openFifoToWrite(at('pipe'))).toThrow('ENXIO');
    const daemon = keep(openFifoToRead(at('pipe')));
    expect(() => read(daemon)).toThrow('EAGAIN');
    const program = openFifoForProgram(at('pipe'));
    writeSync(program, 'last words');
    closeSync(program);
    expect(read(daemon)).toBe('last words');
    expect(() => read(daemon)).toThrow('EAGAIN');
  });

  test('keeps what is in it while only a program has it open', () => {
    makeFifo(at('pipe'), 0o600);
    const first = openFifoToRead(at('pipe'));
    const program = keep(openFifoForProgram(at('pipe')));
    closeSync(first);
    writeSync(program, 'nobody reads');
    expect(read(keep(openFifoToRead(at('pipe'))))).toBe('nobody reads');
  });

  test('is not looked for behind a link', () => {
    makeFifo(at('pipe'), 0o600);
    symlinkSync(at('pipe'), at('link'));
    expect(() => openFifoToRead(at('link'))).toThrow('ELOOP');
    expect(() => openFifoToWrite(at('link'))).toThrow('ELOOP');
    expect(() => openFifoForProgram(at('link'))).toThrow('ELOOP');
  });

  test('can be made in some places and not in others, and trying leaves nothing there', () => {
    expect(canMakeFifos(folder)).toBe(true);
    makeFifo(at('.probe'), 0o600);
    expect(canMakeFifos(folder), 'after somebody who was killed while he tried').toBe(true);
    expect(canMakeFifos(at('missing'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('moving bytes from a pipe', () => {
  test('takes them out of it and puts them where the file is written next', () => {
    const { readFd, writeFd } = openPipe();
    writeFileSync(at('file'), 'before ');
    const file = keep(openSync(at('file'), 'r+'));
    expect(seekEnd(file)).toBe(7);
    writeSync(writeFd, 'one two');
    expect(moveBytes(readFd, file, 4)).toBe(4);
    expect([readFileSync(at('file'), 'utf8'), bytesWaiting(readFd)]).toEqual(['before one ', 3]);
    expect(moveBytes(readFd, file, 100)).toBe(3);
    expect(readFileSync(at('file'), 'utf8')).toBe('before one two');
  });

  test('tells an empty pipe from one that has ended', () => {
    const { readFd, writeFd } = pipe();
    keep(readFd);
    const nowhere = keep(openSync('/dev/null', 'w'));
    expect(moveBytes(readFd, nowhere, 100)).toBe('empty');
    closeSync(writeFd);
    expect(moveBytes(readFd, nowhere, 100)).toBe('ended');
  });

  test('says what is wrong and leaves them where they are', () => {
    const { readFd, writeFd } = openPipe();
    writeSync(writeFd, 'here');
    const file = keep(openSync(at('file'), 'a'));
    expect(moveBytes(readFd, file, 100)).toEqual({ error: 'EINVAL' });
    const readOnly = keep(openSync(at('file'), 'r'));
    expect(moveBytes(readFd, readOnly, 100)).toEqual({ error: 'EBADF' });
    expect(bytesWaiting(readFd)).toBe(4);
  });

  test('is possible and impossible by turns for one descriptor', () => {
    const { readFd, writeFd } = openPipe();
    const file = keep(openSync(at('file'), 'a'));
    setAppending(file, false);
    writeSync(writeFd, 'one ');
    expect(moveBytes(readFd, file, 100)).toBe(4);
    setAppending(file, true);
    writeFileSync(at('file'), 'replaced ');
    writeSync(file, 'two');
    expect(readFileSync(at('file'), 'utf8')).toBe('replaced two');
    writeSync(writeFd, 'three');
    expect(moveBytes(readFd, file, 100)).toEqual({ error: 'EINVAL' });
  });

  test('can be preceded by a look at a copy', () => {
    const { readFd, writeFd } = openPipe();
    const copy = openPipe();
    expect(copyFront(readFd, copy.writeFd, 100)).toBe('empty');
    writeSync(writeFd, 'both');
    expect(copyFront(readFd, copy.writeFd, 100)).toBe(4);
    expect([read(copy.readFd), read(readFd)]).toEqual(['both', 'both']);
  });
});

test('a pipe grows when it is asked to, and what it cannot do is no error', () => {
  const { readFd } = openPipe();
  expect(pipeCapacity(readFd)).toBeLessThan(1024 * 1024);
  expect(growPipe(readFd, 1024 * 1024)).toBe(true);
  expect(pipeCapacity(readFd)).toBe(1024 * 1024);
  const file = keep(openSync(at('file'), constants.O_CREAT | constants.O_WRONLY));
  expect(fstatSync(file).isFile()).toBe(true);
  expect(growPipe(file, 1024 * 1024)).toBe(false);
});
