import { expect, test } from 'vitest';
import { killAll, signalExactly } from '../../src/os/exact-signal.ts';
import { processFacts } from '../../src/os/process-identity.ts';
import { RunningCommand } from '../helpers/command.ts';
import { waitFor } from '../helpers/wait.ts';

const SIGTERM = 15;

async function withSleeper(body: (pid: number, command: RunningCommand) => Promise<void>): Promise<void> {
  const command = new RunningCommand('sleep', ['86400'], { cwd: '/', env: { PATH: process.env.PATH ?? '' } });
  try {
    await body(command.pid, command);
  } finally {
    command.signal('SIGKILL');
    await command.ended();
  }
}

test('a signal reaches the process that was meant', () =>
  withSleeper(async (pid, command) => {
    const { startTicks } = processFacts(pid)!;
    expect(signalExactly({ pid, startTicks }, SIGTERM)).toEqual({ kind: 'sent' });
    expect((await command.ended()).status).toBe('SIGTERM');
    expect(signalExactly({ pid, startTicks }, SIGTERM)).toEqual({ kind: 'gone' });
  }));

test('a signal does not reach another process that has the number now', () =>
  withSleeper(async (pid) => {
    const { startTicks } = processFacts(pid)!;
    expect(signalExactly({ pid, startTicks: startTicks - 1 }, SIGTERM)).toEqual({ kind: 'gone' });
    expect(processFacts(pid)?.state).toMatch(/[RSD]/);
  }));

test('what appears while others are being stopped is killed, too', () =>
  withSleeper((first, one) =>
    withSleeper(async (second, two) => {
      const facts = [first, second].map((pid) => processFacts(pid)!);
      let looks = 0;
      const refused = killAll(() => {
        looks += 1;
        return facts.slice(0, looks);
      });
      expect(refused).toEqual([]);
      expect(looks).toBe(3);
      expect((await one.ended()).status).toBe('SIGKILL');
      expect((await two.ended()).status).toBe('SIGKILL');
      await waitFor('both to be gone', () => processFacts(first) === null && processFacts(second) === null);
    }),
  ));
