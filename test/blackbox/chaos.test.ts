/** Two hundred programs, killed at random all the while: in the end each is running, and none twice. */
import { expect } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { scenario } from '../helpers/scenario.ts';
import { pause, waitFor } from '../helpers/wait.ts';

const programCount = 200;
const killingSeconds = Number(process.env.CHAOS_SECONDS ?? 60);

/** Which program each living child is: the number that it was started with, from its command line. */
function programNumbers(daemon: Daemon): readonly number[] {
  return daemon
    .children()
    .map(({ command }) => Number(/^sleep 86400\.(\d+)$/.exec(command)?.[1]))
    .sort((one, other) => one - other);
}

const allNumbers = Array.from({ length: programCount }, (_, number) => number);

scenario(
  'two hundred programs survive being killed at random, each running exactly once in the end',
  async () => {
    await using daemon = await startDaemon({
      config: `[program:steady]
command=sleep 86400.%(process_num)d
process_name=%(process_num)03d
numprocs=${programCount / 2}
autorestart=true
startsecs=0
[program:proving]
command=sleep 86400.%(process_num)d
process_name=%(process_num)03d
numprocs=${programCount / 2}
numprocs_start=${programCount / 2}
autorestart=true
startsecs=1
startretries=1000
[supervisord]
minfds=2048
loglevel=warn`,
    });
    await waitFor('all programs', () => programNumbers(daemon).length === programCount, { timeoutMs: 60_000 });
    const end = performance.now() + killingSeconds * 1000;
    let kills = 0;
    while (performance.now() < end) {
      const victims = daemon.children().filter(() => Math.random() < 0.02);
      for (const { pid } of victims) sendSignal(pid, 'SIGKILL');
      kills += victims.length;
      const numbers = programNumbers(daemon).filter((number) => !Number.isNaN(number));
      expect(new Set(numbers).size, 'no program runs twice').toBe(numbers.length);
      await pause(200);
    }
    expect(kills).toBeGreaterThan(killingSeconds);
    await waitFor(
      'every program to be RUNNING',
      async () => {
        const states = Object.values(await daemon.status()).map(({ state }) => state);
        return states.length === programCount && states.every((state) => state === 'RUNNING');
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    expect(programNumbers(daemon)).toEqual(allNumbers);
    const running = (await daemon.ctl('pid', 'all')).stdout.trim().split('\n').map(Number);
    expect(new Set(running)).toEqual(new Set(daemon.children().map(({ pid }) => pid)));
  },
  { timeoutMs: killingSeconds * 1000 + 180_000 },
);
