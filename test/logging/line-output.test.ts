import { expect, test } from 'vitest';
import { LineOutput } from '../../src/logging/line-output.ts';
import type { LogTarget } from '../../src/logging/log-target.ts';

/** A target that takes everything and says that it is full as long as it is told to. */
class StuckTarget implements LogTarget {
  readonly path = '/dev/stdout';
  written = '';
  full = true;
  #listeners: (() => void)[] = [];

  write(bytes: Uint8Array): boolean {
    this.written += Buffer.from(bytes).toString();
    return !this.full;
  }

  take(): 'refused' {
    return 'refused';
  }

  isWritable(): boolean {
    return true;
  }

  onDrain(listener: () => void): void {
    this.#listeners.push(listener);
  }

  drain(): void {
    this.full = false;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  reopen(): void {}
  clear(): void {}
  close(): void {}
}

test('lines are written although the target is full, up to a bound, and the number of the others is told', () => {
  const target = new StuckTarget();
  const warnings: string[] = [];
  const output = new LineOutput(target, (message) => warnings.push(message));
  const line = Buffer.alloc(1000, '.');
  for (let count = 0; count < 2000; count += 1) output.write(line);
  const taken = target.written.length / line.length;
  expect(taken).toBeGreaterThan(1000);
  expect(taken).toBeLessThan(1100);
  expect(warnings).toEqual([]);
  target.drain();
  expect(warnings).toEqual([`log '/dev/stdout' was not read in time; ${2000 - taken} messages were dropped`]);
  output.write(Buffer.from('again'));
  expect(target.written.endsWith('again')).toBe(true);
});

test('a target that is full for a short time costs nothing and is not mentioned', () => {
  const target = new StuckTarget();
  const output = new LineOutput(target, expect.unreachable);
  output.write(Buffer.from('one '));
  output.write(Buffer.from('two '));
  target.drain();
  output.write(Buffer.from('three'));
  expect(target.written).toBe('one two three');
});
