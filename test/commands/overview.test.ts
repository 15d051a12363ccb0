import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProcessOverview } from '../../src/model/trace.ts';
import { type Bench, createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

interface Told {
  readonly processes: readonly string[];
  readonly removed: readonly string[];
}

const asText = ({ group, name, statename, usage }: ProcessOverview): string =>
  `${group}:${name} ${statename}${usage === null ? '' : ` ${usage.cpu} ${usage.memory}`}`;

/** What the subscriber was told, and has forgotten by then. */
const told = ({ session }: Bench): readonly Told[] =>
  session.notifications.splice(0).map(([method, params]) => {
    expect(method).toBe('overview.changed');
    const { processes, removed } = params[1] as { processes: readonly ProcessOverview[]; removed: readonly string[] };
    return { processes: processes.map(asText), removed };
  });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the overview', () => {
  test('begins with every process', async () => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING', q: 'STOPPED' }));
    const reply = (await call('subscribe.overview')) as { subscription: number; processes: readonly ProcessOverview[] };
    expect(reply.subscription).toBe(1);
    expect(reply.processes.map(asText)).toEqual(['g:p RUNNING', 'g:q STOPPED']);
  });

  test('tells changes of state that come together in one notification', async () => {
    const bench = createBench(groupOf('g', { p: 'RUNNING', q: 'STOPPED', r: 'STOPPED' }));
    await bench.call('subscribe.overview');
    bench.process('p').enter('STOPPING');
    bench.process('q').enter('STARTING');
    bench.process('p').enter('STOPPED');
    expect(told(bench)).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(told(bench)).toEqual([{ processes: ['g:p STOPPED', 'g:q STARTING'], removed: [] }]);
  });

  test('says nothing of what has not changed, whatever its uptime', async () => {
    const bench = createBench(lone('p', 'RUNNING'));
    await bench.call('subscribe.overview', 1000);
    bench.process('p').overviewValues = { description: 'pid 4711, uptime 0:00:02' };
    vi.advanceTimersByTime(5000);
    expect(told(bench)).toEqual([]);
  });

  test('measures soon after its beginning, and then once an interval', async () => {
    const bench = createBench(lone('p', 'RUNNING'));
    await bench.call('subscribe.overview', 2000);
    bench.control.usage = new Map([[4711, { cpu: 0.5, memory: 1000 }]]);
    vi.advanceTimersByTime(499);
    expect(told(bench)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told(bench)).toEqual([{ processes: ['p:p RUNNING 0.5 1000'], removed: [] }]);
    bench.control.usage = new Map([[4711, { cpu: 0.25, memory: 1000 }]]);
    vi.advanceTimersByTime(1999);
    expect(told(bench)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told(bench)).toEqual([{ processes: ['p:p RUNNING 0.25 1000'], removed: [] }]);
  });

  test('tells of groups that come and go', async () => {
    const bench = createBench(lone('p', 'STOPPED'), lone('q', 'STOPPED'));
    await bench.call('subscribe.overview');
    bench.control.changeGroups([lone('q', 'STOPPED'), lone('r', 'STOPPED')]);
    vi.advanceTimersByTime(100);
    expect(told(bench)).toEqual([{ processes: ['r:r STOPPED'], removed: ['p:p'] }]);
  });

  test('sends many rows in several notifications', async () => {
    const names = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`p${index}`, 'STOPPED' as const]));
    const bench = createBench();
    await bench.call('subscribe.overview');
    bench.control.changeGroups([groupOf('g', names)]);
    vi.advanceTimersByTime(100);
    expect(told(bench).map(({ processes }) => processes.length)).toEqual([500, 500, 1]);
  });

  test.each(['the end of the subscription', 'the end of the connection'])(
    'leaves nothing behind after %s',
    async (how) => {
      const bench = createBench(lone('p', 'RUNNING'));
      await bench.call('subscribe.overview');
      bench.process('p').enter('STOPPING');
      if (how.includes('connection')) bench.session.close();
      else await bench.call('subscribe.end', 1);
      expect(vi.getTimerCount()).toBe(0);
      expect(bench.process('p').listenerCount).toBe(0);
      expect(bench.control.groupListenerCount).toBe(0);
      vi.advanceTimersByTime(10_000);
      expect(told(bench)).toEqual([]);
    },
  );

  test.each([0, 999, 3_600_001])('refuses to measure every %i milliseconds', async (interval) => {
    const { call } = createBench(lone('p'));
    expect(await outcomeOf(call('subscribe.overview', interval))).toBe(`BAD_ARGUMENTS: ${interval}`);
  });
});

describe('explanations', () => {
  test('are given for one process', async () => {
    const { call } = createBench(lone('p', 'RUNNING'));
    expect(await call('trace.why', 'p')).toEqual({
      group: 'p',
      name: 'p',
      statename: 'RUNNING',
      sentence: 'RUNNING: as the test says',
      evidence: ['so the test says'],
      records: [],
      fine: true,
    });
    expect(await outcomeOf(call('trace.why', 'x'))).toBe('BAD_NAME: x');
  });

  test('are given for all that are not fine', async () => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING', q: 'FATAL' }), lone('r', 'FATAL'));
    expect(await call('trace.troubles')).toMatchObject([{ name: 'q' }, { name: 'r' }]);
  });

  test('have evidence for the first fifty', async () => {
    const names = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`p${index}`, 'FATAL' as const]));
    const troubles = (await createBench(groupOf('g', names)).call('trace.troubles')) as { evidence: unknown[] }[];
    expect(troubles.map(({ evidence }) => evidence.length)).toEqual([...Array.from({ length: 50 }, () => 1), 0]);
  });
});
