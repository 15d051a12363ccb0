/** What the daemon remembers of what happened: every step has the one it follows from. */
import { describe, expect } from 'vitest';
import type { TraceReading, TraceRecord, TreeNode } from '../../src/model/trace.ts';
import { Lives } from '../helpers/lives.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const steady = `[program:steady]\ncommand=${fixture('forever')}\nstartsecs=0\n`;

async function recordsOf(lives: Lives, name = ''): Promise<readonly TraceRecord[]> {
  const { records } = (await lives.call('trace.read', name, 0, 10_000)) as TraceReading;
  return records;
}

/** From the first cause on: `process process.stop STOPPED`. */
function chainTo(records: readonly TraceRecord[], last: TraceRecord | undefined): readonly string[] {
  const chain: string[] = [];
  for (let one = last; one !== undefined; one = records.find(({ serial }) => serial === one?.cause))
    chain.unshift(`${one.actor} ${one.event}${one.to === '' ? '' : ` ${one.to}`}`);
  return chain;
}

describe('the trace', () => {
  scenario(
    'leads from the end of a program back to the request for it',
    async () => {
      await using lives = await Lives.begin(steady);
      const { pid } = await lives.waitForState('steady', 'RUNNING');
      await lives.call('supervisor.stopProcess', 'steady');
      const records = await recordsOf(lives, 'steady');
      const end = records.findLast(({ event }) => event === 'child.exited');
      expect(chainTo(records, end)).toEqual([
        'request supervisor.stopProcess',
        'process process.stop alive.STOPPING.signalled',
        'child child.signal',
        'process child.exited STOPPED',
      ]);
      expect(end?.facts).toMatchObject({ status: 'terminated by SIGTERM' });
      const spawn = records.find(({ event }) => event === 'child.spawned');
      expect(spawn).toMatchObject({ of: 'steady:steady', facts: { pid }, to: 'alive.RUNNING' });
      expect(chainTo(records, spawn)[0]).toBe('supervisor supervisor.boot running');
      const request = records.find(({ actor }) => actor === 'request');
      expect(request).toMatchObject({ of: 'steady:steady', facts: { params: 'steady', result: 'true' } });
      expect(request?.facts.peer).toContain('over unix');
    },
    oursOnly,
  );

  scenario(
    'tells how a program became FATAL, and what it wrote then',
    async () => {
      await using lives = await Lives.begin(
        `[program:bad]\ncommand=/bin/sh -c 'echo no luck >&2; exit 3'\nstartretries=1\nstderr_logfile=%(here)s/bad.err\n`,
      );
      await lives.waitForState('bad', 'FATAL');
      const records = await recordsOf(lives, 'bad');
      const fatal = records.find(({ to }) => to === 'FATAL');
      expect(fatal).toMatchObject({
        event: 'child.exited',
        via: ['BACKOFF'],
        facts: { status: 'exit status 3' },
        written: { stdout: 0, stderr: 16 },
      });
      expect(fatal?.guards).toContainEqual({ name: 'isExhausted', held: true, values: 'failures 2, startretries 1' });
      const spawn = records.findLast(({ event }) => event === 'child.spawned');
      expect(chainTo(records, spawn)).toEqual([
        'process child.exited BACKOFF',
        'process after backoff alive.STARTING.spawning',
        'process child.spawned alive.STARTING.proving',
      ]);
      const output = (await lives.call('trace.output', 'bad', 'stderr', 8, 16)) as { bytes: Uint8Array };
      expect(output).toMatchObject({ available: true, from: 8, to: 16 });
      expect(Buffer.from(output.bytes).toString()).toBe('no luck\n');
      await lives.call('supervisor.clearProcessLogs', 'bad');
      expect(await lives.call('trace.output', 'bad', 'stderr', 8, 16)).toMatchObject({ available: false });
    },
    oursOnly,
  );

  scenario(
    'shows requests that were refused, with their faults',
    async () => {
      await using lives = await Lives.begin(steady);
      await lives.waitForState('steady', 'RUNNING');
      await expect(lives.call('supervisor.startProcess', 'steady')).rejects.toThrow('ALREADY_STARTED');
      expect((await recordsOf(lives, 'steady')).at(-1)).toMatchObject({
        actor: 'request',
        event: 'supervisor.startProcess',
        outcome: 'refused',
        facts: { params: 'steady', result: 'ALREADY_STARTED' },
      });
    },
    oursOnly,
  );

  scenario(
    'is followed as it is made, and its records are counted on over a restart of the daemon',
    async () => {
      await using lives = await Lives.begin(steady);
      await lives.waitForState('steady', 'RUNNING');
      const client = lives.client();
      const told: TraceRecord[] = [];
      const ending = new AbortController();
      try {
        const following = client.subscribe({
          method: 'subscribe.trace',
          params: ['', 0],
          onReply: () => {},
          onNotification: (_, [records]) => void told.push(...(records as readonly TraceRecord[])),
          onMissed: () => {},
          signal: ending.signal,
        });
        await waitFor('what is kept', () => told.some(({ event }) => event === 'child.spawned'));
        await lives.call('supervisor.signalProcess', 'steady', 'CONT');
        await waitFor('what happens', () => told.some(({ actor }) => actor === 'child'));
        ending.abort();
        await following;
      } finally {
        client.close();
      }
      const { last } = (await lives.call('trace.read')) as TraceReading;
      const instance = (await lives.call('daemon.describe')) as { instance: string };
      await lives.call('supervisor.restart');
      await waitFor('the restart', async () => {
        const again = await lives.call('daemon.describe').catch(() => instance);
        return (again as { instance: string }).instance !== instance.instance;
      });
      await lives.waitForState('steady', 'RUNNING');
      const after = (await lives.call('trace.read')) as TraceReading;
      expect(after.first).toBeGreaterThan(last);
      expect(after.records[0]).toMatchObject({ event: 'supervisor.boot' });
    },
    oursOnly,
  );

  scenario(
    'keeps the history of calm programs while much happens to another one, and no more than trace_size records',
    async () => {
      const busy = steady.replace('steady', 'busy');
      await using lives = await Lives.begin(`[supervisord]\ntrace_size=40\n${steady}${busy}`);
      await lives.waitForState('steady', 'RUNNING');
      await lives.waitForState('busy', 'RUNNING');
      for (let count = 0; count < 30; count += 1) await lives.call('supervisor.signalProcess', 'busy', 'CONT');
      const records = await recordsOf(lives);
      expect(records).toHaveLength(40);
      expect(records.filter(({ of }) => of === 'steady:steady').map(({ event }) => event)).toEqual([
        'process.start',
        'child.spawned',
      ]);
      expect(
        chainTo(
          records,
          records.findLast(({ actor }) => actor === 'child'),
        ),
      ).toEqual(['request supervisor.signalProcess', 'process process.signal alive.RUNNING', 'child child.signal']);
    },
    oursOnly,
  );

  scenario(
    'is not kept with trace_size=0',
    async () => {
      await using lives = await Lives.begin(`[supervisord]\ntrace_size=0\n${steady}`);
      await lives.waitForState('steady', 'RUNNING');
      await lives.call('supervisor.stopProcess', 'steady');
      expect(await lives.call('trace.read')).toMatchObject({ first: 0, last: 0, records: [] });
    },
    oursOnly,
  );
});

scenario(
  'the tree tells what a program that does not stop waits for',
  async () => {
    await using lives = await Lives.begin(
      `[program:deaf]\ncommand=${fixture('ignores-term')}\nstartsecs=0\nstopwaitsecs=60\nstdout_logfile=%(here)s/deaf.log\n`,
    );
    await lives.daemon.waitForFile('deaf.log', 'ready');
    await lives.call('supervisor.stopProcess', 'deaf', false);
    const root = (await lives.call('trace.tree')) as TreeNode;
    const process = root.children[0]?.children[0];
    expect(process).toMatchObject({
      actor: 'process',
      of: 'deaf:deaf',
      state: 'alive.STOPPING.signalled',
      timers: [{ name: 'stopWait', lengthMs: 60_000 }],
    });
    expect(process?.waitsFor).toMatch(/^the end of pid \d+, SIGKILL in (59|60|1 min)/);
    await lives.call('supervisor.signalProcess', 'deaf', 'KILL').catch(() => {});
  },
  oursOnly,
);
