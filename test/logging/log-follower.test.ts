import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followLog, type LogFollower } from '../../src/logging/log-follower.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-follower-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const follow = (tailBytes = 4): LogFollower => {
  const follower = followLog(path, { tailBytes, onTouched: () => {} });
  if (follower === null) throw new Error('no follower');
  return follower;
};

/** All parts until nothing comes. */
function parts(follower: LogFollower, maxBytes = 100): string[] {
  const texts: string[] = [];
  for (;;) {
    const part = follower.read(maxBytes);
    if (part.kind === 'truncated') texts.push('TRUNCATED');
    else if (part.bytes.length === 0) return texts;
    else texts.push(Buffer.from(part.bytes).toString());
  }
}

describe('a followed log', () => {
  it.each([
    ['longer', '0123456789', ['6789']],
    ['as long', '0123', ['0123']],
    ['shorter', 'ab', ['ab']],
    ['empty', '', []],
  ])('begins with its end: one that is %s', (_what, text, expected) => {
    writeFileSync(path, text);
    using open = closing(follow());
    expect(parts(open.follower)).toEqual(expected);
  });

  it('goes on with what is added, in pieces of the size that is asked for', () => {
    writeFileSync(path, 'ab');
    using open = closing(follow());
    expect(parts(open.follower)).toEqual(['ab']);
    appendFileSync(path, 'cdefg');
    expect(parts(open.follower, 2)).toEqual(['cd', 'ef', 'g']);
    expect(parts(open.follower)).toEqual([]);
  });

  it('says when it was truncated, and begins anew', () => {
    writeFileSync(path, 'abcdef');
    using open = closing(follow());
    parts(open.follower);
    truncateSync(path);
    appendFileSync(path, 'xy');
    expect(parts(open.follower)).toEqual(['TRUNCATED', 'xy']);
  });

  it('is read to its end after a rotation, then from the beginning of the new file', () => {
    writeFileSync(path, 'abcd');
    using open = closing(follow());
    parts(open.follower);
    appendFileSync(path, 'last');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'first');
    expect(parts(open.follower)).toEqual(['last', 'first']);
  });

  it('is waited for while it is deleted', () => {
    writeFileSync(path, 'abcd');
    using open = closing(follow());
    parts(open.follower);
    unlinkSync(path);
    expect(parts(open.follower)).toEqual([]);
    writeFileSync(path, 'new');
    expect(parts(open.follower)).toEqual(['new']);
  });

  it('tells when it was touched', async () => {
    writeFileSync(path, '');
    let touched = 0;
    const follower = followLog(path, {
      tailBytes: 0,
      onTouched: () => {
        touched += 1;
      },
    });
    appendFileSync(path, 'x');
    await vi.waitFor(() => expect(touched).toBeGreaterThan(0), { timeout: 10_000 });
    follower?.close();
    expect(follower?.read(10)).toEqual({ kind: 'bytes', bytes: new Uint8Array(0) });
  });

  it('does not exist without a file, nor for a folder', () => {
    expect(followLog(path, { tailBytes: 1, onTouched: () => {} })).toBeNull();
    expect(followLog(folder, { tailBytes: 1, onTouched: () => {} })).toBeNull();
  });

  it('is empty for ever at /dev/null', () => {
    const follower = followLog('/dev/null', { tailBytes: 1, onTouched: () => {} });
    expect(follower?.read(10)).toEqual({ kind: 'bytes', bytes: new Uint8Array(0) });
    follower?.close();
  });
});

const closing = (follower: LogFollower): { readonly follower: LogFollower } & Disposable => ({
  follower,
  [Symbol.dispose]: () => follower.close(),
});
