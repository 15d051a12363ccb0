import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockExclusively } from '../../src/os/exclusive-lock.ts';

let folder = '';
let fd = -1;
const undo: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-lock-'));
  fd = openSync(folder, 'r');
});
afterEach(() => {
  for (const step of undo.splice(0)) step();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

/** Locks the folder and is dead; a process that has inherited the lock lives on. Returns the pids of both. */
function lockAndDie(): { readonly owner: number; readonly heir: number } {
  const script = 'exec 9<"$0"; sh -c \'echo $$; exec flock -n 9\'; sleep 1000 >/dev/null 2>&1 & echo $!';
  const [owner = 0, heir = 0] = execFileSync('sh', ['-c', script, folder], { encoding: 'utf8' })
    .split('\n')
    .map(Number);
  undo.push(() => {
    try {
      process.kill(heir, 'SIGKILL');
    } catch {
      // The test has done so.
    }
  });
  return { owner, heir };
}

test('what nobody has locked is locked at once', () => {
  expect(lockExclusively(fd)).toEqual({ kind: 'locked' });
});

test('what a dead process has left locked is waited for', () => {
  const { heir } = lockAndDie();
  spawn('sh', ['-c', `sleep 0.3; kill -9 ${heir}`], { stdio: 'ignore' });
  expect(lockExclusively(fd)).toEqual({ kind: 'locked' });
});

test('but not for ever', () => {
  const { owner } = lockAndDie();
  const outcome = lockExclusively(fd, 50);
  // In a namespace of its own the system does not say whose it was.
  expect([owner, null]).toContain(outcome.kind === 'held' ? outcome.by : outcome.kind);
});

test('what a living process has locked is not waited for', () => {
  const own = openSync(folder, 'r');
  undo.push(() => closeSync(own));
  expect(lockExclusively(own)).toEqual({ kind: 'locked' });
  expect(lockExclusively(fd, Number.POSITIVE_INFINITY)).toEqual({ kind: 'held', by: process.pid });
});

test('what cannot be locked is said', () => {
  const closed = openSync(folder, 'r');
  closeSync(closed);
  expect(lockExclusively(closed)).toEqual({ kind: 'failed', code: 'EBADF' });
});
