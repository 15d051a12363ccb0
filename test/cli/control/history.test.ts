import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHistory, writeHistory } from '../../../src/cli/control/history.ts';

describe('the history file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statevisor-history-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back the lines it was given, oldest first, for its owner alone', () => {
    const path = join(folder, 'history');
    writeHistory(path, ['status', 'tail -f wörker']);
    expect(readFileSync(path, 'utf8')).toBe('status\ntail -f wörker\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readHistory(path)).toEqual(['status', 'tail -f wörker']);
  });

  it('is empty when it is missing or unreadable, and lost without a word when it cannot be written', () => {
    expect(readHistory(join(folder, 'missing'))).toEqual([]);
    expect(readHistory(folder)).toEqual([]);
    expect(() => writeHistory(folder, ['status'])).not.toThrow();
    expect(() => writeHistory(join(folder, 'no', 'folder'), ['status'])).not.toThrow();
  });

  it('may have been written by readline', () => {
    const path = join(folder, 'history');
    writeFileSync(path, 'status\n\npid');
    expect(readHistory(path)).toEqual(['status', 'pid']);
  });
});
