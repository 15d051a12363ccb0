import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogMeter } from './log-meter.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-test-'));
  path = join(folder, 'log');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a meter of a log', () => {
  test('counts what is added', () => {
    const meter = new LogMeter(path, 100);
    writeFileSync(path, 'a'.repeat(10));
    expect(meter.read()).toBe(10);
    writeFileSync(path, 'a'.repeat(30));
    expect(meter.read()).toBe(30);
  });

  test('counts the rest of a file that was rotated away, and goes on with the next', () => {
    const meter = new LogMeter(path, 100);
    writeFileSync(path, 'a'.repeat(10));
    meter.read();
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'a'.repeat(5));
    expect(meter.read()).toBe(105);
  });

  test('takes it that there is no file for a moment of a rotation', () => {
    const meter = new LogMeter(path, 100);
    expect(meter.read()).toBe(0);
    writeFileSync(path, 'a'.repeat(10));
    meter.read();
    renameSync(path, `${path}.1`);
    expect(meter.read()).toBe(100);
    writeFileSync(path, 'a'.repeat(5));
    expect(meter.read()).toBe(105);
  });
});
