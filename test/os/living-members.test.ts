import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { livingMembers } from '../../src/os/living-members.ts';
import { waitFor } from '../helpers/wait.ts';

const started: ChildProcess[] = [];

function start(script: string): number {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  started.push(child);
  return child.pid ?? 0;
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    const ended = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // Gone already.
    }
    await ended;
  }
});

const names = (pid: number, isEnded: boolean): readonly string[] => livingMembers(pid, isEnded).map(({ name }) => name);

test('the program comes first, then what it has started', async () => {
  const pid = start('sleep 600 & sleep 600 & wait');
  await waitFor('both', () => names(pid, false).filter((name) => name === 'sleep').length === 2);
  expect(names(pid, false)).toEqual(['sh', 'sleep', 'sleep']);
  expect(livingMembers(pid, false)[0]).toMatchObject({ pid, state: 'S' });
});

test('what is left of a program that has ended is found by its group', async () => {
  const pid = start('sleep 600 & exit 0');
  await waitFor('the end of the program', () => names(pid, true).join() === 'sleep');
});

test('a number that another process has by now tells nothing', () => {
  const pid = start('exec sleep 600');
  expect(livingMembers(pid, true)).toEqual([]);
});

test.each([0, 1, 2 ** 22 + 1])('nothing is a member of %i', (pid) => {
  expect(livingMembers(pid, true)).toEqual([]);
});
