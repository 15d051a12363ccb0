import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCodeCache } from '../../src/launch/code-cache.ts';
import { keepCode } from '../../src/os/kept-code.ts';

const name = 'pack.js';
const source = Buffer.from('(function () { return 41 + 1; })');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-code-'));
});

afterEach(() => {
  delete process.env.STATEVISOR_PLAIN;
  rmSync(folder, { recursive: true });
});

/** Where the versions of V8 have their folders. */
const kept = (): string => join(folder, 'code', readdirSync(join(folder, 'code'))[0] ?? '');
const file = (): string => join(kept(), `${name}.bin`);
const found = (of: Buffer = source): Uint8Array | null => openCodeCache(folder).find(name, of);

function keep(): Buffer {
  const script = new Script(source.toString('latin1'));
  openCodeCache(folder).miss(name, source, script);
  keepCode();
  return script.createCachedData();
}

describe('what was compiled', () => {
  it('is found by the next start, and V8 takes it', () => {
    const compiled = keep();
    const cachedData = found();
    expect(cachedData && Buffer.from(cachedData).equals(compiled)).toBe(true);
    expect(new Script(source.toString('latin1'), { cachedData: compiled }).cachedDataRejected).toBe(false);
    expect(readdirSync(kept())).toEqual([`${name}.bin`]);
  });

  it('is not found for another source of the same length', () => {
    keep();
    expect(found(Buffer.from(source.toString('latin1').replace('41', '42')))).toBeNull();
  });

  it('is not found when a single bit of its file has changed, or some of it is missing', () => {
    keep();
    const whole = readFileSync(file());
    const places = [0, 4, 8, 12, 16, 16 + 20, whole.length - 1];
    const accepted = places.filter((place) => {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(place) ^ 1, place);
      writeFileSync(file(), damaged);
      return found() !== null;
    });
    expect(accepted).toEqual([]);
    for (const length of [0, 15, 16, whole.length - 1]) {
      writeFileSync(file(), whole.subarray(0, length));
      expect(found()).toBeNull();
    }
    writeFileSync(file(), whole);
    expect(found()).not.toBeNull();
  });

  it('is not believed where others than the owner of the commands may write', () => {
    keep();
    for (const path of [kept(), join(folder, 'code')]) {
      chmodSync(path, 0o775);
      expect(found()).toBeNull();
      chmodSync(path, 0o755);
    }
    expect(found()).not.toBeNull();
  });

  it('is neither looked for nor kept on the plain path', () => {
    keep();
    process.env.STATEVISOR_PLAIN = 'code-cache';
    expect(found()).toBeNull();
    rmSync(join(folder, 'code'), { recursive: true });
    keep();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not kept, and nothing fails, where its folder cannot be made', () => {
    writeFileSync(join(folder, 'code'), '');
    keep();
    expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('');
  });
});
