import { fstatSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keepInMemory, takeFromMemory } from '../../src/os/memory-file.ts';

describe('a file in memory', () => {
  test.each([
    ['nothing', ''],
    ['any text', 'Grüße\n\0'],
    ['more than goes through at once', 'é'.repeat(3_000_000)],
  ])('holds %s until it is taken', (_, text) => {
    const fd = keepInMemory('statevisor-test', text);
    expect(takeFromMemory(fd) === text).toBe(true);
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });
});
