/** A wall clock that jumps by years: nothing fires early or late, nothing is killed, and what is shown stays true. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { bystander, echo, witness } from './witness.ts';

const tenYears = 10 * 365 * 86_400_000;

const listener = `[eventlistener:ticker]
command=/bin/sh -c 'printf "READY\\n"; while read head; do echo "$head" >> %(here)s/ticks; printf "RESULT 2\\nOKREADY\\n"; done'
events=TICK_5,TICK_3600
stopasgroup=true
`;

describe('a clock that jumps', () => {
  for (const [direction, jump] of [
    ['forwards', tenYears],
    ['backwards', -tenYears],
  ] as const) {
    scenario(
      `by ten years ${direction} changes no uptime, no wait and no state`,
      async () => {
        await using daemon = await startDaemon({
          config: `${bystander + echo('proving', 'autostart=false').replace('startsecs=0', 'startsecs=2')}
[program:failing]\ncommand=/bin/sh -c "exit 1"\nautostart=false\nstartretries=1\nstartsecs=1
[program:chatty]\ncommand=/bin/sh -c "exec yes"\nstdout_logfile=%(here)s/chatty.log
stdout_logfile_maxbytes=100KB\nstdout_logfile_backups=2\nautostart=false\n`,
          env: { NODE_OPTIONS: `--import=file://${inRepository('test/faults/movable-clock.mjs')}` },
        });
        const seen = await witness(daemon);
        await seen.call('startProcess', 'proving', false);
        await seen.call('startProcess', 'failing', false).catch(() => {});
        await seen.call('startProcess', 'chatty', false);
        await seen.waitForState('failing', 'BACKOFF');
        daemon.sandbox.write('clock-offset', String(jump));
        const before = performance.now();
        const { now } = await seen.info('proving');
        expect(Math.abs(now * 1000 - (Date.now() + jump))).toBeLessThan(60_000);
        expect((await seen.info('proving')).statename).toBe('STARTING');
        await seen.waitForState('failing', 'FATAL');
        await seen.waitForState('proving', 'RUNNING');
        await seen.waitForState('chatty', 'RUNNING');
        expect(performance.now() - before).toBeLessThan(20_000);
        const { start, now: then, description } = await seen.info('bystander');
        expect(description).toMatch(/^pid \d+, uptime 0:00:\d\d$/);
        expect(then - start).toBeLessThan(60);
        expect((await daemon.ctl('status', 'bystander')).stdout).toMatch(/RUNNING +pid \d+, uptime 0:00:\d\d\n$/);
        await waitFor('rotated logs', () => daemon.sandbox.has('chatty.log.2'));
        await seen.call('stopProcess', 'chatty');
        const stopped = await seen.info('chatty');
        expect(Math.abs(stopped.now - stopped.stop)).toBeLessThan(60);
        expect(seen.troubles().filter((message) => !/chatty|failing/.test(message))).toEqual([]);
        await seen.expectNothingLeft({ descriptors: 3 });
      },
      { oursOnly: true },
    );
  }

  scenario(
    'costs listeners for ticks one event at most, and the next one comes when it is due',
    async () => {
      await using daemon = await startDaemon({
        config: bystander + listener,
        env: { NODE_OPTIONS: `--import=file://${inRepository('test/faults/movable-clock.mjs')}` },
      });
      const seen = await witness(daemon, 'ticker');
      daemon.sandbox.write('clock-offset', String(tenYears));
      const ticks = await waitFor(
        'two ticks',
        () => {
          const heads = daemon.sandbox.read('ticks').split('\n').filter(Boolean);
          return heads.filter((head) => head.includes('TICK_5')).length >= 2 && heads;
        },
        { everyMs: 200 },
      );
      expect(ticks.length).toBeLessThan(5);
      expect(seen.troubles()).toEqual([]);
      await seen.expectService();
    },
    { oursOnly: true },
  );
});
