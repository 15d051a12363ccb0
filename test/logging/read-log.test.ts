import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLog, type LogTail, largestSliceBytes, lastBytes, readLog, tailLog } from '../../src/logging/read-log.ts';
import { useFolder } from './places.ts';

const inFolder = useFolder();

function thirteenByteLog(): string {
  const path = inFolder('thirteen.log');
  writeFileSync(path, 'hello\nhéllo\n');
  return path;
}

const text = (slice: ReturnType<typeof readLog>): string =>
  slice.kind === 'ok' ? decodeLog(slice.bytes) : `(${slice.kind})`;

const triple = (tail: LogTail): unknown =>
  tail.kind === 'ok' ? [decodeLog(tail.bytes), tail.offset, tail.overflow] : tail.kind;

describe('reading a slice', () => {
  test('refuses what is too long to be held in memory, and nothing else of the same file', () => {
    const path = thirteenByteLog();
    truncateSync(path, largestSliceBytes + 1);
    expect(readLog(path, 0, 0)).toEqual({ kind: 'too-long', length: largestSliceBytes + 1 });
    expect(readLog(path, -largestSliceBytes - 1, 0)).toEqual({ kind: 'too-long', length: largestSliceBytes + 1 });
    expect(text(readLog(path, 0, 5))).toBe('hello');
    expect(readLog(path, 1, 0).kind).toBe('ok');
  });

  test.each([
    [0, 0, 'hello\nhéllo\n'],
    [6, 0, 'héllo\n'],
    [0, 5, 'hello'],
    [6, 1, 'h'],
    [2, 100, 'llo\nhéllo\n'],
    [13, 0, ''],
    [100, 0, ''],
    [100, 10, ''],
    [-4, 0, 'llo\n'],
    [-100, 0, 'hello\nhéllo\n'],
    [-4, 1, '(bad-arguments)'],
    [-4, -1, '(bad-arguments)'],
    [0, -1, '(bad-arguments)'],
    [5, -5, '(bad-arguments)'],
  ])('from %i with length %i gives %j', (offset, length, expected) => {
    expect(text(readLog(thirteenByteLog(), offset, length))).toBe(expected);
  });

  test('a character that the slice cuts in two becomes U+FFFD', () => {
    expect(text(readLog(thirteenByteLog(), 0, 8))).toBe('hello\nh\ufffd');
  });

  test('a missing file is one thing and an unreadable one another', () => {
    expect(readLog(inFolder('missing.log'), 0, 0)).toEqual({ kind: 'no-file' });
    expect(readLog(inFolder('missing.log'), -1, 1)).toEqual({ kind: 'no-file' });
    mkdirSync(inFolder('folder'));
    expect(readLog(inFolder('folder'), 0, 0)).toEqual({ kind: 'failed' });
  });

  test('a pipe is not waited for, and /dev/null is empty', () => {
    execFileSync('mkfifo', [inFolder('pipe')]);
    expect(readLog(inFolder('pipe'), 0, 0)).toEqual({ kind: 'failed' });
    expect(text(readLog('/dev/null', 0, 0))).toBe('');
  });

  test('any offset and length without a sign give what the same slice of the bytes gives', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, index) => index);
    writeFileSync(inFolder('bytes.log'), bytes);
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), (offset, length) => {
        const slice = readLog(inFolder('bytes.log'), offset, length);
        const expected = Buffer.from(bytes.subarray(offset, offset + length));
        expect(slice.kind === 'ok' && expected.equals(slice.bytes)).toBe(true);
      }),
    );
  });
});

describe('reading the tail', () => {
  const all = 'hello\nhéllo\n';
  test.each([
    [0, 100, [all, 13, false]],
    [5, 100, [all, 13, false]],
    [2, 3, ['lo\n', 13, true]],
    [0, 0, ['', 13, true]],
    [-5, 0, ['', 13, true]],
    [0, -5, ['', 13, true]],
    [13, 0, ['', 13, false]],
    [13, 5, ['', 13, false]],
    [14, 5, ['', 13, false]],
    [100, 10, ['', 13, false]],
  ])('from %i with length %i gives %j', (offset, length, expected) => {
    expect(triple(tailLog(thirteenByteLog(), offset, length))).toEqual(expected);
  });

  test('a missing file is one thing and an unreadable one another', () => {
    expect(tailLog(inFolder('missing.log'), 5, 5)).toEqual({ kind: 'no-file' });
    expect(tailLog(inFolder('.'), 5, 5)).toEqual({ kind: 'failed' });
  });

  test('any offset and length follow the rules of Supervisor step by step', () => {
    const size = 13;
    const path = thirteenByteLog();
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -30, max: 30 }), (offset, length) => {
        let start = offset;
        let count = length;
        const overflow = size > start + count;
        if (overflow) start = size - 1;
        if (start + count > size) {
          if (start > size - 1) count = 0;
          start = size - count;
        }
        start = Math.max(start, 0);
        count = Math.max(count, 0);
        const expected = Buffer.from(all).subarray(start, start + count);
        const tail = tailLog(path, offset, length);
        expect(tail.kind === 'ok' && [Buffer.from(tail.bytes), tail.offset, tail.overflow]).toEqual([
          expected,
          size,
          overflow,
        ]);
      }),
    );
  });
});

describe('the last bytes', () => {
  test('are all of a short file', () => {
    const path = thirteenByteLog();
    expect(lastBytes(path, 3)?.toString()).toBe('lo\n');
    expect(lastBytes(path, 1024)?.length).toBe(13);
    expect(lastBytes(path, 0)?.length).toBe(0);
    expect(lastBytes(inFolder('missing.log'), 3)).toBeNull();
  });
});
