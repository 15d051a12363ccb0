/** What programs have left that ended while no daemon lived, and that are not gone on with as they were. */
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { makeFifo } from '../../src/os/fifo.ts';
import { gone, Lives } from '../helpers/lives.ts';
import { openDescriptors, sendSignal } from '../helpers/process-table.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** Says its last words when it is told to; a file tells that it is listening. */
const speaker = (name: string, edition: number): string => `[program:${name}]
command=/bin/sh -c 'trap "echo $EDITION; exit 0" USR1; : > %(here)s/${name}.ready; while :; do sleep 0.02; done'
environment=EDITION="edition ${edition}"
startsecs=0\nstdout_logfile=%(here)s/${name}.log\n`;

const slotsIn = (folder: string): readonly string[] => [
  ...new Set(
    readdirSync(folder)
      .map((name) => /^(\d+)\./.exec(name)?.[1])
      .filter((slot) => slot !== undefined),
  ),
];

/** Whether the pipe of a program stays open without it and the daemon. */
function isKept(lives: Lives, pid: number): boolean {
  const pipe = openDescriptors(pid)[1] ?? '';
  const keepers = lives.sandbox.processes().filter(({ command }) => command.startsWith('statevisor-keeper'));
  return keepers.some((keeper) => Object.values(openDescriptors(keeper.pid)).includes(pipe));
}

describe('what a program has left that ended while no daemon lived', () => {
  scenario(
    'is in its log although it is started otherwise now, and nothing is left of one that is not configured any more',
    async () => {
      const config = (...sections: readonly string[]): string => sections.join('');
      await using lives = await Lives.begin(config(speaker('changing', 1), speaker('leaving', 1)));
      await waitFor('both to listen', () =>
        ['changing', 'leaving'].every((name) => lives.sandbox.has(`${name}.ready`)),
      );
      const pids = await Promise.all(['changing', 'leaving'].map(async (name) => (await lives.info(name)).pid));
      await waitFor('the pipes to be kept', () => pids.every((pid) => isKept(lives, pid)));
      await lives.kill();
      for (const pid of pids) sendSignal(pid, 'SIGUSR1');
      for (const pid of pids) await gone(pid);
      lives.sandbox.write('supervisord.conf', config(speaker('changing', 2)));
      await lives.start();
      await lives.daemon.waitForFile('changing.log', 'edition 1\n');
      await lives.waitForState('changing', 'RUNNING');
      expect(slotsIn(lives.sandbox.path('run'))).toHaveLength(1);
    },
    { oursOnly: true },
  );
});

scenario(
  'a daemon that was killed while it looked whether it can make pipes costs the programs nothing',
  async () => {
    await using lives = await Lives.begin('[program:any]\ncommand=sleep 86400\nstartsecs=0\n');
    const { pid } = await lives.waitForState('any', 'RUNNING');
    await lives.kill();
    makeFifo(lives.sandbox.path('run/.probe'), 0o600);
    await lives.start();
    expect((await lives.waitForState('any', 'RUNNING')).pid).toBe(pid);
    expect(lives.programs(/^sleep 86400/)).toHaveLength(1);
  },
  { oursOnly: true },
);
