/** The promise as a whole: the daemon is killed again and again, and neither the programs nor their logs notice. */
import { describe, expect } from 'vitest';
import { gone, Lives, wholeCount } from '../helpers/lives.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { pause, waitFor } from '../helpers/wait.ts';

const programCount = 50;
const killCount = 20;
const numbers = Array.from({ length: programCount }, (_, number) => String(number).padStart(2, '0'));

/** The pids of the living programs by their numbers; more than one of a number is a program that runs twice. */
function programsOf(lives: Lives): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { pid, command } of lives.programs(/counts\.sh/)) {
    const number = /counts\.sh (\d+)/.exec(command)?.[1] ?? '';
    found.set(number, [...(found.get(number) ?? []), pid]);
  }
  return found;
}

describe('a daemon that is killed', () => {
  scenario(
    'twenty times at random leaves fifty programs with their pids, and every log complete and in order',
    async () => {
      await using lives = new Lives(`[program:many]
command=${fixture('counts', '%(process_num)02d')}
process_name=%(process_num)02d
numprocs=${programCount}
startsecs=1
stopwaitsecs=60
stdout_logfile=%(here)s/%(process_num)02d.log
stdout_logfile_maxbytes=3KB
stdout_logfile_backups=1000
`);
      const pids = new Map<string, number>();
      const moments: string[] = [];
      for (let round = 0; round < killCount; round += 1) {
        const before = performance.now();
        const command = lives.launch();
        const follower = lives.client();
        if (round % 2 === 1) {
          // From the middle of its start on: booting, adopting, starting what is missing.
          await waitFor('the socket', () => lives.sandbox.has('run/journal') && lives.sandbox.has('supervisor.sock'), {
            everyMs: 5,
          });
          for (const name of numbers.slice(0, 5)) {
            const following = { process: `many:${name}`, channel: 'stdout', onBytes: () => {} } as const;
            follower.followLog({ ...following, signal: new AbortController().signal }).catch(() => {});
          }
        }
        await pause(Math.random() * 1200);
        command.signal('SIGKILL');
        await command.ended();
        follower.close();
        moments.push(`${Math.round(performance.now() - before)} ms`);
        for (const [number, found] of programsOf(lives)) {
          expect(found, `${number} runs once (killed after ${moments.join(', ')})`).toHaveLength(1);
          const [pid = 0] = found;
          expect(pid, `${number} is still the same (killed after ${moments.join(', ')})`).toBe(pids.get(number) ?? pid);
          pids.set(number, pid);
        }
      }
      const daemon = await lives.start();
      await waitFor('all programs', async () => {
        const all = (await lives.call('supervisor.getAllProcessInfo')) as readonly { readonly statename: string }[];
        return all.every(({ statename }) => statename === 'RUNNING');
      });
      for (const [number, found] of programsOf(lives)) expect(found).toEqual([pids.get(number) ?? found[0]]);
      expect(programsOf(lives).size).toBe(programCount);
      expect((await daemon.ctl('stop', 'all')).status).toBe(0);
      for (const number of numbers) {
        const text = lives.wholeLog(`${number}.log`);
        expect(text === wholeCount(text), `the log of ${number} is whole`).toBe(true);
      }
    },
    { oursOnly: true, timeoutMs: 180_000 },
  );

  scenario(
    'right after it was told to start programs, in the midst of that, never has one of them run twice',
    async () => {
      const many = 8;
      await using lives = new Lives(
        `[program:quick]\ncommand=sleep 86400.%(process_num)d\nprocess_name=%(process_num)d\nnumprocs=${many}\nautostart=false\nstartsecs=1`,
      );
      const living = () => lives.programs(/^sleep 86400\./).map(({ pid, command }) => ({ pid, command }));
      for (let round = 0; round < 12; round += 1) {
        const daemon = await lives.start();
        const found = living();
        expect(new Set(found.map(({ command }) => command)).size, 'no program runs twice').toBe(found.length);
        const known = async () =>
          (await lives.call('supervisor.getAllProcessInfo')) as readonly { readonly pid: number }[];
        await waitFor('the daemon to know them all', async () => {
          const pids = (await known()).map(({ pid }) => pid);
          return found.every(({ pid }) => pids.includes(pid));
        });
        for (const { pid } of found.filter(() => Math.random() < 0.7)) sendSignal(pid, 'SIGKILL');
        await lives.call('supervisor.stopAllProcesses');
        await waitFor('the end of all', () => living().length === 0);
        const client = lives.client();
        const asked = Array.from({ length: many }, (_, number) =>
          client.call('supervisor.startProcess', `quick:${number}`, false).catch(() => null),
        );
        if (round % 3 > 0) await Promise.race(asked);
        if (round % 3 > 1) await pause(Math.random() * 20);
        daemon.signal('SIGKILL');
        await lives.kill();
        client.close();
        await Promise.all(asked);
      }
      await lives.start();
    },
    { oursOnly: true, timeoutMs: 180_000 },
  );

  scenario(
    'leaves the last words of a program to the next one, which brings them to the log',
    async () => {
      await using lives = await Lives.begin(
        `[program:speaks]\ncommand=${fixture('counts', 0, 20, '0.1')}\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/speaks.log`,
      );
      await lives.daemon.waitForFile('speaks.log', 'line 20');
      await waitFor('a keeper', () => lives.sandbox.processes().some(({ command }) => command.includes('keeper')));
      const { pid } = await lives.info('speaks');
      await lives.kill();
      sendSignal(pid, 'SIGTERM');
      await gone(pid);
      await lives.start();
      await lives.waitForState('speaks', 'EXITED');
      const text = await lives.daemon.waitForFile('speaks.log', /last \d+\n/);
      expect(text).toBe(wholeCount(text));
    },
    { oursOnly: true },
  );
});
